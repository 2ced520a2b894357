"""What a run judges, and how: the same in the process that the user started and in the workers of pytest-xdist."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from queuespec.stage import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from queuespec.results.expectations import Expectations
    from queuespec.rules import Facts

ASSIGNMENT = pytest.StashKey["Assignment"]()
"""Where pytest's configuration keeps the `Assignment`."""


@dataclasses.dataclass(frozen=True)
class Assignment:
    """What is judged, and how."""

    facts: Facts
    start_methods: tuple[str, ...]
    """The start methods to judge, in the platform's order."""
    strict: bool
    """Whether de-facto rules gate, too: pytest's own option ``--strict``."""
    settings: Settings
    """What all stages have in common; `settings_for` adds the path."""
    expected: Expectations
    """The expected deviations that concern what is judged."""

    def settings_for(self, directory: Path) -> Settings:
        """The settings of a stage whose actors import roles and items from this directory."""
        return dataclasses.replace(self.settings, path=(str(directory),))


def assignment(config: pytest.Config, facts: Facts, expected: Expectations) -> Assignment:
    """The assignment that the command line gives."""
    option = config.option
    return Assignment(
        facts=facts,
        start_methods=asked_start_methods(config, facts),
        strict=bool(config.getoption("strict", False)),
        settings=Settings(option.implementation, option.python, (), option.patience, option.quiet_time),
        expected=expected,
    )


def asked_start_methods(config: pytest.Config, facts: Facts) -> tuple[str, ...]:
    """The start methods that ``--start-method`` names, in the platform's order; all of them if it names none."""
    asked = config.option.start_method
    return tuple(method for method in facts.start_methods if not asked or method in asked)
