"""Rules of a user's own: each file, named by ``--rules``, is a chapter after those of the specification."""

from __future__ import annotations

import ast
import inspect
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from queuespec.rules.chapters import Chapter, chapter_in, imported, importing_from, specification_folder
from queuespec.rules.rule import Rule, each_of, rule_of

OF_THE_SPECIFICATION = ("conftest", "items", "roles", "queuespec")
"""Modules that files of the specification import by these names."""


class BadRules(Exception):
    """A file of rules cannot be used; the message is one sentence."""


def is_own(rule: Rule) -> bool:
    """Whether a rule is a user's own, and not one of the specification."""
    return specification_folder() not in Path(rule.file).parents


def with_own(found: list[Chapter], files: Sequence[Path]) -> list[Chapter]:
    """The chapters of the specification, and those in these files. Raises `BadRules`."""
    chapters = [*found]
    for file in files:
        fresh = _own_chapter(file)
        if fresh.name in {chapter.name for chapter in found}:
            raise BadRules(f"{file.name!r} has the name of a chapter of the specification: rename the file")
        if fresh.name in {chapter.name for chapter in chapters}:
            raise BadRules(f"two files are named {file.name!r}: rename one of them")
        _refuse_known_slugs(file, fresh, chapters)
        chapters.append(fresh)
    return chapters


def arguments_in(file: Path) -> dict[str, frozenset[str]]:
    """The names of the arguments that the tests in a file of rules take from pytest, by the test's name."""
    found = {}
    for name, test in vars(imported(file)).items():
        if rule_of(test) is not None:
            repeated = [names for names, _, _ in each_of(test)]
            repeated += [mark.args[0] for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
            given = {
                name.strip() for names in repeated for name in (names.split(",") if isinstance(names, str) else names)
            }
            found[name] = frozenset(inspect.signature(test).parameters) - given
    return found


def _own_chapter(file: Path) -> Chapter:
    shown = file.name
    if file.is_dir():
        raise BadRules(f"{str(file)!r} is a directory; name a file in it")
    if not file.is_file():
        raise BadRules(f"there is no file {str(file)!r}")
    if file.suffix != ".py" or not file.stem.isidentifier():
        raise BadRules(f"{shown!r} cannot be imported; give it a name such as my_rules.py")
    _refuse_known_module(file)
    try:
        with importing_from(specification_folder(), file.parent):
            chapter = chapter_in(file)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise BadRules(f"cannot import {shown!r}: {type(error).__name__}: {error}") from error
    if not chapter.rules:
        raise BadRules(f"there are no rules in {shown!r}; a rule is a test with the decorator @rule(...)")
    written = Counter(node.name for node in ast.parse(file.read_bytes()).body if isinstance(node, ast.FunctionDef))
    for name, value in vars(imported(file)).items():
        rule = rule_of(value)
        if rule is not None and not name.startswith("test_"):
            raise BadRules(
                f"{shown}: the test of {rule.slug} should have a name such as test_{name}, but it is {name!r}"
            )
        if rule is None and name.startswith("test_") and inspect.isfunction(value):
            raise BadRules(f"{shown}: {name} has no rule; it needs the decorator @rule(...)")
        if rule is not None and inspect.iscoroutinefunction(value):
            raise BadRules(f"{shown}: {name} is a coroutine function; a role awaits what a test calls")
        if inspect.isclass(value) and name.startswith("Test") and any(one.startswith("test_") for one in vars(value)):
            raise BadRules(f"{shown}: {name} is a class with tests; a test is a function of the module")
        if rule is not None and written[name] > 1:
            raise BadRules(f"{shown}: {written[name]} functions are named {name!r}; rename one of them")
    return chapter


def _refuse_known_module(file: Path) -> None:
    """pytest imports the file by its name alone."""
    known = sys.modules.get(file.stem)
    home = getattr(known, "__file__", None)
    if known is not None and home is not None and Path(home) == file:
        return
    taken = known is not None or file.stem in (*OF_THE_SPECIFICATION, *getattr(sys, "stdlib_module_names", ()))
    if taken:
        raise BadRules(f"{file.name!r} has the name of another module: rename the file")


def _refuse_known_slugs(file: Path, fresh: Chapter, chapters: Iterable[Chapter]) -> None:
    known = {slug: chapter for chapter in chapters for rule in chapter.rules for slug in (rule.slug, *rule.proves)}
    for rule in fresh.rules:
        for slug in (rule.slug, *rule.proves):
            if slug in known:
                where = "twice in it" if known[slug] is fresh else f"in the chapter {known[slug].title!r} as well"
                raise BadRules(f"{file.name}: the rule {slug!r} is {where}; choose another slug")
            known[slug] = fresh
