"""Looks for what no rule has thought of: plays small made-up programs of several processes, and asks a model of the
documentation whether it allows what happened. What it does not allow is made as small as possible, and shown. With
--replay, a counterexample that was saved is run again. The exit status is 1 if something was found.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import re
import secrets
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable

from queuespec import __version__, results
from queuespec.cli import saving
from queuespec.cli.common import ends_undisturbed, prepared, seconds_of
from queuespec.cli.parser import Arguments, Parser, Refused, Status
from queuespec.explore.counterexample import Counterexample
from queuespec.explore.exploring import Exploring, Finding
from queuespec.explore.history import History
from queuespec.explore.minimize import FURTHER, Trial
from queuespec.explore.monitor import broken
from queuespec.explore.running import NotPlayed, Runner
from queuespec.explore.scenario import Scenario
from queuespec.explore.schedule import Hold, Schedule
from queuespec.explore.ways import ways_of
from queuespec.judge.options import CannotJudge, positive_number, positive_seconds, recorder_for, specification
from queuespec.report import counterexample as picture
from queuespec.report.console import console_for, say, say_error
from queuespec.report.document import rules_of
from queuespec.report.exploring import Progress, covered, duration, line
from queuespec.rules import KINDS, Facts
from queuespec.stage import NotStarted, Settings, Supervisor, Unusable
from queuespec.text import counted, one_line

FILES = re.compile(r"[/\\]|\.py\b")
"""What the name of an implementation has that is a file: a counterexample of others must not say which one to run."""
USUAL = 60.0
"""How long to explore, in seconds."""
REST = 0.2
"""How often it is checked whether exploring is over, in seconds."""
FAREWELL = 5.0
"""Timeout for the runs under way, after an interrupt, in seconds."""


def whole_number(text: str) -> int:
    """A number from 0."""
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    add, repeatable = parser.add_argument, parser.add_repeatable
    add("--for", metavar="DURATION", dest="seconds", type=seconds_of, help="90, 90s, 30m or 2h (default: a minute)")
    add("--rounds", metavar="NUMBER", type=positive_number, help="end after this many runs")
    add("--seed", metavar="NUMBER", type=whole_number, help="where to begin (default: any number, which is shown)")
    repeatable("--kind", choices=KINDS, metavar="KIND", help=f"one of {', '.join(KINDS)}; repeatable (default: all)")
    repeatable("--start-method", metavar="NAME", help="explore under this start method only; repeatable")
    add("--implementation", metavar="NAME", help="as for queuespec judge")
    add("--python", metavar="EXECUTABLE", default=sys.executable, help="explore the queue of this interpreter")
    add(
        "--jobs",
        metavar="NUMBER",
        type=positive_number,
        help="how many run at a time (default: one for each CPU)",
    )
    add("--save", metavar="DIR", type=Path, help="write each counterexample as JSON, and as a program, into DIR")
    add("--replay", metavar="FILE", help="run a saved counterexample again, ten times or --rounds NUMBER")
    add("--results", metavar="FILE", type=Path, help="write the findings to this file, as JSON Lines")
    seconds: dict[str, Any] = {"metavar": "SECONDS", "type": positive_seconds}
    add("--patience", default=Settings.patience, help="timeout for what must complete; raise if slow (12.7)", **seconds)
    add("--quiet-time", default=Settings.quiet, help="time to watch a call that must block (0.1)", **seconds)


def run(given: Arguments) -> Status:
    """Explores, or replays. Raises `Refused`, `CannotJudge` and `BadFile`."""
    return replay(given) if given.replay is not None else explore(given)


class Worker(threading.Thread):
    """Explores, on main programs of its own."""

    def __init__(self, exploring: Exploring, settings: Settings) -> None:
        super().__init__(name="explorer", daemon=True)
        self.error: BaseException | None = None
        """What has gone wrong with our machinery."""
        self._exploring, self._settings = exploring, settings
        self._supervisor = Supervisor()
        self._supervisor.preloads(settings)

    def run(self) -> None:
        """Follows the ways until it is over."""
        try:
            exploring = self._exploring
            with contextlib.closing(Players(self._settings, self._supervisor, lambda: exploring.abandoned)) as players:
                exploring.follow(players)
        except BaseException as error:
            if not self._exploring.abandoned:  # or it is because its processes were ended
                self.error = error
            self._exploring.stop()

    def close(self) -> None:
        """Ends all that it has started."""
        self._supervisor.close()


class Players:
    """Performs scenarios until it is `over`, with a runner for each start method; used by one thread."""

    def __init__(self, settings: Settings, supervisor: Supervisor, over: Callable[[], bool] = lambda: False) -> None:
        self._settings, self._supervisor, self._over = settings, supervisor, over
        self._runners: dict[str, Runner] = {}
        self._latest: Runner | None = None

    def _runner(self, start_method: str) -> Runner:
        if start_method not in self._runners:
            self._runners[start_method] = Runner(self._settings, start_method, self._supervisor, self._over)
        self._latest = self._runners[start_method]
        return self._latest

    @property
    def held(self) -> Sequence[Hold]:
        """The holds that were reached in the latest run."""
        return self._latest.held if self._latest is not None else ()

    def run(self, scenario: Scenario, schedule: Schedule) -> History:
        """The history of performing a scenario once. Raises as `Runner.run` does."""
        return self._runner(scenario.start_method).run(scenario, schedule)

    def runs(self, planned: Iterable[Trial]) -> Iterator[tuple[Scenario, Schedule, History]]:
        """The same for several of one start method."""
        trials = [*planned]
        return self._runner(trials[0].scenario.start_method).runs(trials) if trials else iter(())

    def lines(self, scenario: Scenario) -> list[Hold]:
        """Every line that a scenario visits."""
        return self._runner(scenario.start_method).lines(scenario)

    def close(self) -> None:
        """Ends the runners."""
        for runner in self._runners.values():
            runner.close()


def explore(given: Arguments) -> Status:
    """Explores; prints what it finds as soon as that stays as it is."""
    given.implementation = given.implementation or "multiprocessing"
    recorder = recorder_for(given.results.resolve()) if given.results is not None else None
    saver = saving.Saver(given.save) if given.save is not None else None
    seed = secrets.randbelow(1_000_000) if given.seed is None else given.seed
    seconds = given.seconds or (None if given.rounds else USUAL)
    with prepared(given, given.start_method) as (facts, settings):
        methods = [one for one in facts.start_methods if one in (given.start_method or facts.start_methods)]
        kinds = [kind for kind in KINDS if kind in (given.kind or KINDS) and kind not in facts.lacks]
        about = one_line(facts.described)
        if not kinds or not methods:
            say_error(f"queuespec explore: nothing to explore: {about} has none of these kinds of queue")
            return Status.NOTHING
        say(f"exploring {about}: {', '.join(kinds)} under {', '.join(methods)}; seed {seed}")
        header = results.Header(
            *(facts, __version__, results.rule_set(specification()), tuple(methods)),
            {"patience": given.patience, "quiet_time": given.quiet_time, "seed": seed, "kinds": kinds},
            datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        if recorder is not None:
            recorder.begin(header)
        exploring = Exploring(ways_of(kinds, methods, seed, facts.lacks), broken, seconds, given.rounds)
        teller = Teller(given, header, facts, saver, recorder)
        try:
            interrupted = _follow(exploring, settings, given.jobs, teller)
        except CannotJudge:
            if recorder is not None:
                recorder.abandon()
            raise
        for finding in [*exploring.findings.values()]:
            teller.tell(finding)
        coverage = exploring.coverage
        if recorder is not None:
            found = [_found(finding) for finding in exploring.findings.values()]
            recorder.finish(header, [], exploring.elapsed, found, coverage.counts)
        for (kind, method), why in exploring.given_up.items():
            say(f"{kind} under {method} could not be explored: {one_line(why)}")
        far = f"{covered(coverage)} in {duration(exploring.elapsed)}, seed {seed}"
        number = len(exploring.findings)
        found_so = counted(number, "finding") if number else "nothing found"
        say(f"{'interrupted: ' if interrupted else ''}{found_so}: {far}")
    if interrupted:
        return Status.INTERRUPTED
    if not coverage.rounds and not coverage.schedules:
        if not exploring.given_up:
            say_error("queuespec explore: no run ended within the time; raise --for")
        return Status.NOTHING
    return Status.DEVIATION if number else Status.OK


def _follow(exploring: Exploring, settings: Settings, jobs: int | None, teller: Teller) -> bool:
    """Explores until it is over, or the user interrupts it; returns whether that was so. Raises `CannotJudge`."""
    interrupted = False
    progress = Progress(
        lambda: line(exploring.elapsed, exploring.limit, exploring.coverage, len(exploring.findings)), sys.stderr
    )
    workers: list[Worker] = []
    try:
        workers += [Worker(exploring, settings) for _ in range(min(jobs or os.cpu_count() or 1, len(exploring.ways)))]
        for worker in workers:
            worker.start()
        while any(worker.is_alive() for worker in workers) and not exploring.late:
            next(worker for worker in workers if worker.is_alive()).join(REST)
            for finding in [*exploring.findings.values()]:
                if finding.settled:
                    progress.clear()
                    teller.tell(finding)
            progress.show()
    except KeyboardInterrupt:
        ends_undisturbed()
        interrupted = True
        exploring.stop()
        deadline = time.monotonic() + FAREWELL
        for worker in workers:
            worker.join(max(0.0, deadline - time.monotonic()))
    finally:
        ends_undisturbed()
        progress.clear()
        exploring.abandon()
        for worker in workers:
            worker.close()
    for worker in workers:
        if isinstance(worker.error, (NotStarted, Unusable)):
            raise CannotJudge(one_line(str(worker.error), 1000))
        if worker.error is not None:
            raise worker.error
    return interrupted


class Teller:
    """Shows each finding once, and saves it."""

    def __init__(
        self,
        given: Arguments,
        header: results.Header,
        facts: Facts,
        saver: saving.Saver | None,
        recorder: results.Recorder | None,
    ) -> None:
        self._given, self._header, self._facts = given, header, facts
        self._saver, self._recorder = saver, recorder
        self._told: set[tuple[str, str]] = set()

    def tell(self, finding: Finding) -> None:
        """Shows a finding that was not shown before. Raises `Refused` if it cannot be saved."""
        one = finding.counterexample
        key = (one.broken.cause, one.history.scenario.kind)
        if key in self._told:
            return
        if self._recorder is not None:
            self._recorder.add(_found(finding))
        again = "with --save DIR, it can be run again"
        if self._saver is not None:
            file = self._saver.save(self._header, self._facts, one)
            again = f"again: {picture.replaying(str(file), self._given.python, _not_in_the_file(self._given))}"
        show_counterexample(one, again)
        there_was_time = "" if finding.minimal else "; there was no time to make it as small as it gets"
        say(f"found in {counted(sum(finding.counts.values()), 'run')} so far{there_was_time}\n")
        self._told.add(key)


def _not_in_the_file(given: Arguments) -> str:
    """The implementation as it was given, if it is a file: a counterexample must not say which one to run."""
    return str(given.implementation) if FILES.search(given.implementation) else ""


def show_counterexample(one: Counterexample, again: str) -> None:
    """Prints it, with the sentence of the nearest rule."""
    rules = {rule.slug: rule.sentence for rule in rules_of(specification())}
    picture.to_console(console_for(sys.stdout), one, rules.get(one.broken.rule, ""), again)


def _found(finding: Finding) -> results.Found:
    return results.Found(finding.counterexample.as_json(), dict(finding.counts))


def replay(given: Arguments) -> Status:
    """Runs a saved counterexample several times, and shows what happens. Raises `BadFile` and `CannotJudge`."""
    useless = [
        option
        for option, value in (
            *(("--for", given.seconds), ("--seed", given.seed), ("--kind", given.kind), ("--jobs", given.jobs)),
            *(("--start-method", given.start_method), ("--save", given.save), ("--results", given.results)),
        )
        if value not in (None, [], ())
    ]
    if useless:
        raise Refused(f"--replay: it runs what the file says, and {useless[0]} has no effect on that")
    header, one = saving.read(given.replay)
    scenario, tries = one.history.scenario, given.rounds or FURTHER
    named, found_in = given.implementation or "", header.subject.implementation
    if not named and FILES.search(found_in):
        about = f"{one_line(given.replay)!r} is about {one_line(found_in, 100)!r}"
        raise Refused(f"{about}, which is a file; name it by --implementation")
    given.implementation = named or found_in
    shown: list[Counterexample] = []
    others: list[Counterexample] = []
    with contextlib.ExitStack() as stack:
        facts, settings = stack.enter_context(prepared(given, [scenario.start_method]))
        supervisor = stack.enter_context(contextlib.closing(Supervisor()))
        players = stack.enter_context(contextlib.closing(Players(settings, supervisor)))
        say(f"replaying on {one_line(facts.described)}, {counted(tries, 'time')}")
        for _ in range(tries):
            try:
                history = players.run(scenario, one.schedule)
            except NotPlayed as error:
                raise Refused(f"{one_line(given.replay)!r} cannot be run: {one_line(str(error))}") from None
            what = broken(history, one.schedule)
            if what is not None:
                same = what.cause == one.broken.cause
                (shown if same else others).append(Counterexample(what, one.schedule, history, 0, 0))
    for found in [*shown, *others][:1]:
        again = f"again: {picture.replaying(given.replay, given.python, named)}"
        show_counterexample(dataclasses.replace(found, shown=len(shown), tried=tries), again)
    if not shown and not others:
        say(f"not shown in {counted(tries, 'run')}: {one_line(one.broken.sentence, 1000)}")
    return Status.DEVIATION if shown or others else Status.OK
