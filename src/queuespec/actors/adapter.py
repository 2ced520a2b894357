"""Implementations: small adapters that build things and name capabilities, and decide nothing.

They run inside the judged processes: standard library only. An implementation is named by

- ``multiprocessing``, or any module with its API (``get_context``): ``billiard``, ``multiprocess``;
- ``module:Class``: a queue class alone, combined with the standard library's processes;
- ``file.py``, ``file.py:Class``, ``module:Class``, an entry point: an adapter (see `queuespec.actors.adapted`);
- the name of a file in `queuespec.implementations`: an adapter of our own;
- ``fault:name``: one of the wrong queues of `queuespec.queues`; ``better:name``: one of the better ones.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import operator
import os
import sys
from collections.abc import Iterable

from queuespec.actors.protocol import KINDS, MARK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class UnknownImplementation(Exception):
    """An implementation of this name is not available here; the message is one sentence for the user."""

    known: tuple[str, ...] = ()
    """The names of adapters, if the name is none that can be imported."""


class Implementation:
    """The standard library's `multiprocessing`, and any module that has its API."""

    lacks: tuple[str, ...] = ()
    """Capabilities this implementation says it does not have: kinds of queue, or what a rule says it needs."""
    replaced: tuple[str, ...] = ()
    """What a context's own API would build otherwise than this implementation does: kinds of queue, ``Process``."""

    context_parameter = ""
    """The name by which a queue class takes the context, if it does."""
    defines: tuple[str, ...] = ()
    """Of an adapter: its module, its class, and what the class defines of all that an adapter may define."""
    loads = ""
    """What a child has to `load` before it receives a queue; empty if unpickling the queue imports what it needs."""

    def __init__(self, module: Any = None) -> None:
        self.module = module if module is not None else importlib.import_module("multiprocessing")
        self.describe(self.module.__name__, self.module)

    def describe(self, name: str, module: Any) -> None:
        """Takes the name of the implementation from its caller, and the rest, if known, from its module."""
        self.name = name
        self.package = module.__name__.partition(".")[0]
        self.home = str(getattr(module, "__file__", ""))
        said = [getattr(one, "__version__", None) for one in (module, sys.modules.get(self.package))]
        self.version = next((one for one in said if isinstance(one, str)), "")

    def facts(self) -> dict[str, Any]:
        """Facts of the platform that this implementation imitates, by name (see `queuespec.rules.Facts`)."""
        return {}

    def start_methods(self) -> list[str]:
        """The names of the start methods that are available on this platform."""
        return list(self.module.get_all_start_methods())

    def context(self, start_method: str) -> Any:
        """The context of a start method. Raises `ValueError` for one that is not available."""
        return self.module.get_context(start_method)

    def mark_semaphores(self) -> None:
        """Has the names of semaphores made here, and in children, tell whose they are.

        A process that is killed between making one and having it registered with the resource tracker leaves it; the
        reaper removes what carries the mark. Where names cannot be listed there is nothing to remove, and no mark.
        """
        mark = os.environ.get(MARK)
        if not mark or not os.path.isdir("/dev/shm"):
            return
        for home in {self.module.__name__, "multiprocessing"}:
            with contextlib.suppress(ImportError, AttributeError, KeyError):
                config = importlib.import_module(f"{home}.process").current_process()._config
                config["semprefix"] += f"-{mark}"

    def make(self, owner: Any, kind: str, *args: Any, **kwargs: Any) -> Any:
        """A queue of this kind; `owner` is a context, or a manager for the kinds named ``Manager.``."""
        return getattr(owner, kind.rpartition(".")[2])(*args, **kwargs)

    def manager(self, context: Any, **words: Any) -> Any:
        """A manager that has been started: the usual one, or one that is given what `BaseManager` takes by name."""
        if not words:
            return context.Manager()
        manager = self.managers().SyncManager(**words, ctx=context)
        manager.start()
        return manager

    def managers(self) -> Any:
        """The module with `BaseManager`, for managers that are not the usual one: its own, if it has one."""
        own = f"{self.module.__name__}.managers"
        try:
            return importlib.import_module(own)
        except ModuleNotFoundError as error:
            if error.name != own:
                raise
            return importlib.import_module("multiprocessing.managers")

    def process(self, context: Any, **kwargs: Any) -> Any:
        """A process of this context, not started yet."""
        return context.Process(**kwargs)

    def is_own(self, start_method: str) -> bool:
        """Whether this is a start method of the implementation's own: only its processes can tell that they use it."""
        return False

    def sent(self, queue: Any) -> Any:
        """What a child is given for this queue: the queue, or a `queuespec.actors.actor.Sent`."""
        return queue

    def serve(self) -> Iterable[dict[str, str]]:
        """Starts what all judged processes of a run share, has the environment variables by which they find it, and
        ends it afterward."""
        return ()

    def connect(self) -> None:
        """Prepares this process for making queues, or for removing what is left of them."""

    def tidy(self) -> None:
        """Removes what tests have left behind, after their processes have ended; those of this process, or others."""


