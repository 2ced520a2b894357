"""How a queue that differs from the standard library's in one way is declared, and how it is found by its name.

    @fault(breaks={"order.fifo-in-process": "should have returned 'a', but it returned 'b'"})
    class Lifo:
        \"""The last item that a process put is returned first.\"""

        class Queue(queues.Queue):
            ...

``queuespec --implementation fault:lifo`` judges it: the name is that of the class, in lower case and with hyphens, with
a number as a word of its own (``Python3_14Forks`` is ``python-3-14-forks``). The first line of the docstring says in a
sentence what its user would notice.

The class is a namespace, never instantiated. It may define these names, and no others but private ones:

``Queue``, ``JoinableQueue``, ``SimpleQueue``
    Called as ``Queue(*args, ctx=context)`` in place of the standard library's class of the same name. Kinds that are
    left out are those of the standard library.
``Manager``
    A namespace with ``Queue`` and ``JoinableQueue``, called with ``ctx=manager``, in place of a manager's own.
``Served``, ``Proxy``
    The class in place of the thread queue that a manager serves, and of the proxy that its users hold. A proxy needs
    something served.
``manager(context)``
    Returns a manager that has been started, in place of ``context.Manager()``.
``process(context, **kwargs)``
    Returns a process that has not been started, in place of ``context.Process(**kwargs)``.
``context(real)``
    Returns the context to use in place of the real one.
``module(real)``
    Returns the module to use in place of `multiprocessing`. It is called when the implementation is loaded, and so it
    is the place for changes to anything global; a chapter does nothing when it is imported.

The last four are static methods. Queues are pickled by the qualified names of their classes; what pickled items refer
to has to be reachable by name as well, and so stands at the top of its module, with what several queues share.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

EVERYTHING = "everything"
"""``collateral`` of a queue that hardly is one anymore: only the rules in ``breaks`` and ``conforms`` are checked."""

START_METHODS = ("fork", "spawn", "forkserver")
PLATFORMS = ("darwin", "linux", "win32")
PRETENDED = ("system", "python", "counted")
DEFINED = (
    *("Queue", "JoinableQueue", "SimpleQueue", "Manager", "Served", "Proxy"),
    *("manager", "process", "context", "module"),
)


class Declared:
    """What `fault` and `better` add to the class that they decorate."""

    name: str
    """As ``--implementation`` takes it, without ``fault:`` or ``better:``."""
    sentence: str
    """The first line of the docstring."""
    breaks: Mapping[str, str]
    conforms: tuple[str, ...]
    collateral: tuple[str, ...] | str
    start_methods: tuple[str, ...]
    not_on: tuple[str, ...]
    pretends: Mapping[str, Any]


Class = TypeVar("Class", bound=type)
_declared: dict[str, dict[str, type[Declared]]] = {"fault": {}, "better": {}}


def fault(
    *,
    breaks: Mapping[str, str] | None = None,
    conforms: tuple[str, ...] = (),
    collateral: tuple[str, ...] | str = (),
    start_methods: tuple[str, ...] = (),
    not_on: tuple[str, ...] = (),
    pretends: Mapping[str, Any] | None = None,
) -> Callable[[Class], Class]:
    """Declares a wrong queue. All rules are named by their slugs.

    Args:
        breaks: the rules that it turns red, each with a part of the explanation of that verdict. It stands in the
            chapter of the first one. Left out for a queue that differs, and that no rule may accuse: ``conforms``.
        conforms: rules that it must keep, since they are close to what is wrong.
        collateral: rules of the cross-section (``CROSS_SECTION`` in ``tests/meta/runs.py``) that it breaks besides;
            all others of the cross-section stay green. Or `EVERYTHING`.
        start_methods: those under which it is wrong. By default fork, or spawn where there is no fork.
        not_on: values of `sys.platform` where it would not be wrong, cannot work, or breaks no rule that applies.
        pretends: what the rules are to believe about the platform: ``system``, as `platform.system` has it,
            ``python``, the version as three integers, and ``counted``, whether semaphores report their values.

    Raises:
        ValueError: for a declaration that cannot be meant, when the decorator runs.
    """
    return _declaring(
        "fault",
        breaks=dict(breaks or {}),
        conforms=conforms,
        collateral=collateral,
        start_methods=start_methods,
        not_on=not_on,
        pretends=dict(pretends or {}),
    )


def better(*, not_on: tuple[str, ...] = (), pretends: Mapping[str, Any] | None = None) -> Callable[[Class], Class]:
    """Declares a queue that keeps every promise and goes beyond them in one way; no rule may accuse it.

    Args:
        not_on: values of `sys.platform` where it cannot work.
        pretends: what the rules are to believe about the platform, as for `fault`.

    Raises:
        ValueError: for a declaration that cannot be meant, when the decorator runs.
    """
    nothing: dict[str, str] = {}
    return _declaring(
        "better",
        breaks=nothing,
        conforms=(),
        collateral=(),
        start_methods=(),
        not_on=not_on,
        pretends=dict(pretends or {}),
    )


def faults() -> dict[str, type[Declared]]:
    """All wrong queues by their names, in alphabetical order. Imports all chapters."""
    return _all("fault")


def better_queues() -> dict[str, type[Declared]]:
    """All better queues by their names, in alphabetical order."""
    return _all("better")


def find(kind: str, name: str) -> type[Declared]:
    """The "fault" or "better" queue of this name; imports nothing but the module that has it.

    Raises:
        LookupError: if there is none, with a hint such as "did you mean fault:lifo?", or nothing, as its text.
    """
    name = name.replace("_", "-")
    line = f"class {class_name(name)}:"
    for module, text in _sources(kind):
        if line in text.splitlines():
            importlib.import_module(module)
            if name in _declared[kind]:
                return _declared[kind][name]
    names = [_name_of(word) for _, text in _sources(kind) for word in re.findall(r"^class (\w+):$", text, re.M)]
    raise LookupError(_near(name, names, prefix=f"{kind}:"))


def _all(kind: str) -> dict[str, type[Declared]]:
    for module, _ in _sources(kind):
        importlib.import_module(module)
    return dict(sorted(_declared[kind].items()))


def _sources(kind: str) -> Iterator[tuple[str, str]]:
    """The names and texts of the modules in which queues of this kind are declared."""
    home = os.path.dirname(os.path.abspath(__file__))
    package = __name__.rpartition(".")[0]
    paths = [os.path.join("faults", file) for file in sorted(os.listdir(os.path.join(home, "faults")))]
    for path in paths if kind == "fault" else ["better.py", "pending.py"]:
        if path.endswith(".py"):
            with open(os.path.join(home, path), encoding="utf-8") as file:
                yield f"{package}.{path[:-3].replace(os.sep, '.')}", file.read()


def _name_of(class_name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z])|(?<=[a-z])(?=[0-9])|_", "-", class_name).lower()


def class_name(name: str) -> str:
    """The name of the class that declares the queue of this name: ``NoneForEmpty`` for ``none-for-empty``."""
    return re.sub(r"(?<=[0-9])-(?=[0-9])", "_", name).title().replace("-", "")


def _declaring(kind: str, **words: Any) -> Callable[[Class], Class]:
    def declare(cls: Class) -> Class:
        name = _name_of(cls.__name__)
        sentence = (cls.__doc__ or "").strip().partition("\n")[0]
        for problem in _problems(cls, kind, name, sentence, **words):
            raise ValueError(f"@{kind} {cls.__name__}: {problem}")
        for key, value in {"name": name, "sentence": sentence, **words}.items():
            setattr(cls, key, value)
        _declared[kind][name] = cls
        return cls

    return declare


def _problems(
    cls: type,
    kind: str,
    name: str,
    sentence: str,
    *,
    breaks: Mapping[str, str],
    conforms: tuple[str, ...],
    collateral: tuple[str, ...] | str,
    start_methods: tuple[str, ...],
    not_on: tuple[str, ...],
    pretends: Mapping[str, Any],
) -> Iterator[str]:
    """What is wrong with a declaration."""
    if not sentence.endswith(".") and sys.flags.optimize < 2:
        yield "the first line of its docstring is not a sentence"
    if class_name(name) != cls.__name__:
        yield f"no name on the command line stands for it; call it {class_name(name)}"
    if _declared[kind].get(name, cls).__module__ != cls.__module__:
        yield f"{_declared[kind][name].__module__} declares another one of this name"
    if kind == "fault" and not breaks and not conforms:
        yield "it names no rule that it breaks or must keep"
    for slug, words in breaks.items():
        if not words:
            yield f"it does not say how {slug} is broken"
    tuples = {"conforms": conforms, "start_methods": start_methods, "not_on": not_on}
    for what, value in {**tuples, "collateral": () if collateral == EVERYTHING else collateral}.items():
        if not isinstance(value, tuple):
            yield f"{what} is not a tuple"
    yield from _unknown("start method", start_methods, START_METHODS)
    yield from _unknown("platform", not_on, PLATFORMS)
    yield from _unknown("pretended fact", pretends, PRETENDED)
    yield from _unknown("name", (name for name in vars(cls) if not name.startswith("_")), DEFINED)


def _unknown(what: str, words: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    for word in words:
        if word not in known:
            yield f"unknown {what} {word!r}; {_near(word, known) or 'known: ' + ', '.join(known)}"


def _near(word: str, known: Iterable[str], prefix: str = "") -> str:
    import difflib

    near = difflib.get_close_matches(word[:200], list(known), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(prefix + one for one in near)}?" if near else ""
