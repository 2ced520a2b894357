"""The methods that objects of the specification are documented to have.

An object that lacks one of these deviates. A method that is not among them, and that the object does not have either,
is a mistake in the test, which must not accuse the object.
"""

from __future__ import annotations

import difflib

_COMMON = frozenset(("put", "get", "put_nowait", "get_nowait", "qsize", "empty", "full"))
_TASKS = frozenset(("task_done", "join"))
_QUEUE = _COMMON | {"close", "join_thread", "cancel_join_thread"}
_THREAD_QUEUE = _COMMON | _TASKS | {"shutdown"}

QUEUES = {
    "Queue": _QUEUE,
    "JoinableQueue": _QUEUE | _TASKS,
    "SimpleQueue": frozenset(("put", "get", "empty", "close")),
    "Manager.Queue": _THREAD_QUEUE,
    "Manager.JoinableQueue": _THREAD_QUEUE,
}
"""The methods of each kind of queue."""

FAMILY = frozenset().union(*QUEUES.values())
"""The methods that some kind of queue has. A rule may say that another kind lacks any of them."""

MODULE = frozenset(
    (
        *("active_children", "cpu_count", "current_process", "freeze_support", "parent_process"),
        *("get_all_start_methods", "get_context", "get_start_method", "set_start_method"),
        *("set_executable", "set_forkserver_preload", "get_logger", "log_to_stderr"),
        *("Process", "Pool", "Pipe", "Queue", "JoinableQueue", "SimpleQueue", "Manager"),
        *("Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition", "Event", "Barrier"),
        *("Value", "Array", "RawValue", "RawArray"),
        *("ProcessError", "BufferTooShort", "AuthenticationError", "TimeoutError"),
    )
)
"""What both the module and a context offer."""

MANAGER = frozenset(
    (
        *("start", "get_server", "connect", "shutdown", "register", "join", "address"),
        *("Queue", "JoinableQueue", "Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition", "Event", "Barrier"),
        *("Namespace", "Value", "Array", "dict", "list"),
    )
)
"""What a manager offers."""

VERBS = frozenset(("begins", "calls", "plays", "process"))
"""What a test may call on every object, besides the object's own methods."""


def slip(owner: str, method: str, documented: frozenset[str], absence_is_expected: bool) -> str:
    """Why a test must not call this method of an object that lacks it; empty if the object should have the method."""
    if method in documented or (absence_is_expected and method in FAMILY):
        return ""
    near = difflib.get_close_matches(method, sorted(documented | VERBS), 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{owner} has no method {method!r} and is not documented to have one{hint}"
