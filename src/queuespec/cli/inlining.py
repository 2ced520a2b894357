"""Programs that stand alone, made of definitions out of several modules: each brings along what it uses.

Modules are read, not imported. A definition keeps its name where it can; where two have the same one, or a local
variable of a user has it, the name of its module comes before it. The classes of a module that is spared lose the
methods that nobody calls.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Callable, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Edit = tuple[int, int, str]
"""Bytes from, bytes to, what stands there instead."""

LEFT_OUT = ("rule", "pytest", "fault", "better")
"""Decorators that the program does without."""


class Key(NamedTuple):
    """A definition: the module it is in, and its name there."""

    module: str
    name: str


class Use(NamedTuple):
    """An expression that names a definition; `bound` are the local variables there."""

    key: Key
    node: ast.expr
    bound: frozenset[str]


class Source:
    """A module's text, and its definitions by name."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text.encode()
        self.definitions: dict[str, ast.stmt] = {}
        self._lines = [0]
        for line in self.text.split(b"\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.performed: list[ast.stmt] = []
        """What a module does when it is imported, besides defining names and having a docstring."""
        for node in ast.parse(text).body:
            names = list(_names_bound_by(node))
            self.definitions.update(dict.fromkeys(names, node))
            if not names and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
                self.performed.append(node)

    def start(self, node: ast.AST, whole_line: bool = False) -> int:
        line, column = node.lineno, 0 if whole_line else node.col_offset  # type: ignore[attr-defined]
        return int(self._lines[line - 1] + column)

    def end(self, node: ast.AST) -> int:
        return int(self._lines[node.end_lineno - 1] + node.end_col_offset)  # type: ignore[attr-defined]

    def between(self, start: int, end: int) -> str:
        return self.text[start:end].decode()


def _names_bound_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            names = [node for node in ast.walk(target) if isinstance(node, ast.Name)]
            yield from (name.id for name in names if isinstance(name.ctx, ast.Store))


def _local_variables(function: ast.FunctionDef | ast.Lambda) -> frozenset[str]:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    names = {argument.arg for argument in every if argument is not None}
    waiting: list[ast.AST] = list(function.body) if isinstance(function, ast.FunctionDef) else []
    shared: set[str] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            shared.update(node.names)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)):
            names.update(_names_bound_by(node))
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)
    return frozenset(names - shared)


