"""The search for a witness: an order of the moments of all calls that the model allows (after Wing and Gong, 1993).

A call has its moments between its begin and its end, so what ended before another one began comes before it. States
that have been seen are remembered (after Lowe, 2017): each is tried once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from queuespec.explore.evidence import NEVER, Call, Evidence
from queuespec.explore.model import Direct, State, model_of

_Progress = tuple[tuple[int, int], ...]
"""For each lane: how many of its calls are placed, and how many moments of the next one."""

LARGEST = 60
"""More calls than these are left to the conditions."""

LIMIT = 50_000
"""After how many states the search gives up without a finding."""


@dataclasses.dataclass(frozen=True)
class Stuck:
    """No order explains the history."""

    call: Call
    """The one that cannot be placed in the order that explains most."""
    forever: bool
    """Whether it is one that never ended, although the queue lets it go on."""


class _Lane:
    """What one actor does, one call after another, as far as the model has something to say about it."""

    def __init__(self, calls: list[Call], process: int) -> None:
        self.calls = calls
        self.process = process
        self.size = len(calls)


def stuck(evidence: Evidence, limit: int = LIMIT) -> Stuck | None:
    """What no order explains; None if there is one, or none was found among `limit` states."""
    return _Search(evidence).run(limit)


class _Search:
    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.model: Direct = model_of(evidence)
        judging = evidence.spoiled == NEVER
        self.waiting = [call for call in evidence.alive if judging and not evidence.shut(call)]
        self.lanes = [*self._lanes()]
        self.parts = [
            [2 if self.model.split and call.call in ("put", "get") and not call.raised else 1 for call in lane.calls]
            for lane in self.lanes
        ]

    def run(self, limit: int) -> Stuck | None:
        """Depth first, the call that ended first before the others."""
        first = (((0, 0),) * len(self.lanes), self.model.start())
        if self._placed(first[0]) and self._holds(first[1]):
            return None
        seen = {first}
        trail = [self._next(*first)]
        furthest = (-1, first)
        while trail:
            found = next(trail[-1], None)
            if found is None:
                trail.pop()
                continue
            if found in seen:
                continue
            seen.add(found)
            progress, state = found
            if self._placed(progress) and self._holds(state):
                return None
            if len(seen) > limit:
                return None
            done = sum(2 * index + part for index, part in progress)
            furthest = max(furthest, (done, found), key=lambda one: one[0])
            trail.append(self._next(progress, state))
        return self._explained(*furthest[1])

    def _lanes(self) -> Iterator[_Lane]:
        evidence = self.evidence
        number = {name: at for at, name in enumerate(sorted({call.process for call in evidence.calls}))}
        calls: dict[str, list[Call]] = {}
        for call in evidence.calls:
            if self._matters(call):
                calls.setdefault(call.actor, []).append(call)
        for mine in calls.values():
            yield _Lane(mine, number[mine[0].process])
        for call in evidence.final_flushes():
            yield _Lane([call], number[call.process])

    def _matters(self, call: Call) -> bool:
        """Whether the model says anything about a call: what it says of the others is that they may be.

        Empty may be raised while another get() is at work on a buffered queue, since no item can then be had without
        waiting (Queue.get); qsize() need not be implemented (Queue.qsize). What a process does with a queue that it has
        closed is left to `queuespec.explore.conditions`.
        """
        evidence = self.evidence
        if call in self.waiting or (not call.judged and call.call not in ("put", "get", "task_done")):
            return False
        if call.call in ("close", "cancel_join_thread"):
            return False
        if call.call == "join_thread":
            return call.returned and evidence.flushed.get(call.process, NEVER) <= call.end
        if evidence.shut(call):
            return call.adds or call.took is not None or (call.call == "task_done" and call.returned)
        if call.raised and call.value not in ("Empty", "Full", "ValueError"):
            return False
        if call.raised and call.value == "ValueError" and call.call != "task_done":
            return False
        return not (call.call == "get" and call.raised and evidence.buffered and call.crowded)

    def _next(self, progress: _Progress, state: State) -> Iterator[tuple[_Progress, State]]:
        current = []
        first_end = NEVER
        for number, (index, part) in enumerate(progress):
            lane = self.lanes[number]
            if index < lane.size:
                call = lane.calls[index]
                current.append((call.end, number, call, index, part))
                if call.judged and call.end < first_end:
                    first_end = call.end
        current.sort(key=lambda one: one[:2])
        for _end, number, call, index, part in current:
            if call.begin > first_end:
                continue
            last = part + 1 == self.parts[number][index]
            after = (*progress[:number], (index + 1, 0) if last else (index, part + 1), *progress[number + 1 :])
            for new in self.model.moments(state, call, part):
                yield after, new
            if not call.judged:  # it may have no effect at all
                yield (*progress[:number], (index + 1, 0), *progress[number + 1 :]), state
        if state.under_way:
            waits = (self.lanes[one[1]].process for one in current if one[2].call in ("flush", "join_thread"))
            flushing = frozenset(waits)
            for new in self.model.steps(state, flushing):
                yield progress, new

    def _placed(self, progress: _Progress) -> bool:
        for lane, (index, _part) in zip(self.lanes, progress):
            if any(call.judged for call in lane.calls[index:]):
                return False
        return True

    def _holds(self, state: State) -> bool:
        return all(self.model.may_wait(state, call) for call in self.waiting)

    def _explained(self, progress: _Progress, state: State) -> Stuck:
        left = [
            call
            for lane, (index, _part) in zip(self.lanes, progress)
            for call in lane.calls[index : index + 1]
            if call.judged
        ]
        if left:
            return Stuck(min(left, key=lambda call: call.end), forever=False)
        return Stuck(next(call for call in self.waiting if not self.model.may_wait(state, call)), forever=True)
