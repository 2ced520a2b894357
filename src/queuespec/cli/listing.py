"""What commands look up by name: rules and faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from queuespec.queues.declare import faults
from queuespec.rules.words import did_you_mean
from queuespec.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable


def faults_that_break(slugs: Iterable[str]) -> dict[str, str]:
    """The faults that are declared to break one of these rules: name to sentence."""
    wanted = set(slugs)
    return {name: fault.sentence for name, fault in faults().items() if wanted & set(fault.breaks)}


def unknown(name: str, known: Iterable[str], what: str = "rule") -> str:
    """One sentence about a name that does not exist, of a rule or something else, with the closest one that does."""
    hint = did_you_mean(name, known) or f"; 'queuespec {'list' if what == 'rule' else 'faults'}' lists all"
    return f"there is no {what} '{one_line(name, 100)}'{hint}"
