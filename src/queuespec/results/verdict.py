"""Verdicts: the outcome of a rule for one kind of queue under one start method; and the header of their file.

A results file is JSON Lines: a header (what was judged, where, how), a line for each verdict, finding of exploring
or measurement, a footer. A file without a footer was cut short. `results.schema.json` describes the lines.
"""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from queuespec.rules import Chapter
from queuespec.rules.facts import Subject
from queuespec.text import one_line

CONFORMS, DEVIATES, HANGS, CRASHES = "conforms", "deviates", "hangs", "crashes"
SHOWN, ABSENT = "shown", "absent"
"""The verdicts on a hazard: the queue has the danger, or it does not."""
UNSUPPORTED, NOT_APPLICABLE, NOT_RUN = "unsupported", "not-applicable", "not-run"
JUDGED = (CONFORMS, ABSENT, SHOWN, DEVIATES, HANGS, CRASHES)
"""The verdicts that say something about the queue, from best to worst."""
BAD = JUDGED[3:]
VERDICTS = (*JUDGED, UNSUPPORTED, NOT_APPLICABLE, NOT_RUN)

FORMAT = 1
LONGEST_TIMELINE = 200
"""Maximum number of calls to keep of a timeline; the last ones are kept."""
LONGEST_OUTPUT = 60
"""Maximum number of lines to keep of an output; the last ones are kept."""


class BadFile(Exception):
    """A file that cannot be used; the message is one sentence that names the file, the place and the reason."""


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The outcome of one test: of a rule, for one kind, under one start method."""

    rule: str
    level: str = "promise"
    chapter: str = ""
    sentence: str = ""
    test: str = ""
    """The test's node id."""
    verdict: str = NOT_RUN
    """One of `VERDICTS`."""
    gates: bool = True
    """Whether a deviation fails the run."""
    explanation: str = ""
    """What happened instead, or why the rule was not judged; one sentence, empty for `conforms` and `shown`."""
    kind: str = ""
    start_method: str = ""
    reported_start_method: str = ""
    """The start method that the child processes report; empty if there were none."""
    parameters: str = ""
    seconds: float = 0.0
    timeline: tuple[tuple[float, str, str, str, float | None], ...] = ()
    """The calls: seconds since the test began, actor, call, outcome, duration in seconds or None."""
    output: tuple[str, ...] = ()
    """The last lines that judged processes printed, if the verdict is bad."""
    declared: dict[str, Any] | None = None
    """The expected deviation that matches: `expected` verdict, `reason`, `link`, and whether it is `unstable`."""

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Verdict:
        """The verdict of a line that fits the schema."""
        if "timeline" in data:
            data = {**data, "timeline": tuple(map(tuple, data["timeline"]))}
        return cls(**{**data, "output": tuple(data.get("output", ()))})

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Verdicts of two files that have the same key answer the same question."""
        return (self.rule, self.kind, self.start_method, self.parameters)

    @property
    def is_unstable(self) -> bool:
        """Whether an expected deviation that may also conform matches."""
        return bool(self.declared and self.declared.get("unstable"))

    @property
    def bounded(self) -> Verdict:
        """The same verdict with every string safe for a file: one line of bounded length, without active content."""
        return dataclasses.replace(
            self,
            explanation=one_line(self.explanation, 1000),
            parameters=one_line(self.parameters),
            test=one_line(self.test, 1000),
            timeline=tuple(
                (round(begun, 4), one_line(actor, 80), one_line(call), one_line(outcome), took and round(took, 4))
                for begun, actor, call, outcome, took in self.timeline[-LONGEST_TIMELINE:]
            ),
            output=tuple(one_line(line) for line in self.output[-LONGEST_OUTPUT:]),
        )


_SUBJECT = {field.name: False if field.name == "free_threaded" else "" for field in dataclasses.fields(Subject)}
_LONGEST = {"implementation": 150, "implementation_version": 100, "implementation_home": 1000}


@dataclasses.dataclass(frozen=True)
class Header:
    """What was judged, where, and how."""

    subject: Subject
    queuespec: str
    rule_set: str
    """The hash that `rule_set` returns; empty if the rules could not be read."""
    start_methods: tuple[str, ...]
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    started: str = ""
    """Date and time in UTC, ISO 8601: the first ten characters are the date."""
    implementation_is: str = ""
    """``module`` with multiprocessing's API, ``class`` or ``adapter``; empty if unknown."""
    context_parameter: str = ""
    """The name by which a queue class takes the context, if it does."""

    def as_data(self) -> dict[str, Any]:
        """The header's line, as data for JSON; every string is one line of bounded length."""
        subject = {name: getattr(self.subject, name) for name in _SUBJECT}
        for name, value in subject.items():
            subject[name] = one_line(value, _LONGEST.get(name, 500)) if isinstance(value, str) else value
        return {
            "format": FORMAT,
            "queuespec": self.queuespec,
            "rule_set": self.rule_set,
            **subject,
            "start_methods": list(self.start_methods),
            "options": self.options,
            "started": self.started,
            "implementation_is": self.implementation_is,
            "context_parameter": self.context_parameter,
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Header:
        """The header of a line that fits the schema."""
        own = {name: value for name, value in data.items() if name not in ("format", *_SUBJECT)}
        subject = Subject(**{name: data.get(name, default) for name, default in _SUBJECT.items()})
        return cls(subject, **{**own, "start_methods": tuple(data["start_methods"])})


def worst(verdicts: list[str]) -> str:
    """The verdict to show for several: the worst of `JUDGED`, or another one if there are none of these."""
    judged = [verdict for verdict in verdicts if verdict in JUDGED]
    return max(judged or verdicts, key=VERDICTS.index)


def counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """The number of each verdict, in the order of `VERDICTS`."""
    found = collections.Counter(verdict.verdict for verdict in verdicts)
    return {name: found[name] for name in VERDICTS}


def summary(verdicts: Iterable[Verdict]) -> str:
    """``2 conforms, 1 hangs``: the number of each verdict that occurs."""
    return ", ".join(f"{number} {name}" for name, number in counts(verdicts).items() if number)


def rule_set(chapters: list[Chapter]) -> str:
    """A hash of what the rules say and where they apply: two runs with the same hash were judged by the same rules."""
    facts = [
        (
            [rule.slug, rule.level, rule.sentence, rule.proves, rule.kinds, rule.since, rule.until],
            [rule.systems, rule.start_methods, rule.needs, rule.when[0] if rule.when else ""],
        )
        for chapter in chapters
        for rule in chapter.rules
    ]
    return hashlib.sha256(json.dumps(sorted(facts)).encode()).hexdigest()[:16]
