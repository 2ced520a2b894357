"""The run as a whole: what it judges, the ledger, the problems of the run, and what is shown at the end."""

from __future__ import annotations

import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest

from queuespec import results
from queuespec.judge.assignment import ASSIGNMENT, Assignment, asked_start_methods, assignment
from queuespec.judge.facts import CannotJudge, probe, refuse_unknown_rules, refuse_what_cannot_be_judged, specification
from queuespec.judge.ledger import LEDGER, RECORD, Ledger, Record, header_of, recorder_for
from queuespec.judge.nouns import STAGES, Stages
from queuespec.judge.options import add_options
from queuespec.judge.verdicts import properties, verdict_of
from queuespec.judge.workers import INPUT, Workers, is_worker, received
from queuespec.results import expectations
from queuespec.stage.timeline import in_lines
from queuespec.text import counted, one_line

if TYPE_CHECKING:
    from collections.abc import Generator

PROBLEMS = pytest.StashKey["list[str]"]()
"""Where pytest's configuration keeps what fails the run although no verdict does: a sentence each."""
WORKERS = pytest.StashKey[Workers]()
"""Where pytest's configuration keeps the `Workers`, if there are any."""

CRASHED = "the test worker that judged this crashed"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds our options. pytest's own ``--strict`` makes de-facto rules gate the run, too."""
    group = parser.getgroup("queuespec", "judging a process-safe queue")
    add_options(group.addoption)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    """Runs before pytest's capturing, which fails with a traceback if it cannot create a temporary file."""
    try:
        tempfile.gettempdir()
    except OSError:
        raise pytest.UsageError("no writable directory for temporary files; set TMPDIR to one") from None
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """Finds out what to judge, or says in one sentence why it cannot be judged."""
    config.addinivalue_line("markers", "rule(slug): the rule of the specification that this test proves")
    if is_worker(config):
        _prepare(config, received(config))
    elif not (config.option.help or getattr(config.option, "version", False)):
        try:
            _open_the_books(config)
        except CannotJudge as error:
            raise pytest.UsageError(str(error)) from None


def _prepare(config: pytest.Config, given: Assignment) -> None:
    config.stash[ASSIGNMENT] = given
    config.stash[STAGES] = Stages(given)


def _open_the_books(config: pytest.Config) -> None:
    """Prepares the process that the user started.

    Raises:
        CannotJudge: an option names what cannot be judged, read or written.
    """
    option = config.option
    facts = probe(option.python, option.implementation)
    refuse_what_cannot_be_judged(facts, option.start_method)
    refuse_unknown_rules(option.rule)
    begun = datetime.now(timezone.utc)
    header = header_of(option, facts, asked_start_methods(config, facts), begun)
    try:
        entries = expectations.known()
        for name in option.expectations:
            entries += expectations.read(Path(name))
    except results.BadFile as error:
        raise CannotJudge(f"--expectations: {error}") from None
    expected = expectations.Expectations(entry for entry in entries if entry.concerns(facts))
    recorder = None
    if option.results and not option.collectonly:
        recorder = recorder_for(Path(option.results).resolve())
    _prepare(config, assignment(config, facts, expected))
    config.stash[PROBLEMS] = []
    config.stash[LEDGER] = Ledger()
    config.stash[RECORD] = Record(header, recorder, begun, config.stash[PROBLEMS])
    config.pluginmanager.register(Bookkeeper(config), "queuespec verdicts")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Shows what is judged."""
    given = config.stash[ASSIGNMENT]
    return [f"judged: {one_line(given.facts.described)}", f"start methods: {', '.join(given.start_methods)}"]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leaves nothing behind."""
    if STAGES in config.stash:
        config.stash[STAGES].close()
    if WORKERS in config.stash:
        config.stash[WORKERS].close()


# Workers, as the controller sees them


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Gives a worker what it needs to know."""
    stash = node.config.stash
    if WORKERS not in stash:
        stash[WORKERS] = Workers()
    node.workerinput[INPUT] = stash[WORKERS].input(stash[ASSIGNMENT])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any) -> None:
    """Takes over a worker's plan."""
    stash = node.config.stash
    try:
        stash[LEDGER].plan(stash[WORKERS].plan_of(node.gateway.id))
    except OSError as error:
        why = error.strerror or type(error).__name__
        stash[PROBLEMS].append(f"cannot read the plan of worker {node.gateway.id}: {why}")
    stash[RECORD].begin()


