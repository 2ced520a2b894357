"""A queue that exists only here: its calls, its feeder threads and the ends of its processes, interleaved at random.

`play(scenario, rng)` returns the history of one run. A call is a generator that yields what it waits for - a function
that says whether it may go on - and a deadline; between two yields nothing else happens. Faults are subclasses.
"""

from __future__ import annotations

import collections
import random
from queue import Empty, Full

from queuespec.explore.history import Ending, History, Step
from queuespec.explore.scenario import ENDS, START, Operation, Part, Scenario

FOREVER = float("inf")
SECOND = 1_000_000_000


def always():
    """What a call yields that lets others run."""
    return True


class Buffered:
    """Queue and JoinableQueue, as they should be."""

    def __init__(self, scenario, rng):
        self.rng = rng
        self.maxsize = scenario.maxsize
        self.places = 0
        self.tasks = 0
        self.sizes = {one.item: one for part in scenario.parts for one in part.operations if one.item}
        self.buffers = collections.defaultdict(list)
        self.pipe = []
        self.reader = None  # the actor that holds the lock
        self.writing = None  # the process whose feeder thread holds the lock
        self.closed, self.cancelled = set(), set()
        self.counts_under_way = rng.random() < 0.5
        self.forbidden = False  # whether a fault has had its effect
        self.exit_code = 0

    def room(self):
        return not self.maxsize or self.places < self.maxsize

    def pending(self, process):
        return bool(self.buffers[process]) or self.writing == process

    def put(self, actor, process, operation, deadline):
        if process in self.closed:
            raise ValueError
        if not (yield self.room, deadline):
            raise Full
        self.places += 1
        yield always, FOREVER
        self.buffers[process].append(operation)
        self.tasks += 1
        yield always, FOREVER

    def get(self, actor, process, operation, deadline):
        if process in self.closed:
            raise ValueError
        if not (yield (lambda: self.reader is None), deadline):
            raise Empty
        self.reader = actor
        if not (yield (lambda: bool(self.pipe)), deadline):
            self.reader = None
            raise Empty
        item = self.take()
        yield always, FOREVER
        self.places -= 1
        yield always, FOREVER
        self.reader = None
        yield always, FOREVER
        return item.item

    def take(self):
        return self.pipe.pop(0)

    def qsize(self, *_call):
        yield always, FOREVER
        return self.places if self.counts_under_way else len(self.pipe)

    def empty(self, *_call):
        yield always, FOREVER
        return not self.pipe

    def full(self, *_call):
        yield always, FOREVER
        return not self.room()

    def task_done(self, *_call):
        yield always, FOREVER
        if not self.tasks:
            raise ValueError
        self.tasks -= 1

    def join(self, *_call):
        yield (lambda: not self.tasks), FOREVER

    def close(self, actor, process, *_call):
        yield always, FOREVER
        self.closed.add(process)

    def join_thread(self, actor, process, *_call):
        if process not in self.closed:
            raise AssertionError
        yield (lambda: process in self.cancelled or not self.pending(process)), FOREVER

    def cancel_join_thread(self, actor, process, *_call):
        yield always, FOREVER
        self.cancelled.add(process)

    def feed(self, process):
        """The feeder thread of a process."""
        while True:
            yield (lambda: bool(self.buffers[process]) and self.writing is None), FOREVER
            operation = self.buffers[process][0]
            if operation.bad:
                self.buffers[process].pop(0)
                self.places -= 1
                continue
            self.writing = process
            if operation.size:
                yield (lambda: not any(one.size for one in self.pipe)), FOREVER
            else:
                yield always, FOREVER
            if self.buffers[process]:
                self.send(process, self.buffers[process].pop(0))
            yield always, FOREVER
            self.writing = None

    def send(self, process, operation):
        self.pipe.append(operation)

    def may_end(self, process):
        """Whether a process may end."""
        return process in self.cancelled or not self.pending(process)

    def ended(self, process):
        """A process has ended."""
        self.buffers[process].clear()


class Direct(Buffered):
    """SimpleQueue and the queues of managers."""

    def put(self, actor, process, operation, deadline):
        if process in self.closed:
            raise OSError
        yield always, FOREVER
        if operation.bad:
            raise TypeError
        if not (yield self.room, deadline):
            raise Full
        self.places += 1
        self.tasks += 1
        self.send(process, operation)
        yield always, FOREVER

    def get(self, actor, process, operation, deadline):
        if process in self.closed:
            raise OSError
        yield always, FOREVER
        if not (yield (lambda: bool(self.pipe)), deadline):
            raise Empty
        item = self.take()
        self.places -= 1
        yield always, FOREVER
        return item.item

    def empty(self, actor, process, *_call):
        yield always, FOREVER
        if process in self.closed:
            raise OSError
        return not self.pipe


def queue_class(scenario):
    return Buffered if scenario.kind in ("Queue", "JoinableQueue") else Direct


