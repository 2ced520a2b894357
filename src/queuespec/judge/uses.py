"""What a test needs of an implementation, found in its code: the methods that it calls, the nouns that it takes.

A test needs what its roles, fixtures and programs need as well. Whatever may be a call of a queue's method counts as
one: an implementation without it is spared a rule too many rather than accused of one. The `join` of a process is none
(see `queuespec.judge.receivers`).
"""

from __future__ import annotations

import ast
import dis
import functools
import inspect
import os
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from types import CodeType, FunctionType, ModuleType

import pytest

from queuespec.judge.receivers import methods_in
from queuespec.rules import each_of, specification_folder
from queuespec.rules.words import KINDS, METHODS

OF_NOUN = {
    "context": "contexts",
    "module": "start methods",
    "fresh_stage": "start methods",
    "program": "programs",
    "make_thread": "threads",
    "make_manager": "managers",
    "gate": "buffer",
}
"""What a noun of the tests needs."""

OF_NAME = {
    **dict.fromkeys(("leaves", "ends", "dies", "is_killed", "has_ended", "stays_alive"), ("exit codes",)),
    **dict.fromkeys(("is_killed", "dies", "_exit", "kill", "fork", "signal"), ("kill",)),
    **dict.fromkeys(("small_queue", "full_queue", "maxsize"), ("maxsize",)),
    **dict.fromkeys(("LARGE", "HeldBack"), ("buffer",)),
    "pickling": ("pickling",),
    "getpid": ("processes",),
    "pid": ("processes",),
}
"""What a name in the code of a test needs."""

IMPORTED = re.compile(r"^\s*(?:from|import) (\w+)", re.MULTILINE)
"""An import in the text of a program that another program writes."""


SHARED = frozenset(
    (
        *KINDS,
        *("put", "get", "put_nowait", "get_nowait", "qsize", "empty", "full", "task_done", "join"),
        *("buffer", "pickling", "threads"),
    )
)
"""What a test may need that has a child of an earlier test: nothing that a child is left changed by."""

HARMLESS = frozenset(
    ("builtins", "contextlib", "errno", "functools", "itertools", "operator", "pickle", "queue", "_queue", "time")
)
"""The modules that such a test and its roles may use: none of their functions changes the process."""


def leaves_children_as_they_were(item: pytest.Item) -> bool:
    """Whether a test starts children and only passes items through queues in them.

    Whatever is about the start of a child, its end, its threads, its memory or what else belongs to a process needs a
    child that no other test has had.
    """
    assert isinstance(item, pytest.Function)
    if "make_child" not in item.fixturenames or not used_by(item) <= SHARED:
        return False
    return all(_modules_of(one) <= HARMLESS for one in _functions_of(item))


def used_by(item: pytest.Item) -> frozenset[str]:
    """The capabilities that a test needs."""
    assert isinstance(item, pytest.Function)
    found = {OF_NOUN[name] for name in item.fixturenames if name in OF_NOUN}
    return frozenset(found.union(*map(_needs_of, _functions_of(item))))


def _functions_of(item: pytest.Function) -> Iterator[FunctionType]:
    """The function of a test, and those of its fixtures that belong to the specification."""
    yield item.function
    fixtures = item._fixtureinfo.name2fixturedefs
    for name in item.fixturenames:
        if name in fixtures and _is_ours(fixtures[name][-1].func, str(item.path.parent)):
            yield inspect.unwrap(fixtures[name][-1].func)


@functools.cache
def _needs_of(test: FunctionType) -> frozenset[str]:
    home = os.path.dirname(test.__code__.co_filename)
    names = {*inspect.signature(test).parameters}.union(*map(_words_of_function, _reached(test, set(), home)))
    if "program" in names:
        names = names.union(*map(_names_in_program, names))
    for arguments, values, _ in each_of(test):
        names |= {arguments} if isinstance(arguments, str) else {*arguments}
        for value in _flat(values):
            names.add(value if isinstance(value, str) else str(getattr(value, "__module__", "")).rpartition(".")[2])
    needed = {name for name in names if name in METHODS or name in KINDS}
    for name in names:
        needed |= {*OF_NAME.get(name, ())}
    return frozenset(needed)


