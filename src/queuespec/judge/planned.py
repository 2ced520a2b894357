"""What a run judges: an `Assignment` for all of it, and a plan for each test of a rule, made at collection."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from queuespec.results import Verdict
from queuespec.results.expectations import Expectation
from queuespec.rules import Facts, Rule, rule_of, specification_folder
from queuespec.stage import Settings
from queuespec.text import one_line

ASSIGNMENT = pytest.StashKey["Assignment"]()
"""Where pytest's configuration keeps the `Assignment`."""
PLANNED = pytest.StashKey[Verdict]()
"""Where an item keeps its plan, if it proves a rule."""

AXES = ("start_method", "kind")
"""The parameters that every verdict has a field for, in the order in which test ids begin with them."""


@dataclasses.dataclass(frozen=True)
class Assignment:
    """What is judged, and how: the same in the process that the user started and in the workers of pytest-xdist."""

    facts: Facts
    start_methods: tuple[str, ...]
    """The start methods to judge, in the platform's order."""
    strict: bool
    """Whether de-facto rules gate, too: pytest's own option ``--strict``."""
    settings: Settings
    """What all stages have in common; `settings_for` adds the path."""
    expected: tuple[Expectation, ...]
    """The expected deviations that concern what is judged."""
    own: tuple[Path, ...] = ()
    """The files with rules of the user's own."""
    files: tuple[str, ...] = ()
    """What to collect besides these, as pytest names it."""

    def with_settings(self, **changes: Any) -> Assignment:
        """The same with other settings."""
        return dataclasses.replace(self, settings=dataclasses.replace(self.settings, **changes))

    def settings_for(self, directory: Path) -> Settings:
        """The settings of a stage whose actors import roles and items from this directory.

        Modules beside rules of a user's own come last: they have any names, and hide no module of anybody else.
        """
        if any(directory == file.parent for file in self.own):
            return dataclasses.replace(self.settings, path=(str(specification_folder()),), last=(str(directory),))
        return dataclasses.replace(self.settings, path=(str(directory),))


def rule_of_item(item: pytest.Item) -> Rule | None:
    """The rule that a collected test proves, or None."""
    return rule_of(getattr(item, "function", None))


def plan(item: pytest.Item, rule: Rule, given: Assignment) -> Verdict:
    """The plan of a collected test of this rule: everything about its verdict that is known before it runs."""
    callspec = getattr(item, "callspec", None)
    values = {name: str(callspec.params[name]) for name in AXES if callspec and name in callspec.params}
    others = callspec.id.removeprefix("-".join(values.values())) if callspec else ""
    start_method = values.get("start_method", "")
    return Verdict(
        rule=rule.slug,
        level=rule.level,
        chapter=rule.chapter,
        sentence=rule.sentence,
        test=item.nodeid,
        gates=rule.gates(given.facts, start_method, given.strict),
        kind=values.get("kind", ""),
        start_method=start_method,
        parameters=one_line(others.removeprefix("-") if values else others),
    )
