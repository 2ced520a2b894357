"""A queue that is wrong is accused whenever its fault has shown, with the rule that it breaks."""

import random
from queue import Empty, Full

import pytest
from simulated import FOREVER, Buffered, Direct, always, play

from queuespec.explore.monitor import broken
from queuespec.explore.scenario import Operation, Part, Scenario

FAULTS = []


def fault(*parts, kinds=("Queue", "JoinableQueue"), maxsize=0, rules=()):
    """Declares a wrong queue, and a scenario in which its fault shows."""

    def declared(make):
        for kind in kinds:
            scenario = Scenario(
                kind, "spawn", tuple(Part(actor, operations(*calls)) for actor, *calls in parts), maxsize
            )
            FAULTS.append(pytest.param(make, scenario, rules, id=f"{make.__name__}-{kind}"))
        return make

    return declared


def operations(*calls):
    """Operations of texts: ``put a``, ``get 0.05``."""
    made = []
    for call in calls:
        name, *rest = call.split()
        if name.startswith("put"):
            timeout = float(rest[1]) if len(rest) > 1 else None
            item = rest[0].strip("!*")
            made.append(Operation(name, item, timeout, 200_000 if "*" in rest[0] else 0, "!" in rest[0]))
        else:
            made.append(Operation(name, timeout=float(rest[0]) if rest else None))
    return tuple(made)


DIRECT = ("SimpleQueue", "Manager.Queue", "Manager.JoinableQueue")
MANAGED = DIRECT[1:]
TASKS = ("JoinableQueue",)
THREE = ("child 1", "put a", "put b", "put c")


class Changed(Buffered):
    """A base of faults that change what is sent."""

    sent = 0

    def send(self, process, operation):
        self.sent += 1
        self.forbidden |= self.sent == 2
        self.change(operation) if self.sent == 2 else self.pipe.append(operation)


class ChangedDirect(Direct):
    sent = 0
    send = Changed.send


@fault(THREE, rules=("order", "deliver", "get"))
@fault(("parent", "put a", "put b"), ("child 1", "empty"), rules=("get", "order"))
class Loses(Changed):
    def change(self, operation):
        pass


@fault(THREE, kinds=DIRECT)
class LosesDirectly(ChangedDirect):
    change = Loses.change


@fault(THREE, rules=("deliver.no-loss",))
class Duplicates(Changed):
    def change(self, operation):
        self.pipe += [operation, operation]


@fault(THREE, kinds=DIRECT, rules=("deliver.no-loss",))
class DuplicatesDirectly(ChangedDirect):
    change = Duplicates.change


@fault(THREE, rules=("order.fifo-in-process", "deliver"))
class Invents(Changed):
    def change(self, operation):
        self.pipe += [Operation("put", "ghost"), operation]


@fault(THREE, rules=("payload.every-size",))
class Damages(Changed):
    def change(self, operation):
        self.pipe.append(Operation("put", "damaged: b"))


@fault(THREE, rules=("order.fifo-single-producer",))
@fault(("parent", "put a", "put b"), ("child 1", "put c"), rules=("order", "deliver.after-producer-exit"))
class Lifo(Buffered):
    def send(self, process, operation):
        self.forbidden |= any(
            one.item[0] in "ab" and operation.item in "bc"[: one.item != "c"] for one in self.pipe[:1]
        )
        self.pipe.insert(0, operation)


@fault(THREE, kinds=DIRECT)
class LifoDirectly(Direct):
    def take(self):
        self.forbidden |= len(self.pipe) > 1
        return self.pipe.pop()


@fault(
    ("child 1", "put_nowait a", "put_nowait b"),
    kinds=(*MANAGED, "Queue", "JoinableQueue"),
    maxsize=1,
    rules=("cap.exact",),
)
class Unlimited(Buffered):
    def __new__(cls, scenario, rng):
        return super().__new__(_UnlimitedDirectly if scenario.kind in DIRECT else cls)

    def room(self):
        self.forbidden |= self.places >= self.maxsize
        return True


