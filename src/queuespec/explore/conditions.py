"""Conditions: what every history must satisfy, each with its sentence, in O(n log n).

They are necessary and not sufficient: each looks at one promise, and at what is certain from the times of calls alone.
What only several of them together rule out is left to the search (`queuespec.explore.search`).
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator

from queuespec.explore.counterexample import Broken
from queuespec.explore.evidence import DAMAGED, NEVER, PIPE_ROOM, Call, Evidence
from queuespec.explore.history import Value
from queuespec.explore.levels import Levels
from queuespec.explore.scenario import NONE

EARLY = 0.5
"""The share of its timeout that a call must have waited: clocks of some systems tick 64 times a second only."""

NANOSECONDS = 1_000_000_000


def broken_conditions(evidence: Evidence) -> Iterator[Broken]:
    """What a history breaks, the most telling first."""
    for condition in (_items, _values, _exceptions, _order, _times, _levels, _tasks, _waiting, _exits):
        yield from condition(evidence)


def _quoted(item: str) -> str:
    return item if item == NONE else f'"{item}"'


def _items(evidence: Evidence) -> Iterator[Broken]:
    """Each item is got at most once, as it was put, and only if it was put.

    This holds even of a queue that may be corrupted, except that anything may come out of it then.
    """
    for item, gets in evidence.gets.items():
        first, put = gets[0], evidence.puts.get(item)
        if put is None:
            if first.judged and item.startswith(DAMAGED):
                sentence = f"{first.text} returned an item that is not as it was put: {item[len(DAMAGED) :]}"
                yield Broken(sentence, "payload.every-size", "damaged")
            elif first.judged:
                yield Broken(
                    f"{first.text} returned {item}, which nobody had put", "order.fifo-in-process", "never put"
                )
        elif put.raised and put.begin < evidence.spoiled and not evidence.shut(put):
            rule = "put.failed-put-adds-nothing"
            yield Broken(f"{_quoted(item)} was got although its put() raised {put.value}", rule, "failed put")
        elif min(get.end for get in gets) < put.begin:
            yield Broken(f"{_quoted(item)} was got before it was put", "order.fifo-in-process", "before put")
        if len(gets) > 1:
            who = " and ".join(dict.fromkeys(get.actor for get in gets))
            yield Broken(f"{_quoted(item)} was got {len(gets)} times, by {who}", "deliver.no-loss", "duplicate")


def _values(evidence: Evidence) -> Iterator[Broken]:
    """Items are returned, and nothing else."""
    for call in evidence.calls:
        if call.judged and call.call == "get" and call.returned and call.took is None:
            yield Broken(
                f"{call.text} returned {call.value!r}, which nobody had put", "order.fifo-in-process", "never put"
            )


def _exceptions(evidence: Evidence) -> Iterator[Broken]:
    """A call raises only what its documentation names; a closed queue is no longer used by its process."""
    for call in evidence.calls:
        if not call.judged:
            continue
        if call.call in ("put", "get") and evidence.buffered and evidence.closed_before(call):
            if not (call.raised and call.value == "ValueError"):
                did = f"raised {call.value}" if call.raised else "returned"
                rule = "close.no-more-puts" if call.call == "put" else "close.no-more-gets"
                yield Broken(f"{call.text} {did} after close(), instead of ValueError", rule, "closed")
        elif call.raised and not _may_raise(evidence, call):
            yield Broken(f"{call.text} raised {call.value}", _rule(_RAISING, call), f"{call.call} raised {call.value}")
        elif (
            call.returned and call.bad and not evidence.buffered and evidence.dropped(call) and not evidence.shut(call)
        ):
            rule = "item.unpicklable-simple" if evidence.kind == "SimpleQueue" else "item.unpicklable-manager"
            yield Broken(f"{call.text} returned, although its item cannot be pickled", rule, "bad item accepted")


def _rule(rules: dict[str, str], call: Call) -> str:
    """The rule about its operation, or about its method."""
    return rules.get(call.step.operation.call) or rules[call.call]


_RAISING = {
    "put": "deliver.no-loss",
    "put_nowait": "put.nowait-equivalent",
    "get": "deliver.no-loss",
    "get_nowait": "get.nowait-equivalent",
    "qsize": "look.qsize-not-implemented",
    "empty": "look.fresh-queue-is-empty",
    "full": "look.full-anywhere",
    "task_done": "td.one-per-item",
    "join": "join.blocks-until-all-done",
    "close": "close.idempotent",
    "join_thread": "jt.after-close-waits",
    "cancel_join_thread": "cancel.before-first-put",
}


def _may_raise(evidence: Evidence, call: Call) -> bool:
    operation = call.step.operation
    if evidence.shut(call):  # of a closed queue, nothing but ValueError for put() and get() is promised
        return True
    if call.call == "put":
        may_be_full = evidence.maxsize and (operation.call == "put_nowait" or operation.timeout is not None)
        return call.bad or bool(may_be_full and call.value == "Full")
    if call.call == "get":
        return call.value == "Empty" and (operation.call == "get_nowait" or operation.timeout is not None)
    if call.call == "qsize":  # it need not be implemented everywhere (Queue.qsize)
        return evidence.buffered and call.value == "NotImplementedError"
    if call.call == "task_done":
        return call.value == "ValueError"
    # join_thread() is only to be used after close(); what else happens is not documented. Of a process that has closed
    # its queue already, only put() and get() are promised.
    return call.call == "join_thread" or bool(call.call in ("close", "empty") and evidence.closed_before(call))


def _order(evidence: Evidence) -> Iterator[Broken]:
    """First in, first out, as far as calls that do not overlap show it.

    Of a buffered queue, for the items of one process (Pipes and Queues, note 2), and for items that were in the pipe
    before others were put; of the other kinds, for all.
    """
    entries = [
        put for put in evidence.puts.values() if put.adds and not evidence.dropped(put) and not evidence.shut(put)
    ]
    if evidence.buffered:
        lanes: dict[str, list[Call]] = {}
        for put in entries:
            lanes.setdefault(put.process, []).append(put)
        for puts in lanes.values():
            for earlier, later in _overtaken(evidence, puts, [put.end for put in puts]):
                if earlier.actor == later.actor:
                    rule = "order.per-producer" if len(lanes) > 1 else "order.fifo-single-producer"
                else:
                    rule = "order.threads-of-one-process"
                yield _overtaking(evidence, earlier, later, "the same process", rule, "order in a process")
    for earlier, later in _overtaken(evidence, entries, [evidence.settled(put) for put in entries]):
        if evidence.buffered:
            how = f"{earlier.process}, which had flushed it"
            yield _overtaking(evidence, earlier, later, how, "deliver.after-producer-exit", "order of flushed items")
        else:
            rule = "order.fifo-single-producer" if evidence.kind == "SimpleQueue" else "manager.global-order"
            yield _overtaking(evidence, earlier, later, earlier.actor, rule, "order")


def _overtaking(evidence: Evidence, earlier: Call, later: Call, who: str, rule: str, cause: str) -> Broken:
    then = "and got after it" if earlier.item in evidence.gets else "and was still in the queue when that was got"
    sentence = f"{_quoted(earlier.item)} was put before {_quoted(later.item)} by {who}, {then}"
    if earlier.item not in evidence.gets:
        cause += ", not got"
    return Broken(sentence, rule, cause)


def _overtaken(evidence: Evidence, puts: list[Call], settled: list[int]) -> Iterator[tuple[Call, Call]]:
    """The first two items of which one was in line before the other was put, and nobody's before the other was got."""
    earlier = sorted(zip(settled, range(len(puts))))
    at = 0
    last: tuple[int, Call] | None = None
    for later in sorted(puts, key=lambda put: put.begin):
        while at < len(earlier) and earlier[at][0] < later.begin:
            put = puts[earlier[at][1]]
            taken = evidence.taken(put.item)
            if (taken < NEVER or not evidence.swallowed) and (last is None or taken > last[0]):
                last = (taken, put)
            at += 1
        gets = evidence.gets.get(later.item)
        if gets and last is not None and gets[0].judged and gets[0].end < last[0]:
            yield last[1], later
            return


