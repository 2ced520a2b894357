"""What commands look up by name: rules and faults."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

from queuespec.queues import faults
from queuespec.rules.words import did_you_mean
from queuespec.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable


def fault_modules() -> dict[str, Any]:
    """Fault name, as ``--implementation fault:NAME`` takes it, to its module."""
    names = sorted(module.name for module in pkgutil.iter_modules(faults.__path__))
    return {name.replace("_", "-"): importlib.import_module(f"queuespec.queues.faults.{name}") for name in names}


def faults_that_break(slugs: Iterable[str]) -> dict[str, str]:
    """Fault name to its sentence: those that are known to turn one of these rules red."""
    wanted = set(slugs)
    return {
        name: (module.__doc__ or "").strip().partition("\n")[0]
        for name, module in fault_modules().items()
        if wanted & set(getattr(module, "BREAKS", ()))
    }


def unknown(name: str, known: Iterable[str], what: str = "rule") -> str:
    """One sentence about a rule, or something else, that does not exist: with the closest name that does."""
    hint = did_you_mean(name, known) or f"; 'queuespec {'list' if what == 'rule' else 'faults'}' shows all"
    return f"there is no {what} '{one_line(name, 100)}'{hint}"
