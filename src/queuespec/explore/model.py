"""The models: what a queue of each kind may do, from the documentation and no stricter.

A call has one or two moments, at which it changes the queue or sees it; the model says what a moment may do. What is
nobody's call, an item on its way into the pipe, is a step of the queue's own. `queuespec.explore.search` looks for an
order of all these that explains a history.

Each latitude names the documentation that grants it: "Queue.get" is the entry of that method in the reference of
multiprocessing, "Pipes and Queues" the section around it, and "queue" the module of that name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from queuespec.explore.evidence import NEVER, PIPE_ROOM, Call, Evidence


class State(NamedTuple):
    """A queue at one moment."""

    pipe: tuple[str, ...] = ()
    """The items that every process can get, the next one first."""
    under_way: tuple[tuple[str, ...], ...] = ()
    """For each process: the items that it has put and that are not in the pipe yet, in order."""
    places: int = 0
    """How many of `maxsize` places are taken."""
    tasks: int = 0
    """How many tasks are unfinished."""


class Direct:
    """SimpleQueue and the queues of managers: first in, first out, and each call takes effect at one moment of it.

    A manager's queue has no feeder thread: it is the one to use where the surprises of the other kind do not suit
    (Pipes and Queues, the note). A SimpleQueue is little more than a pipe with locks (SimpleQueue), without a buffer.
    """

    split = False
    """Whether a put() and a get() have two moments each."""

    def __init__(self, evidence: Evidence) -> None:
        self.maxsize = evidence.maxsize
        self.joinable = evidence.joinable
        self.simple = evidence.kind == "SimpleQueue"
        self.puts = evidence.puts

    def start(self) -> State:
        """A new queue."""
        return State()

    def moments(self, state: State, call: Call, part: int) -> Iterator[State]:
        """What the queue may be after this part of the call, if it may happen now."""
        yield from getattr(self, call.call)(state, call, part)

    def steps(self, state: State, _flushing: frozenset[int]) -> Iterator[State]:
        """What the queue may do by itself."""
        yield from ()

    def put(self, state: State, call: Call, _part: int) -> Iterator[State]:
        """Full is raised if there was no free place at one moment of the call (Queue.put)."""
        room = not self.maxsize or len(state.pipe) < self.maxsize
        if call.raised:
            if call.value != "Full" or not room:
                yield state
        elif room:
            yield state._replace(pipe=(*state.pipe, call.item), tasks=state.tasks + self.joinable)

    def get(self, state: State, call: Call, _part: int) -> Iterator[State]:
        """Empty is raised if there was no item at one moment of the call (Queue.get)."""
        if call.raised and call.value == "Empty":
            if not state.pipe:
                yield state
        elif state.pipe and call.took in (None, state.pipe[0]):
            yield state._replace(pipe=state.pipe[1:])

    def qsize(self, state: State, call: Call, _part: int) -> Iterator[State]:
        """Without concurrency the size is the size; during the call it may change (queue, Queue.qsize)."""
        if call.value == len(state.pipe):
            yield state

    def empty(self, state: State, call: Call, _part: int) -> Iterator[State]:
        """As `qsize`."""
        if call.value is (not state.pipe):
            yield state

    def full(self, state: State, call: Call, _part: int) -> Iterator[State]:
        """As `qsize`."""
        if call.value is (0 < self.maxsize <= len(state.pipe)):
            yield state

    def task_done(self, state: State, call: Call, _part: int) -> Iterator[State]:
        """ValueError is raised if it is called more often than items were put (JoinableQueue.task_done)."""
        if call.raised:
            if not state.tasks:
                yield state
        elif state.tasks:
            yield state._replace(tasks=state.tasks - 1)

    def join(self, state: State, _call: Call, _part: int) -> Iterator[State]:
        """It returns when the count of unfinished tasks drops to zero (JoinableQueue.join)."""
        if not state.tasks:
            yield state

    def may_wait(self, state: State, call: Call) -> bool:
        """Whether a call may wait forever if nothing else happens."""
        if not call.waits:
            return False
        if call.call == "get":
            return not state.pipe
        if call.call == "join":
            return state.tasks > 0
        if self.simple:  # like a pipe, it takes what fits into it (SimpleQueue: a pipe with locks)
            return call.bytes + sum(self.puts[item].bytes for item in state.pipe) > PIPE_ROOM
        return 0 < self.maxsize <= len(state.pipe)


class Buffered(Direct):
    """Queue and JoinableQueue: put() appends to the buffer of its process, and the feeder thread moves it to the pipe.

    So others may not see an item for a moment after put(), and items of several processes may be received in another
    order than they were put, but those of one process in theirs (Pipes and Queues, notes 1 and 2).
    """

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence)
        self.processes = {name: number for number, name in enumerate(sorted({call.process for call in evidence.calls}))}
        self.dropped = {item for item, put in evidence.puts.items() if evidence.dropped(put)}
        looks = any(call.call in ("qsize", "empty", "full") for call in evidence.calls)
        self.counted = bool(self.maxsize) or looks
        self.split = self.counted
        self.got = {item: (gets[0].begin, gets[0].end) for item, gets in evidence.gets.items()}
        self.all_seen = not evidence.swallowed

    def start(self) -> State:
        """A new queue."""
        return State(under_way=((),) * len(self.processes))

    def put(self, state: State, call: Call, part: int) -> Iterator[State]:
        """First it takes a place, then it appends its item: other calls may come between.

        An item that cannot be pickled may be refused by put() itself, and then leaves the queue as it was.
        """
        if call.raised:
            if call.value != "Full" or 0 < self.maxsize <= state.places:
                yield state
            return
        if part == 0:
            if 0 < self.maxsize <= state.places:
                return
            state = state._replace(places=state.places + self.counted)
            if self.split:
                yield state
                return
        mine = self.processes[call.process]
        under_way = _changed(state.under_way, mine, (*state.under_way[mine], call.item))
        yield state._replace(under_way=under_way, tasks=state.tasks + self.joinable)

    def get(self, state: State, call: Call, part: int) -> Iterator[State]:
        """First it takes the first item of the pipe, then it gives the place back.

        Empty is raised if no item was available at one moment of the call (Queue.get): none in the pipe,
        and none on its way there if the call has waited for long. That it is raised while another get() is at work
        needs no moment (`queuespec.explore.search`).
        """
        if call.raised and call.value == "Empty":
            waiting = (item for items in state.under_way for item in items)
            if not state.pipe and not (call.patient and not self.dropped.issuperset(waiting)):
                yield state
            return
        if part == 1:
            yield state._replace(places=state.places - self.counted)
            return
        for taken in self._taken(state, call.took):
            yield taken if self.split else taken._replace(places=state.places - self.counted)

    def qsize(self, state: State, call: Call, _part: int) -> Iterator[State]:
        """It is approximate: items under way, and puts and gets in progress, may count or not (Queue.qsize)."""
        if isinstance(call.value, int) and len(state.pipe) <= call.value <= state.places:
            yield state

    def empty(self, state: State, call: Call, _part: int) -> Iterator[State]:
        """It is unreliable: what is under way may count or not (Queue.empty; Pipes and Queues, note 1)."""
        if not state.pipe if call.value is True else state.places > 0:
            yield state

    def full(self, state: State, call: Call, _part: int) -> Iterator[State]:
        """It is unreliable: what is under way may count or not (Queue.full)."""
        if 0 < self.maxsize <= state.places if call.value is True else not 0 < self.maxsize <= len(state.pipe):
            yield state

    def flush(self, state: State, call: Call, _part: int) -> Iterator[State]:
        """The end of a process, which waits until all its items are in the pipe (Pipes and Queues, the warning)."""
        mine = self.processes[call.process]
        items = state.under_way[mine]
        sent = tuple(item for item in items if item not in self.dropped)
        if sent and self._too_early(state, mine, sent[-1]):
            return
        gone = (len(items) - len(sent)) * self.counted
        under_way = _changed(state.under_way, mine, ())
        yield state._replace(pipe=state.pipe + sent, under_way=under_way, places=state.places - gone)

    join_thread = flush

    def steps(self, state: State, flushing: frozenset[int]) -> Iterator[State]:
        """The feeder thread of a process moves the first of its items into the pipe, at any time and in its order.

        An item that cannot be pickled vanishes and gives its place back, and the others go on (changes of Python 3.7
        and 3.8). Whether it still counts as a task is not documented.

        A move that nothing can see is left to the moment at which its item is got (`_taken`): only a process that waits
        for its items (`flushing`), or an item that is to vanish, makes the order matter. What must be in the pipe
        before that item may be another process's.
        """
        matters = any(state.under_way[process] for process in flushing)
        matters = matters or any(not self.dropped.isdisjoint(items) for items in state.under_way)
        for process, items in enumerate(state.under_way):
            if not items:
                continue
            rest = _changed(state.under_way, process, items[1:])
            if items[0] in self.dropped:
                gone = state._replace(under_way=rest, places=state.places - self.counted)
                yield gone
                if self.joinable and state.tasks:
                    yield gone._replace(tasks=state.tasks - 1)
            elif matters and not self._too_early(state, process, items[0]):
                yield state._replace(pipe=(*state.pipe, items[0]), under_way=rest)

    def may_wait(self, state: State, call: Call) -> bool:
        """Whether a call may wait forever if nothing else happens but what feeder threads still do."""
        waiting = [item for items in state.under_way for item in items]
        if call.call in ("join_thread", "flush"):  # it waits for room in the pipe, that is for a reader
            mine = state.under_way[self.processes[call.process]]
            sizes = (self.puts[item].bytes for item in (*state.pipe, *waiting) if item not in self.dropped)
            return bool(mine) and sum(sizes) > PIPE_ROOM
        if not call.waits:
            return False
        if call.call == "get":
            return not state.pipe and self.dropped.issuperset(waiting)
        if call.call == "put":
            return 0 < self.maxsize <= state.places - sum(item in self.dropped for item in waiting)
        return state.tasks > 0

    def _too_early(self, state: State, process: int, item: str) -> bool:
        """Whether another process has an item on its way that must be in the pipe before, since it was got before."""
        begin, _end = self.got.get(item, (NEVER if self.all_seen else 0, NEVER))
        for other, items in enumerate(state.under_way):
            if other != process and any(one in self.got and self.got[one][1] < begin for one in items):
                return True
        return False

    def _taken(self, state: State, item: str | None) -> Iterator[State]:
        if state.pipe:
            if item in (None, state.pipe[0]):
                yield state._replace(pipe=state.pipe[1:])
            return
        for process, items in enumerate(state.under_way):
            if items and items[0] not in self.dropped and item in (None, items[0]):
                yield state._replace(under_way=_changed(state.under_way, process, items[1:]))


def model_of(evidence: Evidence) -> Direct:
    """The model of the kind of queue that a history is about."""
    return Buffered(evidence) if evidence.buffered else Direct(evidence)


def _changed(lists: tuple[tuple[str, ...], ...], number: int, new: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return (*lists[:number], new, *lists[number + 1 :])