class _UnlimitedDirectly(Unlimited, Direct):
    pass


@fault(("child 1", "put_nowait a", "put_nowait b", "put_nowait c"), maxsize=2, rules=("put.nowait-equivalent",))
@fault(("child 1", "put_nowait a", "put_nowait b", "put_nowait c"), maxsize=2, kinds=MANAGED)
class TooSmall(Buffered):
    def __new__(cls, scenario, rng):
        return super().__new__(_TooSmallDirectly if scenario.kind in DIRECT else cls)

    def room(self):
        self.forbidden |= self.places == 1
        return self.places < 1


class _TooSmallDirectly(TooSmall, Direct):
    pass


@fault(("child 1", "put a"), ("child 2", "put b"), rules=("get",))
class FindsNothing(Buffered):
    def get(self, *call):
        yield always, FOREVER
        self.forbidden = True
        raise Empty


@fault(("child 1", "put_nowait a"), rules=("put.nowait-equivalent",))
class FindsNoRoom(Buffered):
    def put(self, *call):
        yield always, FOREVER
        self.forbidden = True
        raise Full


@fault(("child 1", "get 0.05"), kinds=("Queue", "Manager.Queue"), rules=("get.timeout-raises-empty",))
class Impatient(Buffered):
    def get(self, *call):
        yield always, FOREVER
        self.forbidden = True
        raise Empty


@fault(("child 1", "put a", "put b 0.05"), kinds=("Queue",), maxsize=1, rules=("put.timeout-raises-full",))
class ImpatientPut(Buffered):
    def put(self, actor, process, operation, deadline):
        self.forbidden |= not self.room()
        yield from super().put(actor, process, operation, 0)


@fault(
    ("child 1", "get"),
    ("parent", "put a"),
    kinds=("Queue", "SimpleQueue", "Manager.Queue"),
    rules=("get.blocks-when-empty",),
)
class SleepsThroughPut(Buffered):
    def __new__(cls, scenario, rng):
        return super().__new__(_SleepsDirectly if scenario.kind in DIRECT else cls)

    def get(self, actor, process, operation, deadline):
        if not self.pipe and deadline == FOREVER:
            self.forbidden = True
            yield (lambda: False), FOREVER
        return (yield from super().get(actor, process, operation, deadline))


class _SleepsDirectly(SleepsThroughPut, Direct):
    pass


@fault(("child 1", "put a", "put b"), ("parent", "get", "get"), maxsize=1, rules=("cap.blocked-put-wakes-across",))
class SleepsThroughGet(Buffered):
    def put(self, actor, process, operation, deadline):
        if not self.room():
            self.forbidden = True
            yield (lambda: False), FOREVER
        yield from super().put(actor, process, operation, deadline)


@fault(("parent", "put a", "task_done"), ("child 1", "join"), kinds=TASKS, rules=("join.done-meanwhile",))
class SleepsThroughTaskDone(Buffered):
    def join(self, *call):
        if self.tasks:
            self.forbidden = True
            yield (lambda: False), FOREVER
        yield always, FOREVER


@fault(("parent", "put a", "join"), ("child 1", "put b", "task_done"), kinds=TASKS, rules=("join",))
class JoinsEarly(Buffered):
    def join(self, *call):
        yield always, FOREVER
        self.forbidden = True


@fault(("parent", "put a", "put b", "task_done", "task_done"), kinds=TASKS, rules=("td.one-per-item",))
class CountsTooFew(Buffered):
    def put(self, actor, process, operation, deadline):
        yield from super().put(actor, process, operation, deadline)
        if operation.item == "b":
            self.tasks -= 1
            self.forbidden = True


