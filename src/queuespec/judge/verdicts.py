"""From the outcome of a test to the verdict on its rule, and the sentences that say what happened."""

from __future__ import annotations

import dataclasses
import errno
import json
import re
from collections.abc import Generator
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from queuespec import results
from queuespec.judge.planned import ASSIGNMENT, PLANNED, rule_of_item
from queuespec.judge.uses import used_by
from queuespec.results import Verdict
from queuespec.rules import Rule
from queuespec.stage import (
    ExitCode,
    Failure,
    Hangs,
    NotApplicable,
    NotStarted,
    Program,
    Raised,
    Stage,
    Timeline,
    Unusable,
)
from queuespec.text import Row, one_line, printable

CARGO = "queuespec_verdict"
"""The attribute of a test report that carries the verdict, also from a worker to its controller."""


_NUMBERS = "|".join(str(getattr(errno, name)) for name in ("EAGAIN", "EMFILE", "ENFILE", "ENOMEM", "ENOSPC"))
RAN_OUT = re.compile(rf"\[Errno (?:{_NUMBERS})\]|can't start new thread|\bMemoryError\b")
"""What an exception says if there are no more processes, descriptors, threads, memory or semaphores."""


@dataclasses.dataclass
class Finding:
    """What has been found out about a test so far."""

    planned: Verdict
    rule: Rule
    verdict: str = "not-run"
    explanation: str = ""
    seconds: float = 0.0
    reported: set[str] = dataclasses.field(default_factory=set)
    """The start methods that the child processes report."""
    timeline: Timeline = dataclasses.field(default_factory=Timeline)
    """All calls of the test, on all of its stages."""
    told: tuple[Row, ...] = ()
    """The rows of the timeline that the verdict keeps."""
    output: str = ""
    """What judged processes printed, if the verdict keeps it."""
    declared: dict[str, Any] | None = None
    again: bool = False
    """Whether to judge once more, on a fresh stage: a process did not start, or the machine had run out of something,
    which may be over by then."""
    stage: Stage | None = None
    programs: list[Program] = dataclasses.field(default_factory=list)


