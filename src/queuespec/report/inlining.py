"""Copies definitions of the specification, with everything that they use, into one program."""

from __future__ import annotations

import ast
import builtins
import functools
import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Union

from queuespec.rules import specification_folder


class Unsuitable(Exception):
    """This cannot be written as a program; the message says why."""


Edit = tuple[int, int, str]
"""A change of a module's text: the bytes from one offset to another are replaced."""


class Module:
    """The text of a module, its definitions by name, and the directory from which it was imported."""

    def __init__(self, name: str, text: bytes, home: Path | None = None) -> None:
        self.name = name
        self.text = text
        self.home = home
        self.definitions: dict[str, ast.stmt] = {}
        self._lines = [*itertools.accumulate(map(len, text.splitlines(keepends=True)), initial=0)]
        for node in ast.parse(text).body:
            for one in node.body if isinstance(node, ast.If) else [node]:  # `if TYPE_CHECKING` says what is loaded late
                self.definitions.update(dict.fromkeys(_names_bound_by(one), one))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """The offsets of a node without its decorators."""
        first, last = node.lineno, node.end_lineno  # type: ignore[attr-defined]
        return self._lines[first - 1] + node.col_offset, self._lines[last - 1] + node.end_col_offset  # type: ignore[attr-defined]

    def changed(self, first: ast.AST, last: ast.AST, edits: Iterable[Edit] = ()) -> str:
        """The text from one node to another with these changes, none of which overlap."""
        (begin, _), (_, end) = self.span(first), self.span(last)
        text = self.text[:end]
        for start, stop, instead in sorted(edits, reverse=True):
            text = text[:start] + instead.encode() + text[stop:]
        return text[begin:].decode()


class Key(NamedTuple):
    """What identifies a definition: the module it is in, and its name there."""

    module: Module
    name: str


def module_named(name: str, beside: Path | None = None) -> Module | None:
    """A module of the specification or of this package, or one in the directory of a user's own rules; None for a
    module that the program imports.
    """
    ours = name.partition(".")[0] == "queuespec"
    homes = [Path(__file__).parents[2]] if ours else [specification_folder(), *([beside] if beside else [])]
    return next(filter(None, (_module_in(home, name) for home in homes)), None)


@functools.cache
def _module_in(home: Path, name: str) -> Module | None:
    path = home.joinpath(*name.split("."))
    for file in (path.with_name(f"{path.name}.py"), path / "__init__.py"):
        if file.is_file():
            return Module(name, file.read_bytes(), home)
    return None


def _names_bound_by(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))


def local_names(node: ast.AST) -> frozenset[str]:
    """The names that are bound anywhere in a definition."""
    found, shared = set(), set()
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            found.add(one.id)
        elif isinstance(one, ast.arg):
            found.add(one.arg)
        elif isinstance(one, (ast.ExceptHandler, ast.FunctionDef)) and one is not node:
            found.add(one.name or "")
        elif isinstance(one, (ast.Global, ast.Nonlocal)):
            shared.update(one.names)
    return frozenset(found - shared)


RUNNER = Module("queuespec.report.runner", Path(__file__).with_name("runner.py").read_bytes())
ADAPTING = Module("queuespec.report.adapting", Path(__file__).with_name("adapting.py").read_bytes())
OF_PROGRAMS = (RUNNER, ADAPTING)
"""What programs consist of, besides what they show."""

Meaning = Union[Key, Module, None]