class Bookkeeper:
    """The hooks that enter every report into the ledger."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notes a collection error: rules are missing then, and no verdict says so."""
        if report.failed:
            self._config.stash[PROBLEMS].append(f"cannot collect the tests of {one_line(report.nodeid) or 'a file'}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Enters the verdict that a report carries, or notes that there will be none."""
        stash = self._config.stash
        verdict = verdict_of(report)
        if verdict is not None:
            stash[LEDGER].enter(report.nodeid, verdict)
            stash[RECORD].add(verdict)
        elif report.when not in ("setup", "call", "teardown"):  # pytest-xdist's own report of a crash
            lost = stash[LEDGER].lose(report.nodeid, CRASHED)
            plugins = self._config.pluginmanager.get_plugins()
            junit = next((one for one in plugins if type(one).__name__ == "LogXML"), None)
            if lost is not None and junit is not None:  # it takes properties from what a worker reports at the end
                for name, value in properties(lost):
                    junit.node_reporter(report).add_property(name, value)

    def pytest_keyboard_interrupt(self) -> None:
        """Ends the workers without waiting for their tests."""
        if WORKERS in self._config.stash:
            self._config.stash[WORKERS].end()


# The end


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Completes the run: a verdict for everything that was planned, the results file, the exit status."""
    config = session.config
    if LEDGER not in config.stash or config.option.collectonly:
        return
    problems, record = config.stash[PROBLEMS], config.stash[RECORD]
    verdicts = config.stash[LEDGER].complete()
    if verdicts:
        problems += _what_is_missing(verdicts)
        problems += _what_was_expected_in_vain(config.stash[ASSIGNMENT], verdicts)
        record.finish(verdicts)
        if record.earlier is not None:
            problems.append(f"the results of an earlier run are kept in {record.earlier}")
    else:
        record.abandon()
    if problems and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if verdicts and not config.pluginmanager.hasplugin("terminalreporter"):
        _tell_github(config, print)


def _what_is_missing(verdicts: list[results.Verdict]) -> list[str]:
    """Why a run fails although nothing deviates: it judged nothing, or not everything."""
    left_out = sum(verdict.verdict == "not-run" for verdict in verdicts)
    if not any(verdict.verdict in results.JUDGED for verdict in verdicts):
        return ["no rule was judged, so this run counts as failed"]
    return [f"incomplete: {left_out:,} of {counted(len(verdicts), 'planned verdict')} missing"] if left_out else []


def _what_was_expected_in_vain(given: Assignment, verdicts: list[results.Verdict]) -> list[str]:
    """A sentence for each expected deviation that matches nothing."""
    if not given.expected.entries:
        return []
    try:
        rules = [rule for chapter in specification() for rule in chapter.rules if rule.level != "untested"]
    except CannotJudge as error:
        return [str(error)]
    kinds = {rule.slug: rule.kinds for rule in rules}
    proved_by = {slug: rule.slug for rule in rules for slug in rule.proves}
    everywhere = given.facts.start_methods
    narrowed = set(given.start_methods) != set(everywhere)
    return given.expected.idle(verdicts, kinds, everywhere, proved_by, narrowed)


def _tell_github(config: pytest.Config, write_line: Callable[[str], None]) -> None:
    from queuespec.report import github  # here, since workers should not wait for rich

    ledger, record = config.stash[LEDGER], config.stash[RECORD]
    places = {planned.rule: planned for planned in ledger.planned.values()}
    github.write(
        record.header,
        ledger.in_order(),
        config.stash[PROBLEMS],
        lambda verdict: places.get(verdict.rule),
        write_line,
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Shows what was found, the most important last: the last line is the verdict on the whole run."""
    verdicts = config.stash[LEDGER].in_order() if LEDGER in config.stash else []
    if not verdicts:
        return
    from queuespec.report import summary  # here, since workers should not wait for rich

    if config.getoption("timeline"):
        terminalreporter.section("timelines")
        for verdict in verdicts:
            if verdict.timeline:
                terminalreporter.write_line(verdict.test)
                for line in in_lines(verdict.timeline):
                    terminalreporter.write_line(line)
    _tell_github(config, terminalreporter.write_line)
    given, problems = config.stash[ASSIGNMENT], config.stash[PROBLEMS]
    judged = one_line(given.facts.described)
    terminalreporter.section(f"verdicts: {judged}")
    writer = config.get_terminal_writer()
    width = writer.fullwidth if terminalreporter.isatty else None
    paper = summary.Paper(width, writer.hasmarkup, getattr(sys.stdout, "encoding", None) or "utf-8")
    whole = config.option.verbose > 0
    text = summary.text(judged, verdicts, given.start_methods, problems, paper, whole)
    for line in text.split("\n"):
        terminalreporter.write_line(line)
    _leave_out_what_was_told(terminalreporter, {planned.test for planned in config.stash[LEDGER].planned.values()})


def _leave_out_what_was_told(reporter: pytest.TerminalReporter, told: set[str]) -> None:
    """Suppresses pytest's list of failures, which comes next, if no option requests it and all were shown above."""
    failures = [report.nodeid for category in ("failed", "error") for report in reporter.stats.get(category, ())]
    if reporter.config.option.reportchars == "fE" and told.issuperset(failures):
        reporter.reportchars = ""
