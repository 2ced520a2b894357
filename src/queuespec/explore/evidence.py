"""What a history says for certain: which calls were made when, how processes ended, and what is promised of them.

Each latitude here names the documentation that grants it. "Guidelines" are the programming guidelines of the
multiprocessing module, "Pipes and Queues" the section of its reference.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

from queuespec.explore.history import Ending, History, Step
from queuespec.explore.scenario import CLOSES, ENDS, GETS, NONE, PUTS, START, Operation
from queuespec.explore.schedule import CALLER, GOES_ON, Schedule

NEVER = 1 << 62
"""A time after all others, in nanoseconds."""

BUFFERED = ("Queue", "JoinableQueue")
"""The kinds whose items wait in a buffer of their process until its feeder thread has sent them."""

WITH_TASKS = ("JoinableQueue", "Manager.Queue", "Manager.JoinableQueue")
"""The kinds that count unfinished tasks."""

PIPE_ROOM = 4096
"""How many bytes fit into any pipe. The documentation names no figure; no supported system gives a pipe less."""

ITEM_BYTES = 128
"""More than what an item takes of a pipe besides its size, in bytes."""

LAG = 1.0
"""How long an item may be on its way, in seconds. The documentation speaks of a delay too small to be measured, after
which others can get it (Pipes and Queues, note 1); a busy machine needs more."""

_NO_CALLS = (*ENDS, START)
"""The operations that are no calls of the queue."""

DAMAGED = "damaged: "
"""What the value of an item begins with that did not arrive as it was put."""


class Call:
    """One call of a method of the queue."""

    __slots__ = tuple(
        "actor adds bad begin call crowded end item judged number process raised returned step took value".split()
    )

    def __init__(self, step: Step, number: int = 0) -> None:
        operation, value = step.operation, step.value
        self.step = step
        self.number = number
        """Its place among all calls, in the order of their beginnings."""
        self.actor = step.actor
        self.process = step.actor.partition(" thread")[0]
        name = operation.call
        self.call = "put" if name in PUTS else "get" if name in GETS else name
        self.item = operation.item
        self.bad = operation.bad
        self.begin = step.begin
        self.end = NEVER if step.end is None else step.end
        self.returned = step.outcome == "returned"
        self.raised = step.outcome == "raised"
        self.adds = self.call == "put" and not self.raised
        """Whether it has put its item, or may have."""
        self.value = value.rpartition(".")[2] if self.raised and isinstance(value, str) else value
        self.took = value if self.call == "get" and self.returned and isinstance(value, str) else None
        """The item that a get() returned."""
        self.judged = True
        """Whether the documentation promises anything about how it ends."""
        self.crowded = False
        """Whether another get() was at work during this one."""

    @property
    def waits(self) -> bool:
        """Whether it may wait for others without limit."""
        operation = self.step.operation
        return operation.call in ("put", "get", "join", "join_thread") and operation.timeout is None

    @property
    def patient(self) -> bool:
        """Whether it is a get() that raises Empty only if there is no item on its way to it."""
        return self.call == "get" and (self.step.operation.timeout or 0.0) >= LAG

    @property
    def bytes(self) -> int:
        """At most how many bytes its item takes of a pipe."""
        return ITEM_BYTES + self.step.operation.size

    @property
    def text(self) -> str:
        """``put("p1-1") of child 1``."""
        return f"{self.step.operation.text} of {self.actor}"


class Evidence:
    """A history, read.

    `spoiled` is the time from which on the documentation promises nothing of this queue: a process that is
    killed while it uses a queue may corrupt it, so that others get exceptions or wait forever (Pipes and Queues, the
    warning about terminate(); Guidelines, about terminating processes). Calls that had not ended by then are not
    judged.
    """

    def __init__(self, history: History, schedule: Schedule | None = None) -> None:
        scenario = history.scenario
        self.history = history
        self.schedule = schedule
        self.kind = scenario.kind
        self.buffered = self.kind in BUFFERED
        self.joinable = self.kind in WITH_TASKS
        self.maxsize = 0 if self.kind == "SimpleQueue" else max(scenario.maxsize, 0)
        used = (step for step in history.steps if step.operation.call not in _NO_CALLS)
        self.calls = [Call(step, number) for number, step in enumerate(used)]
        self.ends = {Call(step).process: step for step in history.steps if step.operation.call in ENDS}
        self.endings = {
            process: Ending(process, step.begin, NEVER, None)  # even if nobody saw it
            for process, step in self.ends.items()
            if step.operation.call in ("exit", "kill")
        }
        self.endings.update((ending.process, ending) for ending in history.endings)
        self.puts = {call.item: call for call in self.calls if call.call == "put"}
        if NONE in self.puts:
            for call in self.calls:
                if call.call == "get" and call.returned and call.value is None:
                    call.value = call.took = NONE
        self.gets: dict[str, list[Call]] = {}
        for call in self.calls:
            if call.took is not None:
                self.gets.setdefault(call.took, []).append(call)
        self._closings: dict[str, dict[str, list[Call]]] = {}
        for call in self.calls:
            if call.call in CLOSES:
                self._closings.setdefault(call.process, {}).setdefault(call.call, []).append(call)
        self._faults = _Faults(schedule, history, self.calls)
        self.flushed = {process: time for process in self._putting() if (time := self._flush(process)) is not None}
        """For each process that is known to have sent all its items: a time by which it had."""
        self.spoiled = min(self._spoilings(), default=NEVER)
        self._mark()

    @functools.cached_property
    def alive(self) -> list[Call]:
        """The calls that were still waiting in a running process when the run was given up."""
        gone = self.endings.keys() | self._faults.ended
        return [call for call in self.calls if call.end == NEVER and call.process not in gone]

    @functools.cached_property
    def swallowed(self) -> bool:
        """Whether items may be gone that no recorded get() has returned."""
        lost = (call for call in self.calls if call.call == "get" and call.took is None and call.value != "Empty")
        return (
            self.spoiled < NEVER or any(call.raised and not self.shut(call) for call in lost) or bool(self.left_behind)
        )

    @functools.cached_property
    def left_behind(self) -> list[Call]:
        """The calls of processes that ended in the middle of them.

        Only a manager's queue is still promised to work then: its server goes on, and may yet perform the call, even a
        get() whose item nobody receives (the hazard `manager.killed-getter-loses-item`).
        """
        gone = self.endings.keys() | self._faults.ended
        return [call for call in self.calls if call.end == NEVER and call.process in gone]

    def final_flushes(self) -> Iterator[Call]:
        """For each process that is known to have sent everything before its end: that, as a call."""
        if not self.buffered:
            return
        for process, ending in self.endings.items():
            if process in self.flushed and not self.violent(process) and not self.cancelled(process):
                begin = 1 + max(call.end for call in self.calls if call.process == process)
                flush = Step(process, Operation("flush"), begin, max(begin, ending.end), "returned")
                yield Call(flush)

    def hung(self) -> Iterator[str]:
        """The children that had not ended when the run was given up, although all had done what they had to.

        Nothing is known of them while somebody has not: they may not have been asked to end.
        """
        done: dict[str, int] = {}
        for call in self.calls:
            done[call.actor] = done.get(call.actor, 0) + (call.end < NEVER)
        parts = [part for part in self.history.scenario.parts if part.process not in self.endings]
        if all(done.get(part.actor, 0) == sum(one.call not in _NO_CALLS for one in part.operations) for part in parts):
            yield from dict.fromkeys(part.process for part in parts if part.process != "parent")

    def violent(self, process: str) -> bool:
        """Whether a process ended without what Python does at the end of a process."""
        ending = self.endings[process]
        end = self.ends.get(process)
        if end is not None and end.operation.call in ("exit", "kill"):
            return True
        in_use = any(call.end == NEVER and call.process == process for call in self.calls)
        return in_use or (ending.exit_code or 0) < 0 or (process in self._faults.ended and ending.exit_code != 0)

    @property
    def undisturbed(self) -> bool:
        """Whether it is known that nobody ended a process, and nothing was done to one."""
        schedule = self.schedule
        if schedule is None or schedule.faults or any(hold.then != GOES_ON for hold in schedule.holds):
            return False
        return all(step.operation.call not in ("exit", "kill") for step in self.ends.values())

    def cancelled(self, process: str, by: int = NEVER) -> bool:
        """Whether a process had begun to call cancel_join_thread() by this time."""
        return any(call.begin < by for call in self._closings.get(process, {}).get("cancel_join_thread", ()))

    def closed_before(self, call: Call) -> bool:
        """Whether its process had closed the queue before the call."""
        closes = self._closings.get(call.process, {}).get("close", ())
        before = [one for one in closes if one.returned and one.number < call.number]
        return any(one.actor == call.actor or one.end <= call.begin for one in before)

    def shut(self, call: Call) -> bool:
        """Whether its process had begun to close the queue before the call ended.

        What it does then is not promised: its process must leave a closed queue alone (Queue.close).
        """
        closes = self._closings.get(call.process, {}).get("close", ())
        return any(one.begin <= call.end and (one.actor != call.actor or one.number < call.number) for one in closes)

    def settled(self, put: Call) -> int:
        """A time by which its item was certainly in the queue for all processes to get, or `NEVER`.

        An item of a buffered queue is under way for a while after put() (Pipes and Queues, note 1), until it is flushed
        to the pipe: join_thread() waits for that, and so does the end of a process that has not called
        cancel_join_thread().
        """
        if not put.returned:
            return NEVER
        if not self.buffered:
            return put.end
        flushed = self.flushed.get(put.process, NEVER)
        return flushed if put.end <= flushed else NEVER

    def taken(self, item: str) -> int:
        """The time before which the item certainly was in nobody's hands; `NEVER` if nobody got it."""
        return min((call.begin for call in self.gets.get(item, ())), default=NEVER)

    def dropped(self, put: Call) -> bool:
        """Whether the item is one that cannot be pickled, and was not delivered all the same."""
        return put.bad and put.item not in self.gets

    def _putting(self) -> set[str]:
        return {call.process for call in self.calls if call.adds}

    def _flush(self, process: str) -> int | None:
        times = [
            call.end
            for call in self._closings.get(process, {}).get("join_thread", ())
            if call.returned and self.closed_before(call) and not self.cancelled(process, call.end)
        ]
        if process in self.endings and not self.violent(process) and not self.cancelled(process):
            times.append(self.endings[process].end)
        return min(times, default=None)

    def _spoilings(self) -> Iterator[int]:
        yield from self._faults.times
        yield from (call.begin for call in self.calls if call.raised and call.value == "KeyboardInterrupt")
        if self.kind.startswith("Manager"):
            return
        yield from (time for process, time in self._faults.ended.items() if process not in self.endings)
        for process, ending in self.endings.items():
            if self._unsafe(process, ending):
                yield ending.begin

    def _unsafe(self, process: str, ending: Ending) -> bool:
        """Whether its end may have cut off its use of the queue.

        Its feeder thread uses the queue too, at any time until everything has been flushed; after cancel_join_thread()
        the process does not wait for it, and items are lost (Queue.cancel_join_thread).
        """
        unsent = self.buffered and process in self._putting() and self.flushed.get(process, NEVER) > ending.begin
        if self.violent(process):
            return unsent or any(call.end == NEVER and call.process == process for call in self.calls)
        return unsent and self.cancelled(process)

    def _mark(self) -> None:
        for call in self.calls:
            call.judged = call.end < self.spoiled
        latest: dict[str, Call] = {}  # of each actor: the call that ended last
        for call in self.calls:
            if call.call == "get":
                for other in latest.values():
                    if other.actor != call.actor and other.end >= call.begin:
                        other.crowded = call.crowded = True
                if call.actor not in latest or call.end > latest[call.actor].end:
                    latest[call.actor] = call


class _Faults:
    """What a schedule has done to calls besides holding them."""

    def __init__(self, schedule: Schedule | None, history: History, calls: list[Call]) -> None:
        self.times: list[int] = []
        """From when on nothing is promised."""
        self.ended: dict[str, int] = {}
        """The processes that it may have ended, and when they still ran."""
        if schedule is None:
            return
        if schedule.faults:  # a put() that cannot start its thread raises an exception; what of its place is open
            puts = (call for call in calls if call.call == "put" and call.raised)
            self.times += [call.begin for call in puts if call.value not in ("Full", "ValueError")]
        for hold in schedule.holds:
            mine = [step for step in history.steps if step.actor == hold.actor][hold.operation : hold.operation + 1]
            for call in (call for call in calls if call.step in mine):
                if hold.then in ("exit", "kill"):
                    self.ended[call.process] = call.begin
                elif hold.then != GOES_ON and (call.raised or hold.thread != CALLER):
                    self.times.append(call.begin)  # nobody says what an exception leaves behind that comes from nowhere
