"""Finds the rules of a specification, in reading order."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.util
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from queuespec.rules.rule import Rule, chapter_of, rule_of


@dataclasses.dataclass(frozen=True)
class Chapter:
    """A file of the specification: its title and introduction (the docstring), its rules in reading order."""

    name: str
    title: str
    introduction: str
    rules: tuple[Rule, ...]


def specification_folder() -> Path:
    """Where the specification is: beside this package in a checkout, inside it when installed."""
    installed = Path(__file__).parents[1] / "spec"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "tests" / "spec"


def in_order(folder: Path) -> list[Path]:
    """The chapters' files in reading order: first those that ``contents.txt`` lists, in its order, then by name."""
    contents = folder / "contents.txt"
    listed = contents.read_text(encoding="utf-8").split() if contents.is_file() else []
    order = {f"test_{name}.py": position for position, name in enumerate(listed)}
    return sorted(folder.glob("test_*.py"), key=lambda path: (order.get(path.name, len(order)), path.name))


def chapters(folder: Path | None = None) -> list[Chapter]:
    """All chapters of a specification, in reading order, with all their rules."""
    folder = folder or specification_folder()
    with importing_from(folder):
        return [chapter_in(path) for path in in_order(folder)]


@contextlib.contextmanager
def importing_from(*folders: Path) -> Iterator[None]:
    """Meanwhile, imports find the modules in these directories first."""
    added = [str(folder) for folder in folders]
    sys.path[:0] = added
    try:
        yield
    finally:
        for entry in added:
            sys.path.remove(entry)


def imported(path: Path) -> ModuleType:
    """The module of a chapter."""
    name = f"queuespec_chapter_{path.stem}"  # pytest imports another module from the same file
    known = sys.modules.get(name)
    if known is not None and known.__file__ == str(path):
        return known
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]  # half a chapter would pass for all of it
        raise
    return module


def chapter_in(path: Path) -> Chapter:
    """The chapter in this file."""
    module = imported(path)
    rules = []
    for value in vars(module).values():
        found = value if isinstance(value, (list, tuple)) else [rule_of(value) or value]
        rules += [entry for entry in found if isinstance(entry, Rule)]
    title, _, introduction = inspect.cleandoc(module.__doc__ or "").partition("\n")
    rules.sort(key=lambda entry: entry.line)
    return Chapter(chapter_of(path.name), title.rstrip("."), introduction.strip(), tuple(rules))
