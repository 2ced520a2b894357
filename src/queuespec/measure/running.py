"""Rounds of all tasks: each has processes of its own, and measures the queue and its limits in turn.

What is compared is measured one after the other, in an order that changes, so that a machine that is busy for a while
makes both slower. The first round shows which tasks there is time for: they fit into as many rounds as an interval
needs. Whatever hangs or crashes costs one figure.
"""

from __future__ import annotations

import dataclasses
import random
import re
import statistics
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Callable

from queuespec.actors import carriage
from queuespec.measure.bench import PROBLEMS, Bench
from queuespec.measure.limits import Samples
from queuespec.measure.workloads import MACHINE, PERCENTILES, SHAPES, Borrowed, Task
from queuespec.results.measurement import QUEUE, STANDARD, Measured, Measurement, quantiles
from queuespec.results.statistics import ENOUGH, percentile
from queuespec.stage import Raised, Settings, Supervisor, Unusable
from queuespec.text import one_line

MOST_ROUNDS = 40
PART = 0.4
"""The part of a round in which something is measured, if processes start as fast as the first one did."""

SHORTEST, LONGEST = 0.02, 0.5
"""How long a task is measured in a round, at least and at most, in seconds."""

LEAST = 2
"""How many tasks there is always time for in the first round: the machine, and one more."""

NO_TIME = "there was no time for it; raise --for"

Progress = Callable[[int, str], None]
"""Is given the number of the round, and what is measured."""


@dataclasses.dataclass(frozen=True)
class Subject:
    """What is measured, and where its processes come from."""

    settings: Settings
    start_method: str
    kind: str
    lacks: Collection[str] = ()

    @property
    def is_standard(self) -> bool:
        """Whether it is the standard library's queue."""
        return self.settings.implementation == "multiprocessing"


