"""Root causes: the verdicts of a run that need attention, grouped by their explanations."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable

from queuespec.results.verdict import BAD, Verdict
from queuespec.rules.words import KINDS, START_METHODS

FAILS = "fails"
"""The verdict fails the run: a deviation from a rule that gates, or an expected deviation that conforms."""
REPORTED = "reported"
"""A deviation from a rule that does not gate."""
MISSING = "missing"
"""There is no verdict on the queue where there should be one."""
EXPECTED = "expected"
"""An expected deviation, also if it is unstable and conforms this time."""
STANDINGS = (FAILS, REPORTED, MISSING, EXPECTED)
"""From the most to the least urgent."""


@dataclasses.dataclass(frozen=True)
class Cause:
    """Verdicts that have one explanation."""

    standing: str
    """One of `STANDINGS`."""
    verdict: str
    explanation: str
    """The explanation of the first verdict, or the reason if they were expected."""
    verdicts: tuple[Verdict, ...]

    @property
    def rules(self) -> dict[str, str]:
        """Slugs and levels of the rules concerned."""
        return {verdict.rule: verdict.level for verdict in self.verdicts}

    @property
    def places(self) -> tuple[list[str], list[str]]:
        """The kinds and the start methods concerned; verdicts without one are left out."""
        kinds = dict.fromkeys(verdict.kind for verdict in self.verdicts if verdict.kind)
        return [*kinds], [*dict.fromkeys(verdict.start_method for verdict in self.verdicts if verdict.start_method)]


def standing(verdict: Verdict) -> str:
    """How urgent a verdict is: one of `STANDINGS`; empty if it needs no attention."""
    declared = verdict.declared
    if verdict.verdict == "not-run":
        return MISSING
    if verdict.verdict == "conforms":
        return "" if not declared else EXPECTED if declared["unstable"] else FAILS
    if verdict.verdict not in BAD:
        return ""
    if declared and declared["expected"] == verdict.verdict:
        return EXPECTED
    return FAILS if verdict.gates else REPORTED


def causes(verdicts: Iterable[Verdict]) -> list[Cause]:
    """What needs attention, the most urgent first; among equals, what concerns the most rules."""
    found: dict[tuple[str, ...], list[Verdict]] = {}
    for verdict in verdicts:
        urgency = standing(verdict)
        if urgency:
            key = (urgency, verdict.verdict, alike(_explanation(urgency, verdict)))
            found.setdefault(key, []).append(verdict)
    together = [
        Cause(urgency, word, _explanation(urgency, group[0]), tuple(group))
        for (urgency, word, _), group in found.items()
    ]
    return sorted(together, key=lambda cause: (STANDINGS.index(cause.standing), -len(cause.rules)))


def _explanation(urgency: str, verdict: Verdict) -> str:
    declared = verdict.declared
    if declared and urgency == EXPECTED:
        return str(declared["reason"])
    if declared and verdict.verdict == "conforms":
        return f"an expected deviation ({declared['expected']}) did not happen: {declared['reason']}"
    if declared:
        return f"{verdict.explanation} (expected instead: {declared['expected']})"
    return verdict.explanation


_NAMES = "|".join(map(re.escape, sorted((*KINDS, *START_METHODS), key=len, reverse=True)))
_DETAILS = (
    r"(?<!\w)[bru]{0,2}'(?:[^'\\]|\\.)*'",  # quoted values come first: they may contain any of the others
    r'(?<!\w)[bru]{0,2}"(?:[^"\\]|\\.)*"',
    r"\bqueue(?:\d+\b|(?=\.))",  # one of several queues, or the one whose method is called
    r"(?<![\w.])(?:parent|child|thread)(?: \d+)?\b",  # an actor
    rf"(?<![\w.])(?:{_NAMES})(?!\w)",
    r"(?<!\w)-?\d+(?:\.\d+)?(?:e[+-]?\d+)?",
)
_DETAIL = re.compile("|".join(_DETAILS))
_MANY = re.compile(r"…(?:, …)+")


def alike(explanation: str) -> str:
    """The explanation without the details that may differ for one cause: numbers, quoted values, and the names of
    actors, queues and start methods."""
    text = _DETAIL.sub("…", explanation).replace("….", "")
    return _MANY.sub("…", text)
