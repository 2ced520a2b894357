"""What a judged call may change in its own process: what the actor needs is put back, and the rest is noticed."""

from __future__ import annotations

import builtins
import copyreg
import gc
import importlib
import os
import pickle
import signal
import socket
import sys
import threading
import time
from operator import is_not

from queuespec.actors import protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]

_names = vars(builtins)
_all_names = _names.copy()
_builtins = {name: value for name, value in _names.items() if not name.startswith("_")}
_update = _names.update
_get_trace, _set_trace = sys.gettrace, sys.settrace
_get_profile, _set_profile = sys.getprofile, sys.setprofile
_get_limit, _set_limit = sys.getrecursionlimit, sys.setrecursionlimit
_import, _modules = __import__, sys.modules

_known: dict[str, Any] = {}
"""What `remember` found, by name."""


def remember() -> None:
    """Takes what can be imported now for what can be imported at all. Only the first call counts."""
    if not _known:
        _known.update(limit=_get_limit(), modules=_modules.copy())
        _known.update({name: getattr(sys, name)[:] for name in ("path", "path_hooks", "meta_path")})


def tracing() -> tuple[Any, Any]:
    """What traces and profiles this thread."""
    return _get_trace(), _get_profile()


def put_back(before: tuple[Any, Any]) -> None:
    """Puts back what all code needs: the functions that traced and profiled before, the recursion limit, builtins.

    Raises what a function that traces or profiles raises, which Python has dropped by then.
    """
    trace, profile = before
    if _get_profile() is not profile:
        _set_profile(profile)
    if _get_trace() is not trace:
        _set_trace(trace)
    if _get_limit() != _known["limit"]:
        _set_limit(_known["limit"])
    if _names != _all_names:
        _update(_builtins)


def put_back_imports() -> None:
    """Lets imports work as when `remember` was called."""
    builtins.__import__ = _import
    sys.modules = _modules
    sys.modules.update(_known["modules"])
    for name in ("path", "path_hooks", "meta_path"):
        setattr(sys, name, _known[name][:])
    importlib.invalidate_caches()


_signals = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGCHLD", "SIGUSR2") if hasattr(signal, name)]
_limits = [number for name, number in sorted(vars(resource or signal).items()) if name.startswith("RLIMIT_")]
_variables = ("PATH", "PYTHONPATH", "TMPDIR", "TEMP", "TMP", protocol.MARK)
"""Environment variables without which children do not start, or leave something behind."""


def now() -> dict[str, Any]:
    """What a process has only once and every call depends on, by name."""
    found: dict[str, Any] = {
        "tracing": (*tracing(), *map(vars(threading).get, ("_trace_hook", "_profile_hook"))),
        "recursion limit": sys.getrecursionlimit(),
        "garbage collection": (gc.isenabled(), *getattr(gc, "callbacks", ())),
        "imports": [*sys.path, *sys.path_hooks, *sys.meta_path],
        "streams": (sys.stdin, sys.stdout, sys.stderr),
        "signals": [*map(signal.getsignal, _signals)],
        "directory": os.getcwd(),
        "environment": [*map(os.environ.get, _variables)],
        "limits": [resource.getrlimit(number) for number in _limits],
    }
    if hasattr(signal, "pthread_sigmask"):
        found["blocked signals"] = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    if hasattr(os, "sched_getaffinity"):
        found["processors"] = os.sched_getaffinity(0)
    return found


_shared = [vars(one) for one in (time, os, signal, pickle, socket, socket.socket)] + [copyreg.dispatch_table]
"""The names of functions and methods that every call in a process may use."""


class Surroundings:
    """The surroundings of a process when this was made."""

    def __init__(self) -> None:
        remember()
        self._before = now()
        self._names = [(names, dict(names)) for names in _shared]

    def changes(self) -> list[str]:
        """The names of what has changed since then. Modules that were added are none of it."""
        found = now()
        changed = [name for name, value in self._before.items() if found[name] != value]
        for names, before in [*self._names, (sys.modules, _known["modules"])]:
            if any(map(is_not, before.values(), map(names.get, before))):
                changed.append("modules")
        return changed