def _reached(function: FunctionType, seen: set[CodeType], home: str) -> Iterator[FunctionType]:
    """A function, and all functions of the specification, or of a file in the directory `home`, that it uses."""
    if function.__code__ not in seen:
        yield function
    for code in _with_nested(function.__code__):
        if code in seen:
            continue
        seen.add(code)
        known = [function.__globals__.get(name) for name in code.co_names]
        known += [getattr(one, name, None) for one in known if isinstance(one, ModuleType) for name in code.co_names]
        for one in (*known, *_methods(known)):
            if isinstance(one, FunctionType) and _is_ours(one, home):
                yield from _reached(one, seen, home)


def _methods(values: Iterable[object]) -> Iterator[object]:
    return (method for one in values if isinstance(one, type) for method in vars(one).values())


@functools.cache
def _modules_of(test: FunctionType) -> frozenset[str]:
    """The modules, other than ours, that a test uses, and whatever is its parameter."""
    home = os.path.dirname(test.__code__.co_filename)
    values = [value for _, values, _ in each_of(test) for value in _flat(values)]
    seen = set[CodeType]()
    given = [one for one in (*values, *_methods(values)) if isinstance(one, FunctionType) and _is_ours(one, home)]
    found = {_module_of(value, home) for value in values}
    for function in (test, *given):
        for one in _reached(function, seen, home):
            for code in _with_nested(one.__code__):
                steps = dis.get_instructions(code)
                found |= {step.argval.partition(".")[0] for step in steps if step.opname == "IMPORT_NAME"}
                used = [
                    one.__globals__.get(name) for name in code.co_names if name.isidentifier()
                ]  # "@..." is pytest's
                used += [base for value in used if isinstance(value, type) for base in value.__mro__]
                found |= {_module_of(value, home) for value in used}
    return frozenset(found - {"", "queuespec"})


def _module_of(value: object, home: str) -> str:
    """The module that a value is or comes from; empty for one of our own."""
    if not isinstance(value, ModuleType):
        value = sys.modules.get(getattr(value, "__module__", None) or "", ModuleType(""))
    file = getattr(value, "__file__", None) or ""
    is_ours = file.startswith(str(specification_folder())) or os.path.dirname(file) == home
    return "" if is_ours else value.__name__.partition(".")[0]


@functools.cache
def _names_in_program(name: str) -> frozenset[str]:
    """The names and texts in the code of a program of the specification, and of the other programs that it names; none
    if there is no program of this name."""
    programs, found, seen = [name], set[str](), {"judged"}
    while programs:
        one = programs.pop()
        path = specification_folder() / "programs" / f"{one}.py"
        if one in seen or not one.isidentifier() or not path.is_file():
            continue
        seen.add(one)
        words = _words_in(compile(path.read_bytes(), path, "exec"), ast.parse(path.read_bytes()), {})
        programs += [*words, *(name for text in words for name in IMPORTED.findall(text))]
        found |= words
    return frozenset(found)


def _with_nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _with_nested(constant)


def _words_of_function(function: FunctionType) -> set[str]:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError):  # a lambda in the middle of something
        tree = None
    return _words_in(function.__code__, tree, function.__globals__)


def _words_in(code: CodeType, tree: ast.Module | None, known: Mapping[str, object]) -> set[str]:
    """The names and texts in code; of the methods that queues have, those that it may call on a queue."""
    names, texts = set[str](), set[str]()
    for one in _with_nested(code):
        names.update(one.co_names)
        texts.update(constant for constant in _flat(one.co_consts) if isinstance(constant, str))
    if tree is not None:
        names = names.difference(METHODS) | methods_in(tree, known)
    return names | texts


def _flat(values: object) -> Iterator[object]:
    if isinstance(values, dict):
        values = [*values.items()]
    if isinstance(values, (tuple, list, frozenset)):
        for value in values:
            yield from _flat(value)
    else:
        yield values


@functools.cache
def _is_ours(function: object, home: str) -> bool:
    """Whether a function belongs to the specification, or is beside the rules in the directory `home`."""
    code = getattr(inspect.unwrap(function), "__code__", None)  # type: ignore[arg-type]
    if code is None:
        return False
    file: str = getattr(code, "co_filename", "")  # PyPy's built-in functions have code, too
    return file.startswith(str(specification_folder())) or os.path.dirname(file) == home
