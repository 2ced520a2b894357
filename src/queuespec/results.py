"""Verdicts: what came of a rule, for one kind of queue under one start method."""

from __future__ import annotations

import dataclasses
import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

VERDICTS = ("conforms", "deviates", "hangs", "crashes", "unsupported", "not-applicable", "not-run")
"""From best to worst for those that were judged; the last three are no judgement of the queue."""

JUDGED = VERDICTS[:4]
BAD = VERDICTS[1:4]


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
    parameters: str = ""
    seconds: float = 0.0
    timeline: tuple[tuple[float, str, str, str, float | None], ...] = ()

    def as_data(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Verdict:
        return cls(**{**data, "timeline": tuple(tuple(row) for row in data["timeline"])})


def worst(verdicts: list[str]) -> str:
    """The one to show for several: the worst judgement, and no judgement only where there is no other."""
    judged = [verdict for verdict in verdicts if verdict in JUDGED]
    return max(judged or verdicts, key=VERDICTS.index)


def counts(verdicts: list[Verdict]) -> dict[str, int]:
    """How many of each verdict, in the order of `VERDICTS`."""
    return {name: sum(verdict.verdict == name for verdict in verdicts) for name in VERDICTS}


def write(path: Path, verdicts: list[Verdict]) -> None:
    """Writes a results file, atomically: it is complete or not there. Raises `OSError`."""
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("w", encoding="utf-8", newline="\n") as file:
        for verdict in verdicts:
            file.write(json.dumps(verdict.as_data()) + "\n")
    os.replace(unfinished, path)