def _times(evidence: Evidence) -> Iterator[Broken]:
    """A call with a timeout raises Empty or Full only once its time is over."""
    for call in evidence.calls:
        timeout = call.step.operation.timeout
        if call.judged and timeout is not None and call.raised and call.value in ("Empty", "Full"):
            waited = (call.end - call.begin) / NANOSECONDS
            if waited < timeout * EARLY and not evidence.shut(call):
                rule = "get.timeout-raises-empty" if call.call == "get" else "put.timeout-raises-full"
                sentence = f"{call.text} raised {call.value} after {waited:.3f} s"
                yield Broken(sentence, rule, f"early {call.value}")


class _Counts:
    """How many items there were at each moment."""

    def __init__(self, evidence: Evidence) -> None:
        most: list[tuple[int, int]] = []
        least: list[tuple[int, int]] = []
        visible: list[tuple[int, int]] = []
        for put in evidence.puts.values():
            if not put.adds:
                continue
            gets = evidence.gets.get(put.item, ())
            most.append((put.begin, 1))
            gone = min((get.end for get in gets), default=NEVER)
            if evidence.dropped(put):
                gone = evidence.flushed.get(put.process, NEVER)
            if gone < NEVER:
                most.append((gone + 1, -1))
            taken = evidence.taken(put.item)
            if put.returned and not evidence.dropped(put) and (gets or not evidence.swallowed):
                for found, since in ((least, put.end), (visible, evidence.settled(put))):
                    if since + 1 < taken:
                        found.append((since + 1, 1))
                        if taken < NEVER:
                            found.append((taken, -1))
        self.most = Levels(most)
        """The most places that may have been taken."""
        self.least = Levels(least)
        """The fewest places that may have been taken."""
        self.visible = Levels(visible)
        """The fewest items that everybody could get."""