class Program:
    """Definitions, and all that they use.

    `find` gives the source of a module by its name, None for one that the program is to import. `meant` says which
    definitions the names mean that the package exports. `edits` gives further changes to the text of a definition.
    """

    def __init__(
        self,
        find: Callable[[str], Source | None],
        meant: Mapping[str, Key],
        spared: str,
        edits: Callable[[Source, ast.AST], Iterable[Edit]],
    ) -> None:
        self.find = find
        self.meant = meant
        self.spared = spared
        self.edits = edits
        self.imports: set[str] = set()
        self.constants: dict[Key, str] = {}
        """What definitions are in this program, in place of what they are in their module."""
        self.names: dict[Key, str] = {}
        self._parts: dict[Key, list[ast.stmt]] = {}
        self._uses: dict[Key, list[Use]] = {}
        self._attributes: set[str] = set()
        self._order: list[Key] = []
        self._main: list[Use] = []
        self._in_constants: dict[Key, list[Key]] = {}

    def source(self, module: str) -> Source:
        found = self.find(module)
        assert found is not None, module
        return found

    def add(self, key: Key) -> None:
        """Has the program define this, and before it what it uses."""
        if key in self._parts:
            return
        source = self.source(key.module)
        node = source.definitions[key.name]
        self._parts[key], self._uses[key] = [], []
        if key in self.constants:
            for use in self._uses_in(source, ast.parse(self.constants[key])):
                self._in_constants.setdefault(key, []).append(use.key)
                self.add(use.key)
        elif isinstance(node, ast.ClassDef):
            for base in [*node.bases, *node.decorator_list]:
                self._include(key, source, base)
            for one in node.body:
                if not (self._can_be_spared(key, one)):
                    self._parts[key].append(one)
                    self._include(key, source, one)
        else:
            self._parts[key] = [node]
            self._include(key, source, node)
        self._order.append(key)

    def use(self, source: Source, node: ast.AST, bound: Iterable[str]) -> None:
        """Has the program define what an expression uses that stands where these are local variables; see `said`."""
        for found in self._uses_in(source, node):
            self._main.append(found._replace(bound=frozenset(bound)))
            self.add(found.key)

    def refer(self, key: Key, bound: Iterable[str]) -> None:
        """Has the program define this for a place where these are local variables."""
        self._main.append(Use(key, ast.parse("_._", mode="eval").body, frozenset(bound)))
        self.add(key)

    @property
    def defined(self) -> Iterable[Key]:
        return self._parts

    def _used_by(self, key: Key) -> Iterable[Key]:
        return (*(use.key for use in self._uses[key]), *self._in_constants.get(key, ()))

    def _include(self, key: Key, source: Source, node: ast.AST) -> None:
        for use in self._uses_in(source, node):
            self._uses[key].append(use)
            self.add(use.key)

    def _can_be_spared(self, key: Key, node: ast.stmt) -> bool:
        method = isinstance(node, ast.FunctionDef) and not node.name.startswith("__")
        alias = isinstance(node, ast.Assign) and isinstance(node.value, ast.Name)
        return key.module == self.spared and (method or alias)

    def _add_methods(self) -> None:
        """Of spared classes, those that somebody calls."""
        again = True
        while again:
            again = False
            for key in list(self._parts):
                node = self.source(key.module).definitions[key.name]
                for one in node.body if isinstance(node, ast.ClassDef) else []:
                    if one not in self._parts[key] and set(_names_bound_by(one)) & self._attributes:
                        self._parts[key].append(one)
                        self._include(key, self.source(key.module), one)
                        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Name):
                            self._attributes.add(one.value.id)
                        again = True

    # What a text uses

    def _uses_in(self, source: Source, node: ast.AST, bound: frozenset[str] = frozenset()) -> Iterator[Use]:
        if isinstance(node, ast.Attribute):
            self._attributes.add(node.attr)
            if isinstance(node.value, ast.Name) and node.value.id not in bound:
                module = self._module(source, node.value.id)
                if module is not None:
                    key = self._resolved(module, node.attr)
                    if key is not None:
                        yield Use(key, node, bound)
                    return
        elif isinstance(node, ast.Name):
            if node.id not in bound:
                key = self._resolved(source, node.id)
                if key is not None:
                    yield Use(key, node, bound)
            return
        elif isinstance(node, (ast.FunctionDef, ast.Lambda)):
            bound = bound | _local_variables(node)
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            targets = [one for generator in node.generators for one in ast.walk(generator.target)]
            bound = bound | {one.id for one in targets if isinstance(one, ast.Name)}
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not (name == "decorator_list" and _is_left_out(child)):
                    yield from self._uses_in(source, child, bound)

    def _module(self, source: Source, name: str) -> Source | None:
        """The module to be inlined that a module knows by this name."""
        node = source.definitions.get(name)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return self.find(alias.name if isinstance(node, ast.Import) else f"{node.module}.{alias.name}")
        return None

    def _resolved(self, source: Source, name: str) -> Key | None:
        """The definition that a name means in a module; None for what is built in, or imported."""
        node = source.definitions.get(name)
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            return None if node is None else Key(source.name, name)
        for alias in node.names:
            if (alias.asname or alias.name.partition(".")[0]) == name:
                break
        renamed = f"{alias.name} as {alias.asname}" if alias.asname else alias.name
        if isinstance(node, ast.Import):
            self.imports.add(f"import {renamed}")
        elif node.module == "queuespec":
            meant = self.meant[alias.name]
            return self._resolved(self.source(meant.module), meant.name)
        else:
            module = self.find(node.module or "")
            if module is not None:
                return self._resolved(module, alias.name)
            self.imports.add(f"from {node.module} import {renamed}")
        return None

    # What the program says

    def text(self, taken: Iterable[str] = ()) -> str:
        """The definitions, each behind what it uses. The names `taken` are those of something else."""
        self._add_methods()
        self._name_all(set(taken))
        texts = {key: self._text_of(key) for key in self._order}
        constants = [key for key in self._order if "\n" not in texts[key] and not set(self._used_by(key)) - {key}]
        others = [f"\n\n{texts[key]}\n" for key in self._order if key not in constants]
        return "\n" + "".join(f"{texts[key]}\n" for key in constants) + "".join(others)

    def _name_all(self, taken: set[str]) -> None:
        local: dict[Key, set[str]] = {}
        for uses in (*self._uses.values(), self._main):
            for use in uses:
                if isinstance(use.node, ast.Attribute) or use.node.id != use.key.name:  # type: ignore[attr-defined]
                    local.setdefault(use.key, set()).update(use.bound)
        taken |= {line.split()[-1] for line in self.imports}
        for key in self._order:
            name = key.name
            if name in taken or name in local.get(key, ()):
                name = f"{key.module.rpartition('.')[2]}_{key.name.lstrip('_')}"
            self.names.setdefault(key, name)
            taken.add(self.names[key])

    def _text_of(self, key: Key) -> str:
        source = self.source(key.module)
        node = source.definitions[key.name]
        if key in self.constants:
            return self.constants[key]
        decorators = [one for one in getattr(node, "decorator_list", []) if not _is_left_out(one)]
        begin = source.start(decorators[0] if decorators else node, whole_line=True)
        changes = [*self._renamed(key, source, node), *self.edits(source, node)]
        if isinstance(node, ast.ClassDef):
            changes += self._spared(key, source, node)
        text = source.text[begin : source.end(node)]
        for start, end, instead in sorted(set(changes), reverse=True):
            if start >= begin:
                text = text[: start - begin] + instead.encode() + text[end - begin :]
        return re.sub(r"\n{3,}( *)", r"\n\n\1", text.decode().rstrip())

    def said(self, source: Source, node: ast.AST) -> str:
        """The text of an expression that was given to `use`."""
        start, end = source.start(node), source.end(node)
        text = source.text[start:end]
        inside = [use for use in self._main if use.node in ast.walk(node)]
        for use in sorted(inside, key=lambda use: source.start(use.node), reverse=True):
            before, after = source.start(use.node) - start, source.end(use.node) - start
            text = text[:before] + self.names[use.key].encode() + text[after:]
        return text.decode()

    def _renamed(self, key: Key, source: Source, node: ast.AST) -> Iterator[Edit]:
        for use in self._uses[key]:
            start, end = source.start(use.node), source.end(use.node)
            if source.between(start, end) != self.names[use.key]:
                assert source.between(start, end) == ast.unparse(use.node), "an expression is not where it should be"
                yield start, end, self.names[use.key]
        if self.names[key] != key.name and isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            start = source.start(node) + len("class " if isinstance(node, ast.ClassDef) else "def ")
            yield start, start + len(key.name.encode()), self.names[key]
        elif self.names[key] != key.name:
            yield source.start(node), source.start(node) + len(key.name.encode()), self.names[key]

    def _spared(self, key: Key, source: Source, node: ast.ClassDef) -> Iterator[Edit]:
        for one in node.body:
            if one not in self._parts[key]:
                first = (getattr(one, "decorator_list", None) or [one])[0]
                yield source.start(first, whole_line=True), source.end(one) + 1, ""


def _is_left_out(decorator: ast.AST) -> bool:
    """Whether the function is no longer decorated with this in the program."""
    node = decorator
    while isinstance(node, (ast.Call, ast.Attribute)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(node, ast.Name) and node.id in LEFT_OUT
