"""Adapters: how a queue of any kind is judged, told by a plain class that needs nothing of this package.

ADAPTERS.md describes what an adapter may define. Whatever it leaves out is the standard library's.
"""

from __future__ import annotations

import functools
import importlib
import os
import sys
from collections.abc import Iterable, Mapping

from queuespec.actors.actor import Sent
from queuespec.actors.adapter import Implementation, UnknownImplementation
from queuespec.actors.protocol import KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

GROUP = "queuespec.implementations"
"""The group of entry points by which installed packages offer implementations."""


OPTIONAL = ("start_methods", "context", "exceptions", "sent", "process", "manager", "connect", "serve", "tidy")
"""What an adapter may define, of which the program of a reproduction has to know."""


class Adapted(Implementation):
    """An adapter as an implementation.

    If its processes are not those of `multiprocessing`, or its queues do not travel as they are, it has no contexts and
    no programs: the harness alone knows then how to start a process that holds the queue.
    """

    replaced = (*KINDS[:3], "Process")

    def __init__(self, adapter: Any, given: str, described: str, home: str) -> None:
        super().__init__()
        self.adapter = adapter
        self.loads = given
        self.name = " ".join(str(getattr(adapter, "name", described)).split()) or described
        self.version = str(getattr(adapter, "version", ""))
        self.package, self.home = "", home
        kinds = _tuple(adapter, "kinds", KINDS[:1])
        for kind in kinds:
            if kind not in KINDS:
                raise UnknownImplementation(f"{self.name} has an unknown kind {kind!r}; known: {', '.join(KINDS)}")
        self._own_methods = _tuple(adapter, "start_methods", ())
        lacking = [*(kind for kind in KINDS if kind not in kinds), *_tuple(adapter, "lacks", ()), "start methods"]
        unknown = self._own_methods and not hasattr(adapter, "context")
        if unknown or hasattr(adapter, "process") or hasattr(adapter, "sent"):
            lacking += ["contexts", "programs"]
        if hasattr(adapter, "sent"):
            lacking.append("pickled queues")
        class_ = type(adapter)
        self.defines = (class_.__module__, class_.__qualname__, *(name for name in OPTIONAL if hasattr(adapter, name)))
        self.lacks = tuple(dict.fromkeys(lacking))

    def start_methods(self) -> list[str]:
        return list(self._own_methods or super().start_methods())

    def is_own(self, start_method: str) -> bool:
        return start_method in self._own_methods

    def context(self, start_method: str) -> Any:
        if start_method not in self._own_methods:
            return self.module.get_context(start_method)
        own = getattr(self.adapter, "context", None)
        return self.module.get_context() if own is None else own(start_method)

    def make(self, owner: Any, kind: str, *args: Any, **kwargs: Any) -> Any:
        return self._translated(self.adapter.queue(kind, owner, *args, **kwargs))

    def manager(self, context: Any, **words: Any) -> Any:
        own = getattr(self.adapter, "manager", None)
        return super().manager(context, **words) if own is None or words else own(context)

    def process(self, context: Any, **kwargs: Any) -> Any:
        own = getattr(self.adapter, "process", None)
        if own is None:
            return super().process(context, **kwargs)
        target = Target(kwargs["target"], kwargs.get("args", ()))
        return own(context, target=target, args=(), daemon=kwargs.get("daemon"))

    def sent(self, queue: Any) -> Any:
        if not hasattr(self.adapter, "sent"):
            return queue
        inside = queue._queue if isinstance(queue, Translated) else queue
        return Sent(self.loads, self.adapter.sent(inside))

    def received(self, what: Any) -> Any:
        """What the user of a queue makes of what was sent instead of it."""
        return self._translated(self.adapter.received(what))

    def serve(self) -> Iterable[dict[str, str]]:
        served: Iterable[dict[str, str]] = self.adapter.serve()
        return served

    def connect(self) -> None:
        getattr(self.adapter, "connect", lambda: None)()

    def tidy(self) -> None:
        getattr(self.adapter, "tidy", lambda: None)()

    def _translated(self, queue: Any) -> Any:
        exceptions = getattr(self.adapter, "exceptions", None)
        return Translated(queue, exceptions) if exceptions else queue