def _levels(evidence: Evidence) -> Iterator[Broken]:
    """The queue is as full and as empty as its calls say, at one moment of each."""
    counts = _Counts(evidence)
    maxsize = evidence.maxsize
    if maxsize and evidence.spoiled == NEVER:
        held = counts.least.highest
        if held > maxsize:
            yield Broken(f"the queue held {held} items, and its maxsize is {maxsize}", "cap.exact", "maxsize")
    for call in evidence.calls:
        if not call.judged or evidence.shut(call):
            continue
        span = (call.begin, call.end)
        if call.raised and call.value == "Empty" and not (evidence.buffered and call.crowded):
            there = counts.least if call.patient else counts.visible
            if there.least(*span) > 0:
                yield Broken(
                    f"{call.text} raised Empty, although an item was there all the time", nearest(call), "Empty"
                )
        elif call.raised and call.value == "Full" and counts.most.most(*span) < maxsize:
            yield Broken(f"{call.text} raised Full, although there was room all the time", nearest(call), "Full")
        elif call.returned:
            yield from _looks(evidence, counts, call)


def nearest(call: Call) -> str:
    """The rule about a call that ended as it did without a reason."""
    return _NEAREST.get((call.step.operation.call, call.value), _NEAREST[call.step.operation.call, None])


