"""The closed vocabularies of the specification, and the message for a word that is not in them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable

LEVELS = ("promise", "platform", "de-facto", "hazard", "untested")
"""What kind of statement a rule is."""

KINDS = ("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue")
"""The kinds of queue."""

SYSTEMS = {"Linux": "Linux", "Darwin": "macOS", "Windows": "Windows"}
"""Maps `platform.system()` to the name that people read."""

START_METHODS = ("fork", "spawn", "forkserver")

METHODS = (
    *("put", "get", "put_nowait", "get_nowait", "qsize", "empty", "full"),
    *("close", "join_thread", "cancel_join_thread", "task_done", "join", "shutdown"),
)
"""The methods that some kind of queue has."""

ABILITIES = {
    "maxsize": "a queue can be bounded",
    "start methods": "the implementation is a module with the start methods of multiprocessing",
    "contexts": "the context of a start method makes processes, locks, events and pools that can hold the queue",
    "programs": "a program of its own can use the queue, and start its processes by multiprocessing",
    "exit codes": "a process that has ended has an exit code",
    "kill": "a process can be killed, can receive signals, and can end itself by `os._exit`",
    "threads": "several threads of a process can use the queue",
    "processes": "its users are processes, which share no memory",
    "buffer": "put() may return before the item is pickled",
    "pickling": "an item is pickled on its way",
    "pickled queues": "a queue can be pickled as a part of what is given to a process",
    "managers": "a manager of the standard library can be started",
    "semaphores": "Python's own semaphores, which some systems do not have",
}
"""Abilities that an implementation may lack, and what each of them means."""

NEEDS = (*KINDS, *METHODS, *ABILITIES)
"""Capabilities that an implementation may lack."""

OWN = re.compile(r"(?!Manager\.)\w[\w-]*(\.\w[\w-]*)+")
"""What a capability looks like that only rules of a user's own need: ``my-queue.priorities``."""

_PYTHONS = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy"}


def system_name(system: str) -> str:
    """The name that people read for a value of `platform.system()`."""
    return SYSTEMS.get(system, system)


def python_name(implementation: str) -> str:
    """The name that people read for a value of `sys.implementation.name`."""
    return _PYTHONS.get(implementation, implementation)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'fork'?`` if a known word is close, or an empty string."""
    by_fold = {one.casefold(): one for one in known}
    near = difflib.get_close_matches(word[:200].casefold(), by_fold, 1, 0.5)
    return f"; did you mean {by_fold[near[0]]!r}?" if near else ""


def check(what: str, words: object, known: Collection[str], own: re.Pattern[str] | None = None) -> None:
    """Raises `ValueError` for a word that is neither known nor matches `own`, and `TypeError` if `words` is no tuple:
    ``("fork")`` is a string."""
    if not isinstance(words, tuple):
        raise TypeError(f"{what} should be a tuple, but is {words!r}")
    for word in words:
        if word not in known and not (own and own.fullmatch(str(word))):
            near = did_you_mean(str(word), known)
            raise ValueError(f"unknown {what} {word!r}{near or '; known: ' + ', '.join(known)}")
