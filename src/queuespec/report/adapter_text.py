"""The text of an adapter's module as a part of a program that stands alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from queuespec.report.inlining import ADAPTING, RUNNER, Edit, Module, Unsuitable

INSTALLED = ("site-packages", "dist-packages")
"""The names of the directories whose modules the program can import as well."""


class AdapterText:
    """What a program has of an adapter. Raises `Unsuitable` if it does not stand alone."""

    def __init__(self, file: str, module: str, class_: str, defines: Collection[str], lacks: Collection[str]) -> None:
        self.name = class_
        self.defines = defines
        if "process" in defines and "processes" not in lacks:
            raise Unsuitable("the processes that its adapter starts do not know the program")
        if "serve" in defines:
            raise Unsuitable("its adapter shares a server or a cluster with all of a run")
        if "<" in class_:
            raise Unsuitable(f"its adapter {class_} is not at the top of its module")
        try:
            self._module = Module(module, Path(file).read_bytes())
        except (OSError, SyntaxError, ValueError):
            raise Unsuitable(f"the source of its adapter cannot be read from {file or 'its module'}") from None
        self._tree = ast.parse(self._module.text)
        self._refuse_what_does_not_stand_alone(Path(file).parent)

    @property
    def names(self) -> set[str]:
        """The names that it binds."""
        return {*self._module.definitions}

    @property
    def imports(self) -> set[str]:
        """Its import statements."""
        found = self._module.definitions.values()
        return {ast.unparse(node) for node in found if isinstance(node, (ast.Import, ast.ImportFrom))}

    @property
    def annotated(self) -> bool:
        """Whether its annotations are not evaluated."""
        return b"from __future__ import annotations" in self._module.text

    def refuse_another_meaning(self, line: str) -> None:
        """Raises `Unsuitable` if the name that an import statement of the program binds means something else here."""
        name = line.split()[-1].partition(".")[0]
        node = self._module.definitions.get(name)
        same = isinstance(node, ast.Import) and line == f"import {name}" and not any(one.asname for one in node.names)
        if node is not None and not same and ast.unparse(node) != line:
            raise Unsuitable(f"{name} would mean two things")

    @property
    def context(self) -> str:
        """The class of `queuespec.report.adapting` that the program needs."""
        more = {"exceptions", "sent", "process"} & {*self.defines}
        return "AdaptedToo" if more else "Adapted"

    @property
    def text(self) -> str:
        """Its text, without docstring and without what only its own file needs."""
        edits = sorted(self._edits())
        body = self._module.text
        for start, stop, instead in reversed(edits):
            body = body[:start] + instead.encode() + body[stop:]
        lines = body.decode("utf-8-sig").strip().splitlines()
        made = [f"ADAPTER = {self.name}()"]
        if "QUEUESPEC_MARK" in "\n".join(lines):
            made.append('os.environ.setdefault("QUEUESPEC_MARK", f"reproduction-{os.getpid()}")')
            lines = ["import os", made.pop(), "", *lines]
        return re.sub(r"\n{4,}", "\n\n\n", "\n".join([*lines, "", "", *made]))

    def _edits(self) -> Iterator[Edit]:
        for number, node in enumerate(self._tree.body):
            constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            from_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
            if (constant and number == 0) or from_future or _is_of_a_main_program(node):
                yield (*self._module.span(node), "")
        for one in ast.walk(self._tree):
            if isinstance(one, ast.ImportFrom) and one.level:
                package = ".".join(self._module.name.split(".")[: -one.level])
                whole = ast.ImportFrom(".".join(filter(None, (package, one.module))), one.names, 0)
                yield (*self._module.span(one), ast.unparse(whole))

    def _refuse_what_does_not_stand_alone(self, directory: Path) -> None:
        ours = {name for name, node in RUNNER.definitions.items() if not isinstance(node, (ast.Import, ast.ImportFrom))}
        ours |= {*ADAPTING.definitions, "main"} - {"functools"}
        both = ours & self.names
        if both:
            raise Unsuitable(f"its adapter and the program both define {min(both)}")
        is_installed = directory.name in INSTALLED or "." in self._module.name
        for node in ast.walk(self._tree):
            if not isinstance(node, (ast.Import, ast.ImportFrom)):
                continue
            homes = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            for top in {home.partition(".")[0] for home in homes}:
                beside = (directory / f"{top}.py").is_file() or (directory / top / "__init__.py").is_file()
                if top == "queuespec" or (beside and not is_installed):
                    raise Unsuitable(f"its adapter imports {top}, which the program cannot")


def _is_of_a_main_program(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)
