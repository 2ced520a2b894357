"""The plan of a run: one `Planned` for each test of a rule, made at collection; verdicts are made from it."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest

from queuespec.results import Verdict
from queuespec.rules import Facts, Rule, rule_of
from queuespec.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

PLANNED = pytest.StashKey["Planned"]()
"""Where an item keeps its `Planned`, if it proves a rule."""

AXES = ("start_method", "kind")
"""The parameters that every verdict has a field for, in the order in which test ids begin with them."""


@dataclasses.dataclass(frozen=True)
class Planned:
    """A test that will be judged: everything about its verdict that is known before it runs."""

    test: str
    """The test's node id."""
    rule: str
    """The rule's slug."""
    level: str
    chapter: str
    sentence: str
    """The rule's sentence."""
    gates: bool
    """Whether a deviation fails the run."""
    kind: str = ""
    """The kind of queue; empty if the test has none."""
    start_method: str = ""
    """Empty if the test has none."""
    parameters: str = ""
    """The ids of the test's other parameters: the same from run to run."""
    file: str = ""
    """Where the rule is defined."""
    line: int = 0

    def verdict(self, verdict: str, explanation: str = "", **found: Any) -> Verdict:
        """The verdict on this test; `found` has the fields of `Verdict` that are known only when it has finished."""
        return Verdict(
            rule=self.rule,
            level=self.level,
            chapter=self.chapter,
            sentence=self.sentence,
            test=self.test,
            verdict=verdict,
            gates=self.gates,
            explanation=explanation,
            kind=self.kind,
            start_method=self.start_method,
            parameters=self.parameters,
            **found,
        ).bounded


def rule_of_item(item: pytest.Item) -> Rule | None:
    """The rule that a collected test proves, or None."""
    return rule_of(getattr(item, "function", None))


def plan(item: pytest.Item, rule: Rule, facts: Facts, strict: bool) -> Planned:
    """The plan of a collected test of this rule."""
    axes = {name: _parameter(item, name) for name in AXES}
    return Planned(
        test=item.nodeid,
        rule=rule.slug,
        level=rule.level,
        chapter=rule.chapter,
        sentence=rule.sentence,
        gates=rule.gates(facts, axes["start_method"], strict),
        kind=axes["kind"],
        start_method=axes["start_method"],
        parameters=one_line(_other_ids(item, axes)),
        file=rule.file,
        line=rule.line,
    )


def _parameter(item: pytest.Item, name: str) -> str:
    callspec = getattr(item, "callspec", None)
    return str(callspec.params.get(name, "")) if callspec is not None else ""


def _other_ids(item: pytest.Item, axes: dict[str, str]) -> str:
    """The ids of the parameters that are not in `AXES`. Those of the axes come first: see `collection`."""
    callspec = getattr(item, "callspec", None)
    if callspec is None:
        return ""
    own = "-".join(axes[name] for name in AXES if name in callspec.params)
    return str(callspec.id).removeprefix(own).removeprefix("-") if own else str(callspec.id)


def as_text(plans: Iterable[Planned]) -> str:
    """A plan as a worker writes it for its controller."""
    return json.dumps([vars(planned) for planned in plans])


def from_text(text: str) -> list[Planned]:
    """The plan that `as_text` wrote."""
    return [Planned(**data) for data in json.loads(text)]
