"""The run as a whole: what it judges, the ledger, the problems of the run, and what is shown at the end."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any, Callable

import pytest

from queuespec import results
from queuespec.judge import options
from queuespec.judge.ledger import LEDGER, Ledger, header_of
from queuespec.judge.nouns import STAGES, Stages, offer_all, refuse_unknown_nouns
from queuespec.judge.options import CannotJudge, specification
from queuespec.judge.planned import ASSIGNMENT, Assignment
from queuespec.judge.preparing import serving, settings_of
from queuespec.judge.smoke import refuse_what_is_no_queue
from queuespec.judge.verdicts import properties, verdict_of
from queuespec.judge.workers import FEWER, INPUT, Workers, is_worker, probed, received
from queuespec.results import expectations
from queuespec.results.causes import FAILS, REPORTED, standing
from queuespec.stage import Service
from queuespec.text import counted, in_lines, one_line

WORKERS = pytest.StashKey[Workers]()
"""Where pytest's configuration keeps the `Workers`, if there are any."""

SERVICE = pytest.StashKey[Service]()
"""Where pytest's configuration keeps the `Service`, if the adapter has `serve()`."""

OUTPUT = "queuespec"
"""The key of what a worker sends at its end: what the queue has left running."""

CRASHED = "the test worker that judged this crashed"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds our options. pytest's own ``--strict`` makes de-facto rules gate the run, too."""
    options.add_options(parser.getgroup("queuespec", "judging a process-safe queue").addoption)


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
        given = received(config)
        config.args = [*given.files]
        if given.own:
            offer_all(config.pluginmanager)
    elif config.option.help or getattr(config.option, "version", False):
        return
    else:
        try:
            given = _open_the_books(config)
        except CannotJudge as error:
            raise pytest.UsageError(str(error)) from None
    config.stash[ASSIGNMENT] = given
    pytest.register_assert_rewrite(*(file.stem for file in given.own))
    config.stash[STAGES] = Stages(given)
    config.add_cleanup(config.stash[STAGES].close)


def _open_the_books(config: pytest.Config) -> Assignment:
    """What to judge, and a ledger for it. Raises `CannotJudge` if an option names what cannot be used."""
    option = config.option
    _refuse_wrong_expressions(option)
    facts = probed(config)
    options.refuse_what_cannot_be_judged(facts, option.start_method)
    own = options.files_of(option.rules)
    options.refuse_unknown_rules(option.rule, own)
    if own:
        offer_all(config.pluginmanager)
    refuse_unknown_nouns(own, config.pluginmanager.get_plugins())
    try:
        entries = expectations.known()
        for name in option.expectations:
            entries += expectations.read(Path(name))
    except results.BadFile as error:
        raise CannotJudge(f"--expectations: {error}") from None
    given = Assignment(
        facts=facts,
        start_methods=tuple(one for one in facts.start_methods if one in (option.start_method or facts.start_methods)),
        strict=bool(config.getoption("strict", False)),
        settings=settings_of(option, facts),
        expected=tuple(entry for entry in entries if entry.concerns(facts)),
        own=own,
        files=tuple(config.args),
    )
    if not option.collectonly:
        shared = contextlib.ExitStack()
        settings, service = shared.enter_context(serving(given.settings, facts))
        config.add_cleanup(shared.close)
        if service is not None:
            config.stash[SERVICE] = service
        given = given.with_settings(environment=settings.environment)
    if given.start_methods and not option.collectonly:
        latency = refuse_what_is_no_queue(given.settings, given.start_methods[0], facts.lacks)
        given = given.with_settings(latency=latency)
    writes = option.results and not option.collectonly
    recorder = options.recorder_for(Path(option.results).resolve()) if writes else None
    config.stash[LEDGER] = Ledger(header_of(option, given), recorder, own)
    config.pluginmanager.register(Bookkeeper(config), "queuespec verdicts")
    return given


