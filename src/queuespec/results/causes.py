"""Root causes: the verdicts of a run that need attention, grouped by their symptoms and their rules."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
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
_DEVIATION = "deviation"


@dataclasses.dataclass(frozen=True)
class Cause:
    """Verdicts that have one cause, as far as their explanations tell."""

    standing: str
    """One of `STANDINGS`: that of the most urgent verdict."""
    explanation: str
    """That of the typical verdict, or the reason if they were expected."""
    typical: Verdict
    """The first with the most frequent symptom."""
    verdicts: tuple[Verdict, ...]
    """The most urgent first."""

    @property
    def verdict(self) -> str:
        """What the verdicts are, the most frequent first: ``hangs``, or ``deviates, hangs``."""
        return ", ".join(word for word, _ in Counter(verdict.verdict for verdict in self.verdicts).most_common())

    @property
    def rules(self) -> dict[str, str]:
        """Slugs and levels of the rules concerned."""
        return {verdict.rule: verdict.level for verdict in self.verdicts}

    @property
    def also(self) -> list[str]:
        """The explanations with other symptoms than the usual one, each once; none if they were expected."""
        if self.standing == EXPECTED:
            return []
        found = {symptom(verdict.explanation): verdict.explanation for verdict in reversed(self.verdicts)}
        found.pop(symptom(self.typical.explanation))
        return [*found.values()][::-1]

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
        return "" if not declared else EXPECTED if declared.get("unstable") else FAILS
    if verdict.verdict not in BAD:
        return ""
    if declared and declared["expected"] == verdict.verdict:
        return EXPECTED
    return FAILS if verdict.gates else REPORTED


def causes(verdicts: Iterable[Verdict]) -> list[Cause]:
    """What needs attention, the most urgent first; among equals, what concerns the most rules.

    Deviations with the same symptom have one cause. A symptom that shows only in rules and kinds with another symptom
    is of the same cause: a rule is about one behavior, and what is wrong with it may show in several ways.
    """
    groups: dict[tuple[str, ...], list[Verdict]] = {}
    for verdict in verdicts:
        if standing(verdict):
            groups.setdefault(_symptom(verdict), []).append(verdict)
    places = {key: {(verdict.rule, verdict.kind) for verdict in group} for key, group in groups.items()}
    together: dict[tuple[str, ...], list[Verdict]] = {}
    for key in sorted(groups, key=lambda key: (-len(places[key]), -len(groups[key]))):
        related = (one for one in together if one[:2] == key[:2] and key[0] == _DEVIATION)
        host = next((one for one in related if places[key] <= places[one]), key)
        together.setdefault(host, []).extend(groups[key])
    found = map(_cause, together.values())
    return sorted(found, key=lambda cause: (STANDINGS.index(cause.standing), -len(cause.rules)))


def _symptom(verdict: Verdict) -> tuple[str, str, str]:
    """What a verdict that needs attention has in common with others of the same cause."""
    urgency = standing(verdict)
    if urgency in (FAILS, REPORTED) and verdict.verdict in BAD:
        return _DEVIATION, verdict.verdict, symptom(verdict.explanation)
    return urgency, verdict.verdict, symptom(_explanation(urgency, verdict))


def _cause(verdicts: list[Verdict]) -> Cause:
    urgent = sorted(verdicts, key=lambda verdict: STANDINGS.index(standing(verdict)))
    symptoms = Counter(symptom(verdict.explanation) for verdict in urgent)
    typical = next(verdict for verdict in urgent if symptoms[symptom(verdict.explanation)] == max(symptoms.values()))
    urgency = standing(urgent[0])
    return Cause(urgency, _explanation(urgency, typical), typical, tuple(urgent))


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
    r"\bqueue(?=\.)|\b[a-z]+\d+\b(?!\()",  # the queue whose method is called, or one of several objects
    r"(?<![\w.])(?:parent|child|thread)(?: \d+)?\b",  # an actor
    rf"(?<![\w.])(?!SimpleQueue\()(?:{_NAMES})(?!\w)",  # a SimpleQueue is made without arguments
    r"<[\w.]+ object at 0x[0-9a-fA-F]+>",
    r"(?<!\w)-?\d+(?:\.\d+)?(?:e[+-]?\d+)?",
)
_DETAIL = re.compile("|".join(_DETAILS))
_MANY = re.compile(r"…(?:, …)+")


def symptom(explanation: str) -> str:
    """What an explanation says, without what may differ between rules that one cause concerns.

    An exception that has a text stands for itself, whatever call raised it; so do an argument that a call does not
    take, and what should not be there but is. Otherwise the call, the expectation and the outcome count, but no details
    (see `alike`).
    """
    raised = _RAISED.search(explanation) or _ENDED.search(explanation)
    if raised:
        name, _, message = raised.groups()
        argument = _ARGUMENT.search(message) if name == "TypeError" else None
        keyword = argument and (argument[1] or _first_keyword(explanation))
        return f"argument {keyword}" if keyword else f"{name}: {_told(message)}"
    traceback = _traceback_in(explanation)
    if traceback:
        return traceback
    there = _THERE.search(explanation)
    if there:
        return f"there is {there[1]}"
    negative = _HANGS_WITH.search(explanation)
    if negative:
        return f"hangs with {negative[1]}"
    return alike(explanation)


_RAISED = re.compile(r"\braised (\w+)\(([\"']?)(.+)\2\)$")
_ENDED = re.compile(r"\bended with exit code \d+: ((?:Attribute|Type|NotImplemented)Error): ()(.+)$")
_ARGUMENT = re.compile(r"unexpected keyword argument \\?'(\w+)|takes .*positional argument|missing .*\bargument")
_THERE = re.compile(r"should have returned \[\], but it returned (\[.*\])$")
_HANGS_WITH = re.compile(r"^\w+\([^()]*\b(timeout=-)[^()]*\) was still running after")
_VALUE = re.compile(r"\b0x[0-9a-fA-F]+|\b(?:True|False|None)\b|(?<![\w.])-?\d+(?:\.\d+)?(?!\w)|\b[\w.]+(?=\(\))")


def _traceback_in(explanation: str) -> str:
    """Where a traceback that was printed begins, and the exception that it ends with; empty if none was."""
    _, found, rest = explanation.partition("Traceback (most recent call last):")
    frame, *lines = re.split(r"\\n|\n", rest)[1:] or [""]
    named = next((line for line in lines if line and not line.startswith(" ")), "")
    return f"traceback {frame.rpartition(', ')[2]}: {_told(named)}" if found and named else ""


def _told(message: str) -> str:
    """The text of an exception without addresses, numbers, constants, and the names of functions and kinds of queue."""
    return re.sub(rf"(?<!\w)(?:{_NAMES})(?!\w)", "…", _VALUE.sub("…", message))


def _first_keyword(explanation: str) -> str:
    """The first argument that the call in an explanation gives by name; empty if there is none."""
    found = re.search(r"[(, ](\w+)=", explanation)
    return found[1] if found else ""


def alike(explanation: str) -> str:
    """The explanation without the details that may differ for one cause: numbers, quoted values, and the names of
    actors, queues and start methods."""
    text = _DETAIL.sub("…", explanation).replace("….", "")
    return _MANY.sub("…", text)