class Run:
    """One run of a scenario."""

    def __init__(self, scenario, rng, make=None):
        self.scenario, self.rng = scenario, rng
        self.queue = (make or queue_class(scenario))(scenario, rng)
        self.now = rng.randrange(1000)
        self.steps, self.endings = [], []
        self.running = {}  # name -> [generator, what it waits for, until when]; None before the first time
        self.processes = collections.defaultdict(set)
        for part in scenario.parts:
            self.processes[part.process].add(part.actor)
        self.ending_of = {}
        self.children_are_there = not scenario.starts_late

    def history(self):
        for part in self.scenario.parts:
            self.start(part.actor, self.actor(part))
        if isinstance(self.queue, Buffered) and not isinstance(self.queue, Direct):
            for process in self.processes:
                self.start(f"feeder of {process}", self.queue.feed(process))
        children = [process for process in self.processes if process != "parent"]
        self.start("drain", self.drain(children))
        while self.step():
            pass
        return History(self.scenario, tuple(sorted(self.steps, key=lambda step: step.begin)), tuple(self.endings))

    def start(self, name, generator):
        self.running[name] = (generator, None, FOREVER)

    def step(self):
        """Lets one of those run who can; if there is none, time goes on to the next deadline."""
        self.now += self.rng.choice((0, 1, 50, 3000))
        ready = [
            name
            for name, (_generator, wants, deadline) in self.running.items()
            if wants is None or deadline <= self.now or wants()
        ]
        if not ready:
            times = [one[2] for one in self.running.values() if one[2] < FOREVER]
            if not times:
                return False
            self.now = max(self.now, min(times)) + 1
            return True
        name = self.rng.choice(ready)
        generator, wants, _deadline = self.running[name]
        try:
            self.running[name] = (generator, *generator.send(wants and wants()))
        except StopIteration:
            self.running.pop(name, None)
        return True

    def actor(self, part):
        if part.process != "parent":
            yield (lambda: self.children_are_there), FOREVER
        for operation in part.operations:
            if operation.call == START:
                self.children_are_there = True
                continue
            if operation.call in ENDS:
                self.add(part.actor, operation, self.now)
                if operation.call in ("exit", "kill"):
                    self.kill(part.process, 7 if operation.call == "exit" else -9)
                    return
                self.ending_of[part.process] = 1 if operation.call == "raise" else 0
                break
            yield from self.call(part.actor, part.process, operation)
        self.processes[part.process].discard(part.actor)
        if not self.processes[part.process]:
            process = part.process
            yield (lambda: self.queue.may_end(process)), FOREVER
            if process != "parent":
                begin = self.now
                self.end(process)
                self.now += 1
                self.endings.append(Ending(process, begin, self.now, self.ending_of.get(process, self.queue.exit_code)))
                self.now += 1

    def end(self, process):
        """A process has ended, and its feeder thread with it; another may be cut off while it writes."""
        self.running.pop(f"feeder of {process}", None)
        self.queue.ended(process)

    def kill(self, process, code):
        begin = self.now
        for name in [name for name in self.running if name.startswith(process) and self.process(name) == process]:
            self.running.pop(name)
        self.end(process)
        self.now += 1
        self.endings.append(Ending(process, begin, self.now, code))

    def process(self, name):
        return name.partition(" thread")[0]

    def call(self, actor, process, operation):
        begin = self.now
        at = len(self.steps)
        self.add(actor, operation, begin)
        call = operation.call
        deadline = FOREVER
        if call.endswith("_nowait"):
            call, deadline = call[:-7], -1
        elif operation.timeout is not None:
            deadline = begin + int(operation.timeout * SECOND)
        yield always, FOREVER
        try:
            value = yield from getattr(self.queue, call)(actor, process, operation, deadline)
            outcome = "returned"
        except (Empty, Full, ValueError, OSError, AssertionError, TypeError) as error:
            outcome, value = "raised", type(error).__name__
        self.now += 1
        self.steps[at] = Step(actor, operation, begin, self.now, outcome, value)

    def add(self, actor, operation, begin):
        self.steps.append(Step(actor, operation, begin))

    def drain(self, children):
        """What the parent does once all children have ended."""
        ended = lambda: {one.process for one in self.endings} >= set(children) and not self.processes.get("parent")  # noqa: E731
        yield ended, FOREVER
        if "parent" in self.queue.closed:
            return
        timeout = None if self.scenario.kind == "SimpleQueue" else 1.0
        while True:
            at = len(self.steps)
            if timeout is None and not self.queue.pipe:
                return
            yield from self.call("parent", "parent", Operation("get", timeout=timeout))
            if self.steps[at].outcome != "returned":
                return


def play(scenario, rng, make=None):
    """The history of a run, and whether a fault of the queue showed in it."""
    run = Run(scenario, rng, make)
    history = run.history()
    return history, run.queue.forbidden


def long_history(kind, calls, maxsize=0, fault=None):
    """A history of this many puts and gets of two producers and two consumers, at all of which the queue was right;
    `fault` may change the items in line after the first half of them."""
    chance = random.Random(calls)
    now, line, steps, counts = 0, collections.deque(), [], collections.Counter()
    for number in range(calls):
        if number == calls // 2 and fault is not None:
            fault(line)
        now += 1000
        end = now + chance.randrange(1, 900)
        if not line or (len(line) < maxsize if maxsize else chance.random() < 0.5):
            actor = chance.choice(("child 1", "child 2"))
            counts[actor] += 1
            line.append(f"{actor[-1]}-{counts[actor]}")
            steps.append(Step(actor, Operation("put", line[-1]), now, end, "returned"))
        else:
            actor = chance.choice(("child 3", "child 4"))
            steps.append(Step(actor, Operation("get"), now, end, "returned", line.popleft()))
    parts = tuple(Part(f"child {number}", ()) for number in range(1, 5))
    endings = tuple(Ending(part.actor, now + 1000, now + 2000, 0) for part in parts)
    return History(Scenario(kind, "spawn", parts, maxsize), tuple(steps), endings)