def _refuse_wrong_expressions(option: Any) -> None:
    """Raises `CannotJudge` for a ``-k`` or ``-m`` that pytest cannot read: otherwise each worker would fail, and xdist
    with them."""
    from _pytest.mark.expression import Expression

    for name, text in (("-k", option.keyword.lstrip()), ("-m", option.markexpr)):
        try:
            if text:
                Expression.compile(text)
        except Exception as error:  # its class depends on pytest's version
            why = getattr(error, "msg", None) or error
            raise CannotJudge(f"{name}: {one_line(text)!r} is no expression ({why})") from None


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Shows what is judged."""
    given = config.stash[ASSIGNMENT]
    lines = [f"judged: {one_line(given.facts.described)}", f"start methods: {', '.join(given.start_methods)}"]
    return [*lines, *config.stash.get(FEWER, [])]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Gives a worker what it needs to know."""
    stash = node.config.stash
    if WORKERS not in stash:
        stash[WORKERS] = Workers()
        node.config.add_cleanup(stash[WORKERS].close)
    node.workerinput[INPUT] = stash[WORKERS].input(stash[ASSIGNMENT])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any) -> None:
    """Takes over a worker's plan."""
    ledger, worker = node.config.stash[LEDGER], node.gateway.id
    try:
        ledger.plan(node.config.stash[WORKERS].plan_of(worker))
    except OSError as error:
        ledger.problems.append(f"cannot read the plan of worker {worker}: {error.strerror or type(error).__name__}")
    ledger.begin()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Takes over what a worker has found at its end."""
    node.config.stash[LEDGER].escaped += getattr(node, "workeroutput", {}).get(OUTPUT, [])


class Bookkeeper:
    """The hooks that enter every report into the ledger."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notes a collection error: rules are missing then, and no verdict says so."""
        if report.failed:
            problem = f"cannot collect the tests of {one_line(report.nodeid) or 'a file'}"
            self._config.stash[LEDGER].problems.append(problem)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Enters the verdict that a report carries, or notes that there will be none."""
        ledger, verdict = self._config.stash[LEDGER], verdict_of(report)
        if verdict is not None:
            ledger.enter(report.nodeid, verdict)
            file, line, _ = report.location
            ledger.places[verdict.rule] = (str(self._config.rootpath / file), (line or 0) + 1)
        elif report.when not in ("setup", "call", "teardown"):  # pytest-xdist's own report of a crash
            lost = ledger.lose(report.nodeid, CRASHED)
            plugins = self._config.pluginmanager.get_plugins()
            junit = next((one for one in plugins if type(one).__name__ == "LogXML"), None)
            if lost is not None and junit is not None:  # it takes properties from what a worker reports at the end
                for name, value in properties(lost):
                    junit.node_reporter(report).add_property(name, value)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Ends what the adapter holds for all, once the workers have ended; notes what goes wrong there."""
        stash = self._config.stash
        if SERVICE not in stash:
            return
        stash[STAGES].close()
        stash[SERVICE].close()
        if stash[SERVICE].problem:
            stash[LEDGER].problems.append(stash[SERVICE].problem)
            session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED

    def pytest_keyboard_interrupt(self) -> None:
        """Ends the workers without waiting for their tests."""
        if WORKERS in self._config.stash:
            self._config.stash[WORKERS].end()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Completes the run: a verdict for everything that was planned, the results file, the exit status."""
    config = session.config
    if STAGES in config.stash:
        stages = config.stash[STAGES]
        stages.close()
        found = getattr(config, "workeroutput", {}).setdefault(OUTPUT, stages.escaped)
        if LEDGER in config.stash:
            config.stash[LEDGER].escaped += found
    if LEDGER not in config.stash or config.option.collectonly:
        return
    ledger = config.stash[LEDGER]
    verdicts = ledger.complete()
    if verdicts:
        ledger.problems += _what_is_missing(verdicts)
        ledger.problems += _what_was_expected_in_vain(config.stash[ASSIGNMENT], verdicts)
    ledger.finish()
    if ledger.problems and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if verdicts and not config.pluginmanager.hasplugin("terminalreporter"):
        _tell_github(ledger, print)


def _what_is_missing(verdicts: list[results.Verdict]) -> list[str]:
    """Why a run fails although nothing deviates: it judged nothing, or not everything."""
    left_out = sum(verdict.verdict == "not-run" for verdict in verdicts)
    if not any(verdict.verdict in results.JUDGED for verdict in verdicts):
        return ["no rule was judged, so this run counts as failed"]
    return [f"incomplete: {left_out:,} of {counted(len(verdicts), 'planned verdict')} missing"] if left_out else []


def _what_was_expected_in_vain(given: Assignment, verdicts: list[results.Verdict]) -> list[str]:
    """A sentence for each expected deviation that matches nothing."""
    if not given.expected:
        return []
    try:
        rules = [rule for chapter in specification(given.own) for rule in chapter.rules if rule.level != "untested"]
    except CannotJudge as error:
        return [str(error)]
    everywhere = given.facts.start_methods
    return expectations.idle(given.expected, verdicts, rules, everywhere, given.start_methods != everywhere)


def _tell_github(ledger: Ledger, write_line: Callable[[str], None]) -> None:
    from queuespec.report import github  # here, since workers should not wait for rich

    github.write(ledger.header, ledger.in_order(), ledger.problems, ledger.places, write_line)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Generator[None, None, None]:
    """Shows what was found, the most important last: the last line is the verdict on the whole run."""
    ledger = config.stash.get(LEDGER, None)
    verdicts = ledger.in_order() if ledger is not None else []
    if ledger is None or not verdicts:
        return (yield)
    stats, option = terminalreporter.stats, config.option
    everything = dict(stats)
    if option.reportchars == "fE":
        if option.verbose <= 0 and option.tbstyle == "auto":
            for category in FAILING & stats.keys():
                stats[category] = [report for report in stats[category] if not _is_summed_up(report, ledger)]
        elif all(report.nodeid in ledger.planned for category in FAILING for report in stats.get(category, ())):
            terminalreporter.reportchars = ""  # pytest's list of failures would come next; all are shown otherwise
    yield
    stats.update(everything)
    from queuespec.report import summary  # here, since workers should not wait for rich

    if config.getoption("timeline"):
        terminalreporter.section("timelines")
        for verdict in verdicts:
            if verdict.timeline:
                for line in (verdict.test, *in_lines(verdict.timeline)):
                    terminalreporter.write_line(line)
    _tell_github(ledger, terminalreporter.write_line)
    given = config.stash[ASSIGNMENT]
    judged = one_line(given.facts.described)
    terminalreporter.section(f"verdicts: {judged}")
    writer = config.get_terminal_writer()
    width = writer.fullwidth if terminalreporter.isatty else None
    if ledger.escaped:
        terminalreporter.write_line(summary.about_escaped(ledger.escaped))
    how = options.given(option)
    whole, color = option.verbose > 0, writer.hasmarkup
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    text = summary.text(judged, verdicts, given.start_methods, ledger.problems, how, whole, width, color, encoding)
    for line in text.split("\n"):
        terminalreporter.write_line(line)


FAILING = {"failed", "error"}
"""pytest's categories of failures."""


def _is_summed_up(report: pytest.TestReport, ledger: Ledger) -> bool:
    """Whether the causes tell what a failure has found; ``-v`` shows its details, too. They do not tell which entry had
    expected something else."""
    verdict = ledger.verdicts.get(report.nodeid)
    return verdict is not None and standing(verdict) in (FAILS, REPORTED) and not verdict.declared
