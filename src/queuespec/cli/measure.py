"""Measures what a transfer costs: throughput, latency and memory, by size, shape, kind and number of processes, each
beside what nothing can be faster than, and beside multiprocessing if that is not what is measured.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import re
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

from queuespec import __version__, results
from queuespec.cli.common import ends_undisturbed, prepared, seconds_of, write
from queuespec.cli.parser import Arguments, Parser, Refused, Status
from queuespec.judge.options import positive_number, positive_seconds, probe
from queuespec.measure.running import Run, Subject
from queuespec.measure.workloads import MACHINE, Task, tasks
from queuespec.report.console import console_for, hanging, say, say_error
from queuespec.report.exploring import Progress, duration
from queuespec.results import Header
from queuespec.results.measurement import Measured
from queuespec.rules import KINDS, Facts
from queuespec.rules.words import did_you_mean
from queuespec.stage import Settings, Supervisor, Unusable
from queuespec.text import counted, one_line

USUAL, QUICK = 150.0, 23.0
"""Seconds."""

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
LARGEST = 1 << 30
"""Bytes."""

MISSING = "install it with: pip install 'queuespec[measure]'"


def size(text: str) -> int:
    """A number of bytes: ``4096``, ``64K``, ``16MiB``."""
    found = re.fullmatch(r"(\d{1,12})([KMG]?)(iB|B)?", text, re.ASCII)
    number = int(found[1]) * UNITS[found[2]] if found else -1
    if not 0 <= number <= LARGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size up to 1GiB, such as 4096, 64KiB or 16MiB")
    return number


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    add = parser.add_argument
    add("--quick", action="store_true", help=f"measure the most important figures, for {QUICK:g} seconds")
    add("--for", metavar="DURATION", dest="budget", type=seconds_of, help=f"90, 90s or 5m (default: {USUAL:g} s)")
    add("--implementation", metavar="NAME", default="multiprocessing", help="measure this one; see judge --help")
    add("--python", metavar="EXECUTABLE", default=sys.executable, help="measure in this interpreter")
    add("--start-method", metavar="NAME", help="start processes by this method (default: the first of the platform)")
    add("--kind", metavar="KIND", choices=KINDS, help="the kind of queue (default: Queue, if there is one)")
    parser.add_repeatable("--workload", metavar="NAME", help="measure this workload only; repeatable")
    parser.add_repeatable("--size", metavar="BYTES", type=size, help="transfer items of this size; repeatable")
    add("--patience", metavar="SECONDS", type=positive_seconds, default=Settings.patience, help="timeout for a call")
    add(
        "--seed",
        metavar="NUMBER",
        type=positive_number,
        default=1,
        help="of the order of measurements (default: 1)",
    )
    add("--results", metavar="FILE", type=Path, help="write the figures to this file, as JSON Lines")
    add("--export-csv", metavar="FILE", type=Path, help="write them as CSV")
    add("--export-pyperf", metavar="FILE", type=Path, help="write them as JSON for pyperf (extra: measure)")
    add("--plots", metavar="DIR", type=Path, help="write plots as SVG and PNG (extra: measure)")


def run(given: Arguments) -> Status:
    """Measures, and prints the figures and what they mean. Raises `CannotJudge` and `Refused`."""
    _refuse_missing(given)
    with contextlib.ExitStack() as stack:
        methods = [given.start_method] if given.start_method else []
        facts, settings = stack.enter_context(prepared(given, methods))
        subject = Subject(settings, given.start_method or facts.start_methods[0], _kind(given, facts), facts.lacks)
        todo = _tasks(given, facts, subject)
        supervisor = stack.enter_context(contextlib.closing(Supervisor()))
        budget = given.budget or (QUICK if given.quick else USUAL)
        standard = subject if subject.is_standard else _standard(given, subject)
        progress = _Shown(budget)
        begun = time.monotonic()
        this = Run(subject, standard, todo, budget, given.seed, supervisor, progress)
        interrupted = False
        try:
            this.perform()
        except KeyboardInterrupt:
            interrupted = True
        except Unusable as error:
            raise Refused(f"--implementation: {error}") from None
        finally:
            ends_undisturbed()
            progress.clear()
        header = _header(given, facts, subject, budget)
        measured = this.measured()
    _write(given, header, measured, time.monotonic() - begun)
    _show(measured, header, this.rounds)
    if interrupted:
        say_error(f"queuespec measure: interrupted in round {this.rounds}")
        return Status.INTERRUPTED
    if not any(one.values for one in measured.figures):
        problem = next((one.problem for one in measured.all if one.problem), "no workload applies")
        say_error(f"queuespec measure: nothing could be measured: {problem}")
        return Status.DEVIATION if this.failed else Status.NOTHING
    return Status.DEVIATION if this.failed else Status.OK


def _refuse_missing(given: Arguments) -> None:
    """Raises `Refused` if something to write needs what is not installed, or cannot be written."""
    files = {"--results": given.results, "--export-csv": given.export_csv, "--export-pyperf": given.export_pyperf}
    needs = {"--plots": (given.plots, "matplotlib"), "--export-pyperf": (given.export_pyperf, "pyperf")}
    for option, (asked, module) in needs.items():
        if asked is not None:
            try:
                importlib.import_module(module)
            except ImportError:
                raise Refused(f"{option} requires {module}; {MISSING}") from None
    for option, path in files.items():
        if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
            why = "is a directory" if path.is_dir() else "is in no directory that exists"
            raise Refused(f"{option}: {one_line(str(path))!r} {why}")


def _kind(given: Arguments, facts: Facts) -> str:
    kinds = [kind for kind in KINDS if kind not in facts.lacks]
    if not kinds or (given.kind and given.kind not in kinds):
        raise Refused(f"--implementation: {one_line(given.implementation)!r} has no {given.kind or 'kind of queue'}")
    return str(given.kind or kinds[0])


def _tasks(given: Arguments, facts: Facts, subject: Subject) -> list[Task]:
    """The tasks that the options choose. Raises `Refused`."""
    others = () if given.start_method else [one for one in facts.start_methods if one != subject.start_method]
    every = [*tasks(subject.kind, given.size, others)]
    names = [*dict.fromkeys(task.workload for task in every if task.workload != MACHINE)]
    for name in given.workload:
        if name not in names:
            hint = did_you_mean(name, names) or f"; there are {', '.join(names)}"
            raise Refused(f"--workload: there is no workload {one_line(name, 100)!r}{hint}")
    chosen = [task for task in every if task.workload in (MACHINE, *given.workload)] if given.workload else every
    quick = [task for task in chosen if task.quick]
    return quick if given.quick and len(quick) > 1 else chosen


def _standard(given: Arguments, subject: Subject) -> Subject:
    """The standard library's queue, to be measured beside another."""
    facts = probe(given.python, "multiprocessing")
    settings = Settings("multiprocessing", given.python, (), given.patience, pace=subject.settings.pace)
    method = subject.start_method if subject.start_method in facts.start_methods else facts.start_methods[0]
    return Subject(settings, method, subject.kind, facts.lacks)


