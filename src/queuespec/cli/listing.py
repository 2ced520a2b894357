"""What commands look up by name: rules and faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from queuespec.queues.declare import faults
from queuespec.rules.words import did_you_mean
from queuespec.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable


def faults_that_break(slugs: Iterable[str]) -> dict[str, str]:
    """Fault name to its sentence: those that are known to turn one of these rules red."""
    wanted = set(slugs)
    return {name: fault.sentence for name, fault in faults().items() if wanted & set(fault.breaks)}


def unknown(name: str, known: Iterable[str], what: str = "rule") -> str:
    """One sentence about a rule, or something else, that does not exist: with the closest name that does."""
    hint = did_you_mean(name, known) or f"; 'queuespec {'list' if what == 'rule' else 'faults'}' shows all"
    return f"there is no {what} '{one_line(name, 100)}'{hint}"
