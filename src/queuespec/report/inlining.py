"""Definitions of the specification, and all that they use, as the text of one program."""

from __future__ import annotations

import ast
import builtins
import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Union

from queuespec.rules import specification_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACKAGE = Path(__file__).parents[1]
RUNNER = "queuespec.report.runner"


class Unsuitable(Exception):
    """No program can be written from this; the text says why."""


class Key(NamedTuple):
    """What identifies a definition: the module it is in, and its name there."""

    module: str
    name: str


class Edit(NamedTuple):
    """A change of a module's text: these bytes are replaced."""

    start: int
    end: int
    text: str


class Module:
    """The text of a module, and its definitions by name."""

    def __init__(self, name: str, text: bytes) -> None:
        self.name = name
        self.text = text
        self.definitions: dict[str, ast.stmt] = {}
        self._lines = [0]
        for line in text.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        for node in ast.parse(text).body:
            self.definitions.update(dict.fromkeys(_names_bound_by(node), node))

    def start(self, node: ast.AST) -> int:
        """The offset of the first byte of a node; decorators do not belong to it."""
        return self._lines[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined, no-any-return]

    def end(self, node: ast.AST) -> int:
        """The offset behind the last byte of a node."""
        return self._lines[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined, no-any-return]

    def said(self, node: ast.AST) -> str:
        """The text of a node."""
        return self.text[self.start(node) : self.end(node)].decode()

    def changed(self, start: int, end: int, edits: Iterable[Edit]) -> str:
        """The text from one offset to another with these changes, none of which overlap."""
        text = self.text[:end]
        for edit in sorted(edits, reverse=True):
            text = text[: edit.start] + edit.text.encode() + text[edit.end :]
        return text[start:].decode()


@functools.cache
def module_named(name: str) -> Module | None:
    """A module of the specification or of this package; None for one that programs import."""
    root = PACKAGE.parent if name.partition(".")[0] == "queuespec" else specification_folder()
    path = root.joinpath(*name.split("."))
    for file in (path.with_name(f"{path.name}.py"), path / "__init__.py"):
        if file.is_file():
            return Module(name, file.read_bytes())
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
    found: set[str] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            found.add(one.id)
        elif isinstance(one, ast.arg):
            found.add(one.arg)
        elif isinstance(one, ast.ExceptHandler) and one.name:
            found.add(one.name)
        elif isinstance(one, ast.FunctionDef) and one is not node:
            found.add(one.name)
    shared = {name for one in ast.walk(node) if isinstance(one, (ast.Global, ast.Nonlocal)) for name in one.names}
    return frozenset(found - shared)


Meaning = Union[Key, Module, None]


class Program:
    """The imports and definitions of a program. `taken` are names that it uses otherwise."""

    def __init__(self, taken: frozenset[str]) -> None:
        self.imports: set[str] = set()
        self.texts: dict[Key, str] = {}
        """Of each definition, behind those that it uses."""
        self._names: dict[Key, str] = {}
        self._taken = {*taken, *dir(builtins)}

    def meaning(self, module: Module, name: str) -> Meaning:
        """What a global name of a module means: a definition, a module; None for what is built in or imported."""
        node = module.definitions.get(name)
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            return None if node is None else Key(module.name, name)
        alias = next(one for one in node.names if (one.asname or one.name.partition(".")[0]) == name)
        if isinstance(node, ast.Import):
            found = module_named(alias.name)
            self._import(found, f"import {alias.name}", alias.asname)
            return found
        if node.module == "queuespec" and alias.name == "raises":
            return Key(RUNNER, "raises")
        if node.module == "queuespec" and alias.name == "ShutDown":
            self.imports.add("from queue import ShutDown")
            return None
        home = module_named(node.module or "")
        self._import(home, f"from {node.module} import {alias.name}", alias.asname)
        if home is None:
            return None
        return module_named(f"{node.module}.{alias.name}") or self.meaning(home, alias.name)

    def _import(self, found: Module | None, words: str, renamed: str | None) -> None:
        if found is None:
            self.imports.add(f"{words} as {renamed}" if renamed else words)

    def name_of(self, key: Key) -> str:
        """The name of a definition in the program, which has it from now on."""
        if key not in self._names:
            wanted = key.name if key.name not in self._taken else f"{key.module.rpartition('.')[2]}_{key.name}"
            self._names[key] = wanted
            self._taken.add(wanted)
            self.texts[key] = ""
            text = self._text_of(key)
            del self.texts[key]
            self.texts[key] = text
        return self._names[key]

    def _text_of(self, key: Key) -> str:
        module = module_named(key.module)
        assert module is not None
        node = module.definitions[key.name]
        local = local_names(node) if isinstance(node, ast.FunctionDef) else frozenset[str]()
        text = Rewriter(self, module, local).text(node)
        text = re.sub(rf"^((?:def |class )?){key.name}\b", rf"\1{self._names[key]}", text, count=1)
        decorators = [f"@{module.said(one)}\n" for one in getattr(node, "decorator_list", [])]
        for one in getattr(node, "decorator_list", []):
            Rewriter(self, module, local).text(one)
        return "".join(decorators) + text

    def definitions(self) -> str:
        """The text of all definitions, constants first."""
        lines = [text for text in self.texts.values() if "\n" not in text]
        others = [text for text in self.texts.values() if "\n" in text]
        return "\n".join(lines) + "".join(f"\n\n\n{text}" for text in others)


class Rewriter:
    """Writes the text of a module's definitions with the names that they have in the program."""

    def __init__(self, program: Program, module: Module, local: frozenset[str]) -> None:
        self.program = program
        self.module = module
        self.local = local

    def text(self, node: ast.AST) -> str:
        """The text of a node in the program."""
        return self.module.changed(self.module.start(node), self.module.end(node), self.edits(node))

    def edits(self, node: ast.AST) -> Iterator[Edit]:
        """How the text of a node has to be changed."""
        instead = self.instead(node)
        if instead is not None:
            yield Edit(self.module.start(node), self.module.end(node), instead)
            return
        inside = [edit for child in self.parts(node) for edit in self.edits(child)]
        if isinstance(node, ast.JoinedStr) and inside:
            raise Unsuitable("an f-string has something in it that would have to be changed")
        yield from inside

    def parts(self, node: ast.AST) -> Iterator[ast.AST]:
        """What a node is made of, as far as it may have to be changed."""
        for name, value in ast.iter_fields(node):
            if name not in ("annotation", "returns", "decorator_list"):
                yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, ast.AST))

    def instead(self, node: ast.AST) -> str | None:
        """What stands in the program for a node; None where its parts may have to be changed, but not the whole."""
        if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
            meaning = self.meaning(node)
            if isinstance(meaning, Key):
                name = self.program.name_of(meaning)
                if name in self.local:
                    raise Unsuitable(f"{name} would mean two things")
                return name if name != ast.unparse(node) else None
            if isinstance(meaning, Module) and isinstance(node, ast.Name):
                raise Unsuitable(f"the module {meaning.name} is used as a value")
        return None

    def meaning(self, node: ast.AST) -> Meaning:
        """What a name, or a name behind that of a module, means."""
        if isinstance(node, ast.Name) and node.id not in self.local:
            return self.program.meaning(self.module, node.id)
        if isinstance(node, ast.Attribute):
            home = self.meaning(node.value)
            if isinstance(home, Module):
                return module_named(f"{home.name}.{node.attr}") or self.program.meaning(home, node.attr)
        return None