FINDING = pytest.StashKey[Finding]()
"""Where the item of a rule keeps its `Finding`."""
CURRENT = pytest.StashKey[Timeline]()
"""Where pytest's configuration keeps the timeline of the test that is running, or ran last."""


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Judges a rule once more, on a fresh stage, if it was perhaps the machine that failed."""
    if PLANNED not in item.stash:
        return None
    where = {"nodeid": item.nodeid, "location": item.location}
    item.ihook.pytest_runtest_logstart(**where)
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    if FINDING in item.stash and item.stash[FINDING].again:
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(**where)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips a rule that does not apply, or that this implementation does not support; the reason is the explanation."""
    rule, planned = rule_of_item(item), item.stash.get(PLANNED, None)
    if rule is None or planned is None:
        return
    facts = item.config.stash[ASSIGNMENT].facts
    finding = item.stash[FINDING] = Finding(planned, rule)
    item.config.stash[CURRENT] = finding.timeline
    for verdict, reason in (
        ("not-applicable", rule.not_applicable(facts, planned.start_method or None)),
        ("unsupported", rule.unsupported(facts, planned.kind or None, used_by(item))),
    ):
        if reason:
            finding.verdict, finding.explanation = verdict, reason
            pytest.skip(f"{verdict}: {reason}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judges, and decides by the verdict whether the test fails. The last report of a test carries the verdict."""
    report = yield
    finding = item.stash.get(FINDING, None)
    if finding is None:
        return report
    finding.seconds += call.duration
    if finding.stage is not None and call.when != "teardown":
        finding.reported |= finding.stage.reported
    if call.when == "call" and report.passed:
        finding.verdict = results.SHOWN if finding.rule.level == "hazard" else results.CONFORMS
        if item.config.getoption("timeline"):
            finding.told = tuple(finding.timeline.rows())
        _expect(item, finding, report)
    elif report.failed and call.excinfo is not None:
        _judge(call.excinfo.value, finding)
        if finding.verdict == "not-applicable":
            report.outcome = "skipped"
            report.longrepr = (str(item.path), item.location[1] or 0, f"not-applicable: {finding.explanation}")
        if finding.verdict in (results.ABSENT, *results.BAD):
            _tell(item, call.excinfo.value, finding, report)
            _expect(item, finding, report)
            if not finding.planned.gates:
                report.outcome, report.wasxfail = "skipped", f"{finding.verdict}: {finding.explanation}"
    elif report.skipped and finding.verdict == "not-run" and call.excinfo is not None:
        finding.explanation = str(call.excinfo.value)
    if call.when == "teardown":
        verdict = dataclasses.replace(
            finding.planned,
            verdict=finding.verdict,
            explanation=finding.explanation,
            reported_start_method=", ".join(sorted(finding.reported)),
            seconds=round(finding.seconds, 4),
            timeline=finding.told,
            output=tuple(finding.output.splitlines()),
            declared=finding.declared,
        ).bounded
        vars(report)[CARGO] = json.dumps(vars(verdict))
        report.user_properties += properties(verdict)
    return report


def verdict_of(report: pytest.TestReport) -> Verdict | None:
    """The verdict that a report carries, or None."""
    cargo = getattr(report, CARGO, None)
    return None if cargo is None else Verdict.from_data(json.loads(cargo))


def properties(verdict: Verdict) -> list[tuple[str, object]]:
    """What other reports, such as JUnit's, say about a verdict."""
    names = ("rule", "level", "kind", "start_method", "verdict", "explanation")
    return [(name, getattr(verdict, name)) for name in names]


def _judge(error: BaseException, finding: Finding) -> None:
    """Says what an exception means for the rule: a verdict and a sentence, or that the specification itself failed."""
    if isinstance(error, Failure):
        finding.verdict = error.verdict
    elif isinstance(error, pytest.fail.Exception) and str(error).startswith("Timeout"):
        finding.verdict = "hangs"
    elif isinstance(error, (AssertionError, Raised)):
        finding.verdict = results.DEVIATES
    elif isinstance(error, NotApplicable):
        finding.verdict, finding.explanation = "not-applicable", str(error)
        return
    elif isinstance(error, (NotStarted, Unusable)):
        finding.verdict, finding.explanation = "not-run", one_line(str(error))
        finding.again = isinstance(error, NotStarted)
        return
    else:
        finding.verdict = "not-run"
        finding.explanation = f"the specification itself failed: {type(error).__name__}: {error}"
        return
    if finding.verdict == results.DEVIATES and finding.rule.level == "hazard":
        finding.verdict = results.ABSENT
    finding.again = RAN_OUT.search(f"{type(error).__name__}: {error}") is not None
    finding.explanation = one_line(sentence_about(error, finding.timeline), 1000)
    finding.told = tuple(finding.timeline.rows())


def _expect(item: pytest.Item, finding: Finding, report: pytest.TestReport) -> None:
    """Compares with what was expected: an expected deviation does not fail the run; its absence does."""
    expected = item.config.stash[ASSIGNMENT].expected
    entry = next((one for one in expected if one.matches(*finding.planned.key)), None)
    if entry is None or finding.rule.level == "hazard":
        return
    finding.declared = entry.for_verdict
    surprise = entry.surprise(finding.verdict)
    if surprise and finding.verdict == "conforms":
        report.outcome = "failed"
        report.longrepr = f"{finding.rule.slug}: {surprise}"
    elif surprise:
        report.sections.append(("expected", surprise))
    elif finding.verdict != "conforms":
        report.outcome, report.wasxfail = "skipped", f"expected: {finding.verdict}: {finding.explanation}"


def _tell(item: pytest.Item, error: BaseException, finding: Finding, report: pytest.TestReport) -> None:
    """Adds the details to the report: the rule, the verdict, the timeline, the output."""
    rule, planned = finding.rule, finding.planned
    sources = "\n".join(source.described for source in rule.source)
    report.sections.append((f"rule {rule.slug} ({rule.level})", f"{rule.sentence}\n{rule.why}\n{sources}"))
    judged = one_line(item.config.stash[ASSIGNMENT].facts.described)
    under = " under ".join(word for word in (planned.kind, planned.start_method) if word)
    where = f"{under}: {judged}" if under else judged
    report.sections.append((f"verdict {finding.verdict}", f"{finding.explanation}\n{where}"))
    if finding.timeline.calls:
        report.sections.append(("timeline", str(finding.timeline)))
    outputs = {f"output of the program {one_line(one.text)}": one.output for one in finding.programs}
    if finding.stage is not None:
        outputs["output of the judged processes"] = finding.stage.tree.output()
    finding.output = printable("".join(outputs.values()).strip("\n"))
    for title, output in outputs.items():
        if isinstance(error, Hangs):  # its message already has the stacks
            output = _STACK_LINE.sub("", output)
        if output.strip():
            # Each line has a prefix, so that no program that reads the log takes it for a command.
            report.sections.append((title, "| " + printable(output.strip("\n"), 4000).replace("\n", "\n| ")))


_STACK_LINE = re.compile(r"^(Thread 0x|Current thread |Timeout \(|  File \".*\", line \d+ in ).*\n*", re.MULTILINE)
"""A line that `faulthandler` has written."""


def sentence_about(error: BaseException, timeline: Timeline) -> str:
    """One sentence: what was called, what was expected, what happened."""
    if isinstance(error, Raised):
        return f"{error.remote_call} should have returned, but it raised {error.remote_repr}"
    call = timeline.last
    text = str(error).partition("\n")[0]
    if isinstance(error, Failure) or not isinstance(error, AssertionError):
        return text
    text = text.removeprefix("AssertionError: ").removeprefix("assert ")
    if call is not None and call.returned and re.match(r"(not )?(True|False|None|0|\[\])$", text):
        wanted = "false" if text.startswith("not ") else "true"
        return f"{call.text} should have returned something {wanted}, but it {call.outcome}"
    return text


_WANTED = {
    "==": "{!r}",
    "is": "{!r}",
    "!=": "something other than {!r}",
    "<": "less than {!r}",
    "<=": "at most {!r}",
    ">": "more than {!r}",
    ">=": "at least {!r}",
    "in": "something with {!r} in it",
    "not in": "something without {!r} in it",
}


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: Any, right: Any) -> list[str] | None:
    """``assert queue.get() == "a"`` fails with a sentence."""
    timeline = config.stash.get(CURRENT, None)
    if op not in _WANTED or timeline is None:
        return None
    if isinstance(left, ExitCode):
        return [f"{left.process} should have ended with exit code {right}, but it ended with exit code {left}"]
    value, other = (right, left) if op.endswith("in") else (left, right)
    returned = [call for call in reversed(timeline.calls) if call.returned and call.value is value]
    if not returned or (value in (None, True, False) and returned[0] is not timeline.last):
        return None
    return [f"{returned[0].text} should have returned {_WANTED[op].format(other)}, but it {returned[0].outcome}"]