class Run:
    """Measures `subject`, and `standard` - the standard library - beside it, for `budget` seconds."""

    def __init__(
        self,
        subject: Subject,
        standard: Subject,
        tasks: Sequence[Task],
        budget: float,
        seed: int,
        supervisor: Supervisor,
        progress: Progress = lambda *_: None,
    ) -> None:
        self._subjects = {QUEUE: subject, STANDARD: subject if subject.is_standard else standard}
        self._tasks = [*tasks]
        self._budget = budget
        self._random = random.Random(seed)
        self._supervisor = supervisor
        self._progress = progress
        self._benches: dict[tuple[str, str], Bench] = {}
        self._found: dict[tuple[Task, str, str], _Series] = {}
        self._problems: dict[tuple[Task, str], str] = {}
        self._has: dict[str, bool] = {}
        self._spent: dict[Task, float] = {}
        """How long each task took, with what is measured beside it, in the latest round."""
        self._lost = 0.0
        """How long what failed took in the latest round, in seconds: it is not played again."""
        self.rounds = 0
        """The rounds that have begun."""
        self.failed = False
        """Whether something hung or crashed."""
        self._begun = time.monotonic()

    # Rounds

    def perform(self) -> None:
        """Measures until the time is over. After an exception, `measured` has what was measured before.

        Raises `Unusable` if a judged process cannot load the implementation.
        """
        self._begun = time.monotonic()
        longest = 0.0
        playable = [*self._tasks]
        while self.rounds < MOST_ROUNDS and self._elapsed + longest <= self._budget:
            begun = self._elapsed
            order = playable if self.rounds == 0 else self._random.sample(playable, len(playable))
            self.rounds += 1
            try:
                played = self._plays_round(order)
            finally:
                self._clears()
            if self.rounds == 1:
                playable = played
            playable = [task for task in playable if (task, QUEUE) not in self._problems]
            spent = self._elapsed - begun - self._lost
            playable = self._that_fit(playable, spent)
            if all(task.workload == MACHINE for task in playable):
                break
            longest = max(longest, spent)

    @property
    def _elapsed(self) -> float:
        return time.monotonic() - self._begun

    def _plays_round(self, order: Sequence[Task]) -> list[Task]:
        """Plays the tasks as long as there is time; returns those that it is enough for in each round."""
        share = self._budget / (ENOUGH + 1)
        begun, seconds = self._elapsed, self._slice(order)
        self._lost, played = 0.0, [*order[:1]]
        for number, task in enumerate(order):
            before = self._elapsed
            if before > self._budget and not (self.rounds == 1 and number < LEAST):
                self._gives_up(order[number:])
                break
            if self.rounds == 1 and self._takes_too_long(task, share):
                continue
            self._progress(self.rounds, task.name)
            failed = self._plays(task, seconds)
            self._spent[task] = self._elapsed - before
            self._lost += self._spent[task] if failed else 0.0
            if self.rounds > 1:
                continue
            if number == 0 or (number == 1 and not self._subjects[QUEUE].is_standard):  # processes have started
                share = max(share, self._elapsed - begun + share / 2)
            if self._elapsed - begun - self._lost <= share or number < LEAST:
                played.append(task)
                continue
            self._gives_up(order[number:])
            break
        return [*dict.fromkeys(played)]

    def _gives_up(self, tasks: Sequence[Task]) -> None:
        """Notes, in the first round, that there is no time for these tasks."""
        for task in tasks if self.rounds == 1 else ():
            self._problems.setdefault((task, QUEUE), NO_TIME)

    def _that_fit(self, playable: Sequence[Task], spent: float) -> list[Task]:
        """The tasks, without the last ones if there is no time for as many rounds as an interval needs; `spent` is the
        duration of the latest round. If most of that is the start of processes, fewer tasks would not help."""
        rounds, left = ENOUGH - self.rounds, self._budget - self._elapsed
        found = [task for task in self._tasks if task in playable]
        playing = sum(self._spent.get(task, 0.0) for task in found[1:])
        while rounds > 0 and spent * rounds > left and len(found) > LEAST and playing > spent / 2:
            last = found.pop()
            spent -= self._spent.get(last, 0.0)
            playing -= self._spent.get(last, 0.0)
            self._problems[last, QUEUE] = NO_TIME
        return found

    def _takes_too_long(self, task: Task, share: float) -> bool:
        """Whether a task with many items would leave no time for others, or exceed patience, to judge from one with
        fewer items."""
        items = int(task.parameters.get("items", 0))
        costs = [
            max(series.values.values())
            for (known, _, of), series in self._found.items()
            if items and known.workload == task.workload and of == QUEUE
        ]
        if not costs:
            return False
        spent, patience = costs[-1] * items, self._subjects[QUEUE].settings.performing()
        if spent > share / 2:
            self._problems[task, QUEUE] = NO_TIME
        elif spent > patience / 3:
            self._problems[task, QUEUE] = "it would take a large part of the patience; raise --patience"
        return (task, QUEUE) in self._problems

    def _slice(self, order: Sequence[Task]) -> float:
        number = sum(1 + (not self._subjects[QUEUE].is_standard) + len(task.limits) for task in order)
        return min(LONGEST, max(SHORTEST, PART * self._budget / (ENOUGH + 1) / max(1, number)))

    def _plays(self, task: Task, seconds: float) -> bool:
        """Plays a task and what is measured beside it; returns whether something failed."""
        names = [limit.name for limit in task.limits]
        if task.workload != MACHINE:
            names += [QUEUE] if self._subjects[QUEUE].is_standard else [QUEUE, STANDARD]
            why = self._inapplicable(task, QUEUE)
            if why:
                self._problems[task, QUEUE] = why
                return False
        failed = False
        for of in self._random.sample(names, len(names)):
            if (task, of) in self._problems:
                continue
            key = self._place(task, of)
            try:
                bench = self._bench(*key)
                why = self._inapplicable(task, of) or self._missing(task, bench)
                if why:
                    self._problems[task, of] = why
                    continue
                samples = self._samples(task, of, bench, seconds)
            except Unusable:
                raise
            except PROBLEMS as problem:
                self.failed = failed = True
                self._problems[task, of] = _in_words(problem)
                self._benches.pop(key).end()
                continue
            except BaseException:
                self._benches.pop(key).end()
                raise
            for quantity, values in _by_quantity(samples):
                if values is None:
                    self._problems[task, of] = "the system does not say"
                else:
                    series = self._found.setdefault((task, quantity, of), _Series())
                    series.add(self.rounds, values, PERCENTILES.get(quantity))
            bench.forget_calls()
        return failed

    def _samples(self, task: Task, of: str, bench: Bench, seconds: float) -> Samples:
        bench.stage.largest_item = task.largest
        for limit in task.limits:
            if limit.name == of:
                return limit.play(task.play, bench, task.parameters, seconds)
        return task.play(bench, task.through, seconds)

    def _inapplicable(self, task: Task, of: str) -> str:
        """Why this cannot be measured of this subject; empty if it can."""
        if of not in (QUEUE, STANDARD):
            return ""
        subject = self._subjects[of]
        kind, maxsize = task.queue or (subject.kind, 0)
        if kind in subject.lacks:
            return f"the implementation has no {kind}"
        if maxsize and "maxsize" in subject.lacks:
            return "the implementation has no maxsize"
        if task.buffers and ("buffer" in subject.lacks or kind == "SimpleQueue"):
            return f"{kind} has no buffer in front of its pipe"
        return ""

    def _missing(self, task: Task, bench: Bench) -> str:
        """Which module the judged interpreter lacks for this; empty if none."""
        if task.needs and task.needs not in self._has:
            self._has[task.needs] = bool(bench.alone(carriage.has, task.needs))
        return f"the interpreter has no {task.needs}" if task.needs and not self._has[task.needs] else ""

    # Processes

    def _place(self, task: Task, of: str) -> tuple[str, str]:
        """Whose processes play this, and under which start method."""
        of = QUEUE if of == QUEUE and not self._subjects[QUEUE].is_standard else STANDARD
        return of, task.start_method or self._subjects[of].start_method

    def _bench(self, of: str, method: str) -> Bench:
        subject = self._subjects[of]
        if (of, method) not in self._benches:
            queues = {
                task.through[1]: task.queue
                for task in self._tasks
                if task.queue is not None
                and task.queue[0] not in subject.lacks
                and (task.start_method or subject.start_method) == method
            }
            self._benches[of, method] = Bench(subject.settings, method, self._supervisor, subject.kind, queues)
        return self._benches[of, method]

    def _clears(self) -> None:
        while self._benches:
            _, bench = self._benches.popitem()
            bench.leave()

    # What was found

    def measured(self) -> Measured:
        """All measurements so far, those of a workload together and by size."""
        workloads = [*dict.fromkeys(task.workload for task in self._tasks)]
        order = sorted(
            self._measurements(),
            key=lambda one: (
                workloads.index(one.workload),
                SHAPES.index(one.parameters.get("shape", SHAPES[0])),
                one.parameters.get("size", 0),
            ),
        )
        return Measured(order)

    def _measurements(self) -> Iterator[Measurement]:
        chosen = self._subjects[QUEUE]
        found = {key: one for key, one in self._found.items() if self._problems.get((key[0], QUEUE)) != NO_TIME}
        for (task, quantity, of), series in found.items():
            limit = task.limits[0].name if task.limits and of == QUEUE else ""
            if limit and (task, quantity, limit) not in self._found:
                limit = ""
            if task.borrowed and of == QUEUE:
                copied = self._borrowed(task.borrowed)
                if copied is not None and quantity == task.borrowed.own:
                    limit = "Connection"
                    yield self._measurement(task, quantity, limit, copied, chosen)
            yield self._measurement(task, quantity, of, series, chosen, limit, self._problems.get((task, of), ""))
        seen = {(task, of) for task, _, of in found}
        for (task, of), problem in self._problems.items():
            if (task, of) not in seen:
                yield self._measurement(task, "", of, _Series(), chosen, "", problem)

    def _borrowed(self, one: Borrowed) -> _Series | None:
        for (task, quantity, of), series in self._found.items():
            if (task.workload, task.parameters, quantity, of) == (
                one.workload,
                one.parameters,
                one.quantity,
                "Connection",
            ):
                return series.times(one.times)
        return None

    def _measurement(
        self, task: Task, quantity: str, of: str, series: _Series, chosen: Subject, limit: str = "", problem: str = ""
    ) -> Measurement:
        return Measurement(
            task.workload,
            quantity,
            of,
            dict(task.parameters),
            chosen.kind,
            task.start_method or chosen.start_method,
            task.unit(quantity),
            tuple(series.values.get(number) for number in range(1, self.rounds + 1)),
            limit,
            series.samples,
            quantiles(series.kept),
            problem,
        )