class Program:
    """The imports and definitions of a program, which already uses the names in `taken`."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.imports: set[str] = set()
        self.texts: dict[Key, str] = {}
        """The text of each definition, after those that it uses."""
        self._names: dict[Key, str] = {}
        self._taken = {*taken, *dir(builtins), *RUNNER.definitions, *ADAPTING.definitions}

    def meaning(self, module: Module, name: str) -> Meaning:
        """What a global name of a module means: a definition or a module; None for a builtin or an import."""
        node = module.definitions.get(name)
        if name == "ADAPTER" and module == ADAPTING:
            return None  # the program has it
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            return None if node is None else Key(module, name)
        alias = next(one for one in node.names if (one.asname or one.name.partition(".")[0]) == name)
        home = node.module or "" if isinstance(node, ast.ImportFrom) else alias.name
        if home == "queuespec" and alias.name in ("raises", "made"):
            return None
        if home == "pytest":
            raise Unsuitable("it needs pytest")
        if alias.name == "ShutDown":  # the judge has its own for Pythons that lack it
            home = "queue"
        found = module_named(home, module.home)
        if found is None:
            words = f"from {home} import {alias.name}" if isinstance(node, ast.ImportFrom) else f"import {home}"
            self.imports.add(f"{words} as {alias.asname}" if alias.asname else words)
        elif isinstance(node, ast.ImportFrom):
            return module_named(f"{home}.{alias.name}", module.home) or self.meaning(found, alias.name)
        return found

    def name_of(self, key: Key) -> str:
        """The name of a definition in the program, which includes it from now on."""
        if key not in self._names:
            clashes = key.name in self._taken and key.module not in OF_PROGRAMS
            wanted = f"{key.module.name.rpartition('.')[2]}_{key.name}" if clashes else key.name
            self._names[key] = wanted
            self._taken.add(wanted)
            node = key.module.definitions[key.name]
            local = local_names(node) if isinstance(node, ast.FunctionDef) else frozenset[str]()
            rewriter = Rewriter(self, key.module, local)
            text = re.sub(rf"^((?:def |class )?){key.name}\b", rf"\1{wanted}", rewriter.text(node), count=1)
            decorators = [f"@{rewriter.text(one)}\n" for one in getattr(node, "decorator_list", [])]
            self.texts[key] = "".join(decorators) + text
        return self._names[key]

    def definitions(self) -> str:
        """The text of all definitions, constants first."""
        lines = [text for text in self.texts.values() if "\n" not in text]
        return "\n".join(lines) + "".join(f"\n\n\n{text}" for text in self.texts.values() if "\n" in text)


class Rewriter:
    """Writes the text of a module's definitions with the names that they have in the program."""

    def __init__(self, program: Program, module: Module, local: frozenset[str]) -> None:
        self.program = program
        self.module = module
        self.local = local

    def text(self, node: ast.AST) -> str:
        """The text of a node in the program."""
        return self.module.changed(node, node, self.edits(node))

    def edits(self, node: ast.AST) -> Iterator[Edit]:
        """How the text of a node has to be changed."""
        instead = self.instead(node)
        if instead is not None:
            yield (*self.module.span(node), instead)
            return
        inside: list[Edit] = []
        for name, value in ast.iter_fields(node):
            if name not in ("annotation", "returns", "decorator_list"):
                for one in value if isinstance(value, list) else [value]:
                    inside += self.edits(one) if isinstance(one, ast.AST) else []
        if inside and isinstance(node, ast.JoinedStr):
            raise Unsuitable("it would change an f-string")  # Python versions disagree on the positions of its parts
        yield from inside

    def instead(self, node: ast.AST) -> str | None:
        """The program's text for a node; None if at most its parts have to be changed."""
        meaning = self.meaning(node)
        if isinstance(meaning, Key):
            name = self.program.name_of(meaning)
            if name in self.local:
                raise Unsuitable(f"{name} would mean two things")
            return name if name != ast.unparse(node) else None
        if isinstance(meaning, Module):
            raise Unsuitable(f"the module {meaning.name} is used as a value")
        return None

    def meaning(self, node: ast.AST) -> Meaning:
        """What a name, or a module's attribute, means."""
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in self.local:
            return self.program.meaning(self.module, node.id)
        if isinstance(node, ast.Attribute):
            home = self.meaning(node.value)
            if isinstance(home, Module):
                return module_named(f"{home.name}.{node.attr}", home.home) or self.program.meaning(home, node.attr)
        return None