@fault(("child 1", "put a", "task_done", "join"), kinds=(*TASKS, *MANAGED), rules=("join.done-meanwhile",))
class CountsTooMany(Buffered):
    def __new__(cls, scenario, rng):
        return super().__new__(_CountsDirectly if scenario.kind in DIRECT else cls)

    def put(self, actor, process, operation, deadline):
        yield from super().put(actor, process, operation, deadline)
        self.tasks += 1
        self.forbidden = True


class _CountsDirectly(CountsTooMany, Direct):
    pass


@fault(("child 1", "put a", "task_done", "task_done"), kinds=TASKS, rules=("td.too-many",))
class NeverTooMany(Buffered):
    def task_done(self, *call):
        yield always, FOREVER
        self.forbidden |= not self.tasks
        self.tasks = max(0, self.tasks - 1)


@fault(("parent", "put a", "put b", "task_done", "task_done"), ("child 1", "join"), kinds=TASKS, rules=("join", "td"))
class CountsWhenSent(Buffered):
    def put(self, actor, process, operation, deadline):
        yield from super().put(actor, process, operation, deadline)
        if not self.pipe:
            self.tasks = 0
            self.forbidden = operation.item == "b"


@fault(("child 1", "close", "put a"), kinds=("Queue",), rules=("close.no-more-puts",))
@fault(("child 1", "close", "get 0.05"), kinds=("Queue",), rules=("close.no-more-gets",))
class StaysOpen(Buffered):
    def close(self, *call):
        yield always, FOREVER
        self.forbidden = True


@fault(THREE, rules=("get", "deliver"))
class EndsUnflushed(Buffered):
    def may_end(self, process):
        return True

    def ended(self, process):
        self.forbidden |= bool(self.buffers[process])
        super().ended(process)


@fault(("child 1", "put a", "close", "join_thread", "exit"), rules=("get",))
class JoinsNoThread(Buffered):
    def join_thread(self, actor, process, *call):
        yield always, FOREVER
        self.forbidden |= bool(self.buffers[process])


@fault(("parent", "qsize"), ("child 1", "empty"), kinds=("Queue", "Manager.Queue"), rules=("look.qsize-approximate",))
class CountsOneMore(Buffered):
    def qsize(self, *call):
        yield always, FOREVER
        self.forbidden = True
        return self.places + 1


@fault(("child 1", "empty"), kinds=("Queue", "SimpleQueue"), rules=("look.empty-true-when-drained",))
class NeverEmpty(Buffered):
    def empty(self, *call):
        yield always, FOREVER
        self.forbidden = True
        return False


@fault(("child 1", "put a", "empty"), kinds=DIRECT, rules=("look.empty-false-when-item",))
class AlwaysEmpty(Direct):
    def empty(self, *call):
        yield always, FOREVER
        self.forbidden = bool(self.pipe)
        return True


@fault(("child 1", "put a", "full"), maxsize=2, kinds=("Queue", "Manager.Queue"), rules=("look.full-false",))
@fault(("child 1", "put a", "full"), kinds=("Queue", "Manager.Queue"), rules=("look.full-unbounded-false",))
class AlwaysFull(Buffered):
    def full(self, *call):
        yield always, FOREVER
        self.forbidden = True
        return True


@fault(("child 1", "put a", "full"), kinds=("Manager.Queue",), maxsize=1, rules=("look.full-true-at-capacity",))
class NeverFull(Direct):
    def full(self, *call):
        yield always, FOREVER
        self.forbidden = True
        return False


@fault(("child 1", "put a", "put_nowait b"), maxsize=1, rules=("put.failed-put-adds-nothing",))
class AddsAllTheSame(Buffered):
    def put(self, actor, process, operation, deadline):
        try:
            yield from super().put(actor, process, operation, deadline)
        except Full:
            self.forbidden = True
            self.buffers[process].append(operation)
            raise