class Translated:
    """A queue whose exceptions are raised as those that a mapping has for their classes."""

    def __init__(self, queue: Any, exceptions: Mapping[type[BaseException], type[BaseException]]) -> None:
        self._queue = queue
        self._exceptions = exceptions

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(self._queue, name)
        if not callable(found):
            return found
        return functools.update_wrapper(functools.partial(self._call, found), found)

    def _call(self, method: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except tuple(self._exceptions) as error:
            for own, known in self._exceptions.items():
                if isinstance(error, own):
                    raise known(str(error)) from error
            raise


class Target:
    """What a process of an adapter's own calls. It can be unpickled where this package is not installed."""

    def __init__(self, target: Any, args: tuple[Any, ...]) -> None:
        self._target = target
        self._args = args

    def __call__(self, *args: Any) -> Any:
        return self._target(*self._args, *args)

    def __reduce__(self) -> Any:
        return _Boot(), (self._target, self._args)


class _Boot:
    """The class `Target`, but by way of `boot`: what stands before the arguments in a pickle is unpickled first."""

    def __call__(self, *args: Any) -> Any:
        return Target(*args)

    def __reduce__(self) -> Any:
        boot = os.path.join(os.path.dirname(os.path.abspath(__file__)), "boot.py")
        return eval, (f"__import__('runpy').run_path({boot!r})['reach']({sys.path!r}, {__name__!r}, 'Target')",)


def _tuple(adapter: Any, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    value = getattr(adapter, name, default)
    if not isinstance(value, (tuple, list)):  # ("Queue") is a string
        raise UnknownImplementation(f"{name} of the adapter should be a tuple, but is {value!r:.100}")
    return tuple(map(str, value))


def is_adapter(value: Any) -> bool:
    """Whether this is the class of an adapter, rather than one of a queue."""
    return callable(getattr(value, "queue", None)) and not hasattr(value, "put")


@functools.cache
def adapted(value: Any, given: str, described: str) -> Adapted:
    """The implementation of an adapter class that was `given` by this name. Raises `UnknownImplementation`."""
    try:
        adapter = value()
    except Exception as error:
        raise UnknownImplementation(f"cannot make the adapter {described}: {type(error).__name__}: {error}") from error
    module = sys.modules.get(getattr(value, "__module__", ""))
    return Adapted(adapter, given, described, str(getattr(module, "__file__", "")))


def is_file(name: str) -> bool:
    """Whether the name of an implementation is that of a file: ``./my_adapter.py``, ``./my_adapter.py:Class``."""
    return name.endswith(".py") or ".py:" in name


def module_of_file(name: str) -> tuple[Any, str]:
    """The module in this file, and the name of what it is to have. Raises `ImportError`.

    Its directory is appended to ``sys.path``: children unpickle what the file defines by the module's name.
    """
    path, attribute = (name, "Adapter") if name.endswith(".py") else name.rsplit(":", 1)
    if not os.path.isfile(path):
        raise ImportError("no such file")
    directory, file = os.path.split(path)
    if directory not in sys.path:
        sys.path.append(directory)
    if "." in file[:-3]:
        raise ImportError("its name has another dot than that of .py: rename the file")
    module = importlib.import_module(file[:-3])
    home = getattr(module, "__file__", None)  # a module that is built in has none
    if home is None or os.path.realpath(home) != os.path.realpath(path):
        raise ImportError(f"its name is also that of {home or 'a module of Python'!r}: rename the file")
    return module, attribute


def registered() -> dict[str, Any]:
    """What installed packages offer, by name: entry points, which can be loaded."""
    from importlib import metadata  # here: no other implementation has to wait for it

    found: Any = metadata.entry_points()
    offered = found.select(group=GROUP) if hasattr(found, "select") else found.get(GROUP, ())
    return {one.name: one for one in reversed([*offered])}
