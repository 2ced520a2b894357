"""What a test needs of an implementation, found in its code: the methods that it calls, the nouns that it takes.

A test needs what its roles, fixtures and programs need as well. Whatever may be a call of a queue's method counts as
one: an implementation without it is spared a rule too many rather than accused of one. The `join` of a process is none
(see `queuespec.judge.receivers`).
"""

from __future__ import annotations

import ast
import functools
import inspect
import os
import re
import textwrap
from collections.abc import Iterator, Mapping
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


def used_by(item: pytest.Item) -> frozenset[str]:
    """The capabilities that a test needs."""
    assert isinstance(item, pytest.Function)
    fixtures = item._fixtureinfo.name2fixturedefs
    found = {OF_NOUN[name] for name in item.fixturenames if name in OF_NOUN}
    found |= _needs_of(item.function)
    for name in item.fixturenames:
        if name in fixtures and _is_ours(fixtures[name][-1].func, str(item.path.parent)):
            found |= _needs_of(inspect.unwrap(fixtures[name][-1].func))
    return frozenset(found)


@functools.cache
def _needs_of(test: FunctionType) -> frozenset[str]:
    home = os.path.dirname(test.__code__.co_filename)
    names = {*_names_in(test, set(), home), *inspect.signature(test).parameters}
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


def _names_in(function: FunctionType, seen: set[CodeType], home: str) -> Iterator[str]:
    """The names and texts in the code of a function, and in that of all functions of the specification, or of a file
    in the directory `home`, that it uses."""
    if function.__code__ not in seen:
        yield from _words_of_function(function)
    for code in _with_nested(function.__code__):
        if code in seen:
            continue
        seen.add(code)
        known = [function.__globals__.get(name) for name in code.co_names]
        known += [getattr(one, name, None) for one in known if isinstance(one, ModuleType) for name in code.co_names]
        known += [method for one in known if isinstance(one, type) for method in vars(one).values()]
        for one in known:
            if isinstance(one, FunctionType) and _is_ours(one, home):
                yield from _names_in(one, seen, home)


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