@fault(("child 1", "put a", "get", "put_nowait b"), maxsize=1, rules=("put.nowait-equivalent",))
class FreesNothing(Buffered):
    def get(self, *call):
        item = yield from super().get(*call)
        self.places += 1
        self.forbidden = True
        return item


@fault(("child 1", "put a", "get_nowait", "put_nowait b"), kinds=("Queue",), maxsize=1, rules=("cap.exact",))
class FreesTooMuch(Buffered):
    def get(self, *call):
        try:
            return (yield from super().get(*call))
        except Empty:
            self.places -= 1
            self.forbidden |= self.places == 0
            raise


@fault(("parent", "put a"), ("child 1", "get"), kinds=("Queue", "SimpleQueue"), rules=("deliver.no-loss",))
class Peeks(Buffered):
    def __new__(cls, scenario, rng):
        return super().__new__(_PeeksDirectly if scenario.kind in DIRECT else cls)

    def take(self):
        self.forbidden = True
        self.taken = getattr(self, "taken", 0) + 1
        return self.pipe[0] if self.taken < 3 else self.pipe.pop(0)


class _PeeksDirectly(Peeks, Direct):
    pass


@fault(("child 1", "put a!", "put b"), kinds=("Queue",), rules=("exit",))
class EndsItsFeeder(Buffered):
    def feed(self, process):
        yield (lambda: any(one.bad for one in self.buffers[process])), FOREVER
        self.forbidden = True


@fault(
    ("child 1", "put a!", "put b"), maxsize=1, kinds=("Queue", "JoinableQueue"), rules=("cap.blocked-put-wakes-across",)
)
class KeepsThePlace(Buffered):
    def feed(self, process):
        yield (lambda: any(one.bad for one in self.buffers[process])), FOREVER
        self.buffers[process].pop(0)
        self.forbidden = True


@fault(("child 1", "put a!"), kinds=DIRECT, rules=("item.unpicklable",))
class TakesAnything(Direct):
    def put(self, *call):
        yield always, FOREVER
        self.forbidden = True


@fault(("child 1", "put a"), rules=("exit.child-flushes",))
class Fails(Buffered):
    def may_end(self, process):
        self.exit_code, self.forbidden = 1, True
        return super().may_end(process)


@fault(("child 1", "put a*", "put b*", "cancel_join_thread"), kinds=("Queue",), rules=("cancel.exit-without-flush",))
class JoinsAnyway(Buffered):
    def may_end(self, process):
        self.forbidden = self.pending(process)
        return not self.pending(process)


@fault(("child 1", "put a"), ("child 2", "get"), kinds=("Queue",), rules=("get.blocks-when-empty",))
class SharesNothing(Buffered):
    def get(self, actor, process, operation, deadline):
        if process == "child 2":
            self.forbidden = True
            yield (lambda: False), FOREVER
        return (yield from super().get(actor, process, operation, deadline))


@fault(("child 1", "get_nowait"), ("parent", "qsize"), kinds=("Queue",), rules=("look.never-blocks",))
class LooksForever(Buffered):
    def qsize(self, *call):
        self.forbidden = True
        yield (lambda: False), FOREVER


@fault(("child 1", "get 0.05"), kinds=("Queue", "Manager.Queue"), rules=("get.timeout-prevents-freeze",))
class GetsForever(Buffered):
    def get(self, *call):
        self.forbidden = True
        yield (lambda: False), FOREVER


@pytest.mark.parametrize(("make", "scenario", "rules"), FAULTS)
def test_a_wrong_queue_is_accused_whenever_its_fault_shows(make, scenario, rules):
    shown = 0
    for seed in range(40):
        history, forbidden = play(scenario, random.Random(seed), make)
        if forbidden:
            shown += 1
            found = broken(history)
            assert found is not None, history
            assert not rules or found.rule.startswith(rules), found
    assert shown > 3


def test_many_kinds_of_wrong_queues_are_known():
    assert len({one.values[0] for one in FAULTS}) >= 30