class QueueClass(Implementation):
    """A queue class alone, combined with the standard library's processes: a JoinableQueue if it has task_done() and
    join(), a Queue if not."""

    def __init__(self, module: Any, path: str) -> None:
        super().__init__()
        self.describe(f"{module.__name__}:{path}", module)
        self.queue_class = operator.attrgetter(path)(module)
        if not callable(self.queue_class):
            raise AttributeError(f"it is not a class, but {self.queue_class!r:.100}")
        joins = all(callable(getattr(self.queue_class, name, None)) for name in ("task_done", "join"))
        self.replaced = ("JoinableQueue" if joins else "Queue",)
        self.lacks = (*(kind for kind in KINDS if kind not in self.replaced), "start methods")
        import inspect  # here, since all other processes would wait for it

        names: set[str] = set()
        with contextlib.suppress(TypeError, ValueError):  # a class in C that does not say
            names = {*inspect.signature(self.queue_class).parameters}
        self.context_parameter = next((name for name in ("ctx", "context") if name in names), "")
        self._has_maxsize = "maxsize" in names
        if names and names.isdisjoint(("maxsize", "args", "kwargs")):
            self.lacks += ("maxsize",)

    def make(self, owner: Any, kind: str, *args: Any, **kwargs: Any) -> Any:
        """A queue of the class, with the context `owner` if it takes one, and `maxsize` by name if it has that name:
        it need not be the first parameter. `kind` makes no difference."""
        if self.context_parameter:
            kwargs = {self.context_parameter: owner, **kwargs}
        if self._has_maxsize and len(args) == 1:
            kwargs["maxsize"], args = args[0], ()
        return self.queue_class(*args, **kwargs)


class Api:
    """What users call: a module or a context, with the implementation's queues, processes and contexts."""

    def __init__(self, implementation: Implementation, owner: Any) -> None:
        self._implementation = implementation
        self._owner = owner

    def __getattr__(self, name: str) -> Any:
        if name in self._implementation.replaced:
            if name == "Process":
                return functools.partial(self._implementation.process, self._owner)
            return functools.partial(self._implementation.make, self._owner, name)
        if name == "Manager":
            return functools.partial(self._implementation.manager, self._owner)
        return getattr(self._owner, name)

    @property
    def is_the_standard_library(self) -> bool:
        """Whether the contexts of this module are those of `multiprocessing`, and no queue is built in another way."""
        standard = importlib.import_module("multiprocessing.context").BaseContext
        return type(self._implementation) is Implementation and isinstance(self._owner, standard)

    @property
    def managers(self) -> Any:
        """The module with `BaseManager`."""
        return self._implementation.managers()

    def get_context(self, method: str | None = None) -> Any:
        """The context of a start method. Raises `ValueError` for one that is not available."""
        context = self._owner.get_context() if method is None else self._implementation.context(method)
        return Api(self._implementation, context)


def load(name: str, directory: str = "") -> Implementation:
    """The implementation of this name; a relative path begins in `directory`.

    Raises `UnknownImplementation` with a sentence that says why there is none.
    """
    from queuespec.actors import adapted

    given, in_file = name, adapted.is_file(name)
    if in_file:
        name = os.path.abspath(os.path.join(directory, name))  # a child may be in another directory
    kind, _, path = name.partition(":")
    known: tuple[str, ...] = ()
    try:
        if kind in ("fault", "better") and path:
            variant: Implementation = importlib.import_module("queuespec.queues.variant").load(name)
            return variant
        built_in = importlib.import_module("queuespec.implementations").NAMES
        if in_file:
            module, path = adapted.module_of_file(name)
        elif name in built_in:
            module, path = importlib.import_module(f"queuespec.implementations.{name.replace('-', '_')}"), "Adapter"
        else:
            try:
                module = importlib.import_module(kind)
            except ModuleNotFoundError:
                offered = {} if path else adapted.registered()
                if name not in offered:
                    known = (*built_in, *offered)
                    raise
                return adapted.adapted(offered[name].load(), name, name)
    except (ImportError, TypeError, ValueError) as error:  # an empty or a relative name is no ImportError
        unknown = UnknownImplementation(f"there is no implementation named {given!r} here ({error})")
        unknown.known = known
        raise unknown from None
    if path:
        try:
            found = operator.attrgetter(path)(module)
            if adapted.is_adapter(found):
                return adapted.adapted(found, name, f"{module.__name__}:{path}")
            if in_file and name.endswith(".py"):
                raise AttributeError("its class Adapter has no method queue()")
            return QueueClass(module, path)
        except AttributeError as error:
            raise UnknownImplementation(f"cannot load implementation {given!r}: {error}") from None
    if not hasattr(module, "get_context"):
        raise UnknownImplementation(
            f"the module {name!r} has no get_context: name its queue class instead, as in '{kind}:Queue'"
        )
    return Implementation(module)