def _header(given: Arguments, facts: Facts, subject: Subject, budget: float) -> Header:
    options = {
        "patience": given.patience,
        "kinds": [subject.kind],
        "seconds": budget,
        "seed": given.seed,
        "workloads": given.workload,
        "sizes": given.size,
    }
    started = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Header(facts, __version__, "", (subject.start_method,), options, started)


class _Shown:
    """Shows how far measuring is, with the time that is left."""

    def __init__(self, budget: float) -> None:
        self._budget = budget
        self._end = time.monotonic() + budget
        self._text = ""
        self._line = Progress(lambda: self._text, sys.stderr)

    def __call__(self, number: int, name: str) -> None:
        left = max(0.0, self._end - time.monotonic())
        part = 100 * (1 - left / self._budget)
        self._text = f"round {number}, {part:.0f} %, {duration(left)} left: {name}"
        self._line.show()

    def clear(self) -> None:
        """Makes room for the figures."""
        self._line.clear()


def _write(given: Arguments, header: Header, measured: Measured, seconds: float) -> None:
    """Writes the files that the options name. Raises `Refused`."""
    from queuespec.report import exports

    if given.results is not None:
        write(given.results, *(f"{line}\n" for line in results.as_lines(header, (), seconds, measured=measured)))
    if given.export_csv is not None:
        write(given.export_csv, exports.as_csv(measured))
    if given.export_pyperf is not None:
        exports.to_pyperf(measured, header, given.export_pyperf)
    if given.plots is not None:
        from queuespec.report import plots

        plots.save(given.plots, plots.pictures(measured, header.subject.judged))


def _show(measured: Measured, header: Header, rounds: int) -> None:
    from queuespec.report import measured as table
    from queuespec.report.answers import answers

    console = console_for(sys.stdout)
    about = (header.subject.described, *header.options["kinds"], *header.start_methods)
    say(one_line(f"measured: {', '.join(map(str, about))}; {counted(rounds, 'round')}"))
    table.to_terminal(measured, console)
    said = [*answers(measured)]
    if said:
        say("")
    for sentence in said:
        console.print(hanging(console, "- ", one_line(sentence, 600)), soft_wrap=True)
