"""Verdicts: what came of a rule, for one kind of queue under one start method; and the files that keep them.

A results file is lines of JSON: a header (what was judged, where, how), a line a verdict, a footer. One without a
footer was cut short. `results.schema.json` describes the lines.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING, Any

from queuespec.rules.words import python_name, system_name
from queuespec.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from queuespec.rules import Chapter

VERDICTS = ("conforms", "deviates", "hangs", "crashes", "unsupported", "not-applicable", "not-run")
"""From best to worst for those that were judged; the last three are no judgement of the queue."""

JUDGED = VERDICTS[:4]
BAD = VERDICTS[1:4]

FORMAT = 1
LONGEST_TIMELINE = 200
"""Calls of a timeline that are kept, the last ones."""


class BadFile(Exception):
    """A file that cannot be used; the text is one sentence that says which, where and why."""


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What came of one test: a rule, for one kind, under one start method. `seconds` is the test's duration."""

    rule: str
    level: str
    chapter: str
    sentence: str
    """The rule's sentence."""
    test: str
    """The test's node id."""
    verdict: str
    gates: bool = True
    explanation: str = ""
    """What happened instead, or why there is no judgement; one sentence, the empty text for `conforms`."""
    kind: str = ""
    start_method: str = ""
    reported_start_method: str = ""
    """What the child processes say they were started by; the empty text where there were none."""
    parameters: str = ""
    seconds: float = 0.0
    timeline: tuple[tuple[float, str, str, str, float | None], ...] = ()
    declared: dict[str, Any] | None = None
    """The deviation that was declared for this: what was expected, the reason, a link, whether it is unstable."""

    def as_data(self) -> dict[str, Any]:
        return {**vars(self), "timeline": [list(row) for row in self.timeline]}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Verdict:
        return cls(**{**_DEFAULTS, **data, "timeline": tuple(tuple(row) for row in data.get("timeline", ()))})

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes a verdict the same question in two files."""
        return (self.rule, self.kind, self.start_method, self.parameters)

    @property
    def bounded(self) -> Verdict:
        """The same with every text fit for a file: one line, not endless, nothing active in it."""
        return dataclasses.replace(
            self,
            explanation=one_line(self.explanation, 1000),
            parameters=one_line(self.parameters),
            test=one_line(self.test, 1000),
            timeline=tuple(
                (round(begun, 4), one_line(actor, 80), one_line(call), one_line(outcome), took and round(took, 4))
                for begun, actor, call, outcome, took in self.timeline[-LONGEST_TIMELINE:]
            ),
        )


_DEFAULTS = {"level": "promise", "chapter": "", "sentence": "", "test": ""}


@dataclasses.dataclass(frozen=True)
class Header:
    """What was judged, where, and how."""

    queuespec: str
    rule_set: str
    implementation: str
    python_implementation: str
    python_version: str
    system: str
    start_methods: tuple[str, ...]
    implementation_version: str = ""
    implementation_home: str = ""
    python_build: str = ""
    free_threaded: bool = False
    release: str = ""
    machine: str = ""
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    started: str = ""

    def as_data(self) -> dict[str, Any]:
        return {"format": FORMAT, **vars(self), "start_methods": list(self.start_methods)}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Header:
        values = {name: value for name, value in data.items() if name != "format"}
        return cls(**{**values, "start_methods": tuple(data["start_methods"])})

    @property
    def python(self) -> str:
        name = python_name(self.python_implementation)
        return f"{name} {self.python_version}{' free-threaded' if self.free_threaded else ''}"

    @property
    def judged(self) -> str:
        """The implementation, with its version where it has one."""
        return f"{self.implementation} {self.implementation_version}".rstrip()

    @property
    def platform(self) -> str:
        return f"{system_name(self.system)} {self.machine}".rstrip()


@dataclasses.dataclass(frozen=True)
class Results:
    """A results file that was read. `cut_short` says why it is not the whole run; the empty text if it is."""

    name: str
    header: Header
    verdicts: list[Verdict]
    cut_short: str = ""


def worst(verdicts: list[str]) -> str:
    """The one to show for several: the worst judgement, and no judgement only where there is no other."""
    judged = [verdict for verdict in verdicts if verdict in JUDGED]
    return max(judged or verdicts, key=VERDICTS.index)


def counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How many of each verdict, in the order of `VERDICTS`."""
    found = dict.fromkeys(VERDICTS, 0)
    for verdict in verdicts:
        found[verdict.verdict] += 1
    return found


def rule_set(chapters: list[Chapter]) -> str:
    """A hash of what the rules say and where they apply: the same for two runs that judged by the same rules."""
    facts = [
        (
            [rule.slug, rule.level, rule.sentence, rule.proves, rule.kinds, rule.since, rule.until],
            [rule.systems, rule.start_methods, rule.needs, rule.when[0] if rule.when else ""],
        )
        for chapter in chapters
        for rule in chapter.rules
    ]
    return hashlib.sha256(json.dumps(sorted(facts)).encode()).hexdigest()[:16]