_NEAREST: dict[tuple[str, Value], str] = {
    ("put", None): "cap.exact",
    ("put", "Full"): "put.any-timeout-uses-room",
    ("put_nowait", None): "cap.exact",
    ("put_nowait", "Full"): "put.nowait-equivalent",
    ("get", None): "order.per-producer",
    ("get", "Empty"): "get.any-timeout-takes-what-is-there",
    ("get_nowait", None): "order.per-producer",
    ("get_nowait", "Empty"): "get.nowait-takes-what-is-there",
    ("qsize", None): "look.qsize-approximate",
    ("empty", True): "look.empty-false-when-item",
    ("empty", None): "look.empty-true-when-drained",
    ("full", None): "look.full-true-at-capacity",
    ("full", True): "look.full-false-below-capacity",
    ("task_done", None): "td.too-many",
    ("task_done", "ValueError"): "td.one-per-item",
    ("join", None): "join.blocks-until-all-done",
    ("join_thread", None): "jt.after-close-waits",
    ("flush", None): "exit.child-flushes",
}
"""By the call and what it returned or raised; None for anything else."""


def _looks(evidence: Evidence, counts: _Counts, call: Call) -> Iterator[Broken]:
    span, value, maxsize = (call.begin, call.end), call.value, evidence.maxsize
    if call.call == "qsize" and isinstance(value, int):
        low, high = counts.visible.least(*span), counts.most.most(*span)
        if not low <= value <= high:
            there = f"there were at least {low}" if value < low else f"there were at most {high}"
            yield Broken(f"{call.text} returned {value}, and {there} items", nearest(call), "qsize")
    elif call.call == "empty" and value is True and counts.visible.least(*span) > 0:
        sentence = f"{call.text} returned True, although an item was there all the time"
        yield Broken(sentence, nearest(call), "empty True")
    elif call.call == "empty" and value is False and counts.most.most(*span) <= 0:
        yield Broken(f"{call.text} returned False, although the queue was empty", nearest(call), "empty False")
    elif call.call == "full" and value is True and (not maxsize or counts.most.most(*span) < maxsize):
        rule = nearest(call) if maxsize else "look.full-unbounded-false"
        yield Broken(f"{call.text} returned True, although there was room", rule, "full True")
    elif call.call == "full" and value is False and maxsize and counts.visible.least(*span) >= maxsize:
        sentence = f"{call.text} returned False, although {maxsize} items were there all the time"
        yield Broken(sentence, nearest(call), "full False")


def _tasks(evidence: Evidence) -> Iterator[Broken]:
    """join() and task_done() know how many of the items that were put are not done."""
    if not evidence.joinable:
        return
    done = [call for call in evidence.calls if call.call == "task_done" and not call.raised]
    least = [(put.end + 1, 1) for put in evidence.puts.values() if put.returned and not evidence.dropped(put)]
    tasks = Levels([*least, *((call.begin, -1) for call in done)])
    puts = sorted(put.begin for put in evidence.puts.values() if put.adds)
    ended = sorted((call for call in done if call.judged), key=lambda call: call.end)
    for number, call in enumerate(ended, 1):
        if bisect.bisect_right(puts, call.end) < number:
            sentence = f"{call.text} returned, although there had been more such calls than items put"
            yield Broken(sentence, nearest(call), "task_done accepted")
            break
    for call in evidence.calls:
        if not call.judged or evidence.shut(call):
            continue
        unfinished = call.call in ("join", "task_done") and tasks.least(call.begin, call.end)
        if not unfinished or unfinished < 0:
            continue
        if call.call == "join" and call.returned:
            sentence = f"{call.text} returned, although at least {unfinished} of the items were not done"
            yield Broken(sentence, nearest(call), "join returned")
        elif call.call == "task_done" and call.raised:
            sentence = f"{call.text} raised ValueError, although at least {unfinished} of the items were not done"
            yield Broken(sentence, nearest(call), "task_done refused")