def _in_words(problem: BaseException) -> str:
    """What went wrong, in one line, without the names of roles."""
    if isinstance(problem, Raised):
        return one_line(f"the workload raised {problem.remote_repr}")
    first = str(problem).partition("\n")[0] or repr(problem)
    return one_line(re.sub(r"^\w+\(.*?\)(?=: | was | could )", "the workload", first))


class _Series:
    """The values of a quantity: one of each round, and something of all samples."""

    def __init__(self) -> None:
        self.values: dict[int, float] = {}
        self.kept: list[float] = []
        self.samples = 0

    def add(self, number: int, samples: Sequence[float], part: float | None) -> None:
        """Adds the samples of a round; its value is their median, or another percentile."""
        self.values[number] = statistics.median(samples) if part is None else percentile(samples, part)
        self.samples += len(samples)
        if len(samples) > 1 and part in (None, 0.5):
            self.kept += quantiles(samples)

    def times(self, factor: float) -> _Series:
        """The same, multiplied."""
        found = _Series()
        found.values = {number: factor * value for number, value in self.values.items()}
        found.samples = self.samples
        return found


def _by_quantity(samples: Samples) -> Iterator[tuple[str, Sequence[float] | None]]:
    """The quantities of samples; of a round trip they are percentiles."""
    trips: Mapping[str, Sequence[float] | None] = samples
    for name, values in trips.items():
        if name == "trip":
            yield from ((percentile, values) for percentile in PERCENTILES)
        else:
            yield name, values
