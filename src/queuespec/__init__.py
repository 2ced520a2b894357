"""queuespec: the executable specification of Python's `multiprocessing.Queue` family.

Rules import these names from here. Each is loaded when it is first used, so importing a part of the package loads
only that part.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from queue import Empty, Full

    from queuespec.explore.scenario import Operation
    from queuespec.explore.schedule import Held
    from queuespec.rules.rule import each, rule, untested
    from queuespec.rules.sources import (
        ARTICLE,
        CHANGELOG,
        DOCS,
        ISSUE,
        LIBRARY,
        OBSERVED,
        PICKLE,
        THREAD_QUEUE,
        WHATS_NEW,
    )
    from queuespec.stage import ShutDown, histories, made, raises
    from queuespec.version import __version__ as __version__

__all__ = ["ARTICLE", "CHANGELOG", "DOCS", "ISSUE", "LIBRARY", "OBSERVED", "PICKLE", "THREAD_QUEUE", "WHATS_NEW"]
__all__ += ["Empty", "Full", "Held", "Operation", "ShutDown", "each", "histories", "made", "raises", "rule", "untested"]

_HOMES = {
    **dict.fromkeys(__all__, "queuespec.rules"),
    **dict.fromkeys(("Empty", "Full"), "queue"),
    **dict.fromkeys(("ShutDown", "made", "raises"), "queuespec.stage"),
    "Held": "queuespec.explore.schedule",
    "Operation": "queuespec.explore.scenario",
    "histories": "queuespec.stage.histories",
    "__version__": "queuespec.version",
}
"""The module of each name; `histories` is a module itself."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = importlib.import_module(_HOMES[name])
    found = globals()[name] = home if home.__name__.endswith(f".{name}") else getattr(home, name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