def _waiting(evidence: Evidence) -> Iterator[Broken]:
    """What still waits when all is quiet has something to wait for."""
    if evidence.spoiled < NEVER:
        return
    put = [call for call in evidence.puts.values() if call.returned and not evidence.dropped(call)]
    there = [call for call in put if call.item not in evidence.gets] if not evidence.swallowed else []
    waiting = [call for call in evidence.alive if not evidence.shut(call)]
    for call in waiting:
        if call.call == "get" and call.waits and there:
            sentence = f"{call.text} never returned, although {_quoted(there[0].item)} was in the queue"
            yield Broken(sentence, "get.blocks-when-empty", "get blocked")
        elif not call.waits:
            yield Broken(f"{call.text} never ended", _rule(_UNENDING, call), f"{call.step.operation.call} blocked")
    held = [call for call in evidence.puts.values() if call.adds and call.item not in evidence.gets]
    held = [call for call in held if not evidence.dropped(call) and call not in waiting]
    size = sum(call.bytes for call in evidence.puts.values() if call.adds and call.item not in evidence.gets)
    for call in waiting:
        if call.call == "put" and call.waits and _has_room(evidence, held, size):
            sentence = f"{call.text} never returned, although there was room for it"
            yield Broken(
                sentence, "cap.blocked-put-wakes-across" if evidence.maxsize else "put.room-never-blocks", "put blocked"
            )
        elif call.call == "join":
            done = sum(one.call == "task_done" and one.returned for one in evidence.calls)
            if sum(one.adds and one not in waiting for one in evidence.puts.values()) <= done:
                yield Broken(
                    f"{call.text} never returned, although all items were done", "join.done-meanwhile", "join blocked"
                )
        elif call.call == "join_thread" and size <= PIPE_ROOM and evidence.closed_before(call):
            sentence = f"{call.text} never returned, although all items fit into the pipe"
            yield Broken(sentence, "jt.unused-returns", "join_thread blocked")
        elif call.call == "join_thread" and evidence.cancelled(call.process, call.begin):
            sentence = f"{call.text} never returned, although cancel_join_thread() had been called"
            yield Broken(sentence, "cancel.join-thread-noop", "join_thread blocked")
    for process in evidence.hung():
        if evidence.cancelled(process):
            sentence = f"{process} never ended, although it had called cancel_join_thread()"
            yield Broken(sentence, "cancel.exit-without-flush", "end blocked")
        elif size <= PIPE_ROOM:
            sentence = f"{process} never ended, although all of its items fit into the pipe"
            yield Broken(sentence, "exit.small-join-before-get-ok", "end blocked")


_UNENDING = {
    "put": "put.timeout-raises-full",
    "put_nowait": "put.nowait-equivalent",
    "get": "get.timeout-prevents-freeze",
    "get_nowait": "get.nowait-equivalent",
    "qsize": "look.never-blocks",
    "empty": "look.never-blocks",
    "full": "look.never-blocks",
    "task_done": "td.at-once",
    "close": "close.does-not-wait",
    "cancel_join_thread": "cancel.join-thread-noop",
}


def _has_room(evidence: Evidence, held: list[Call], size: int) -> bool:
    if evidence.kind == "SimpleQueue":
        return size <= PIPE_ROOM
    return not evidence.maxsize or len(held) < evidence.maxsize


_FROM_OUTSIDE = (-15, -9, -2, -1)
"""The exit codes after SIGTERM, SIGKILL, SIGINT and SIGHUP."""


def _exits(evidence: Evidence) -> Iterator[Broken]:
    """A process that does nothing to end otherwise ends with exit code 0; one with an exception, with 1.

    Signals from outside are nobody's fault, such as those of a system without memory.
    """
    for process, ending in evidence.endings.items():
        end = evidence.ends.get(process)
        wanted = 1 if end is not None and end.operation.call == "raise" else 0
        if ending.exit_code in (None, wanted, *_FROM_OUTSIDE):
            continue
        if not evidence.undisturbed and (evidence.violent(process) or evidence.spoiled < NEVER):
            continue
        sentence = f"{process} ended with exit code {ending.exit_code} instead of {wanted}"
        yield Broken(sentence, "exit.child-flushes", "exit code")
