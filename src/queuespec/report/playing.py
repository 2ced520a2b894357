"""What plays a counterexample in a program of its own. The text of this module, without these lines, is copied into it.

Standard library only, Python 3.9 and later. KIND, METHOD, MAXSIZE, PARTS, HOLDS, SHOWN, TIMES and `make` are the
program's.
"""

import contextlib
import multiprocessing.connection
import os
import queue as queues
import random
import signal
import sys
import threading
import time

QUIET = 0.5  # seconds after which a call that has not ended is taken to be blocked
KIND, METHOD, MAXSIZE, PARTS, HOLDS, SHOWN, TIMES = "Queue", "spawn", 0, {}, [], {}, 1


def make(context):
    return context.Queue(MAXSIZE)


# --- copied from here on


class Bad:
    """An item that cannot be pickled."""

    def __reduce__(self):
        raise RuntimeError("this item cannot be pickled")


def perform(queue, call, item="", timeout=None, size=0, bad=False):
    """Performs an operation; returns its outcome, in words."""
    put = None if item == "None" else item
    given = [Bad() if bad else (item, size * b"x") if size else put] if item else []
    named = {} if timeout is None else {"timeout": timeout}
    try:
        if call in ENDS:
            return ENDS[call]()
        value = getattr(queue, call)(*given, **named)
    except BaseException as error:
        for known in (queues.Empty, queues.Full):
            if isinstance(error, known):
                return f"raised {known.__name__}"
        return f"raised {type(error).__name__}"
    value = value[0] if isinstance(value, tuple) and value else value
    return f"returned {value!r}"


def kill():
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    time.sleep(60)


ENDS = {"return": lambda: "returned None", "raise": lambda: "returned None", "exit": lambda: os._exit(3), "kill": kill}


def owner(actor):
    """The main thread of an actor's process."""
    return actor.partition(" thread")[0]


class Tracer:
    """Holds a thread at its line until it may go on."""

    def __init__(self, holds):
        self.holds, self.visits, self.current = holds, {}, {}

    def trace(self, frame, event, argument):
        path = frame.f_code.co_filename.replace("\\", "/")
        return self.lines if any(path.endswith("/" + hold["file"]) for hold, _, _ in self.holds) else None

    def lines(self, frame, event, argument):
        thread = threading.current_thread()
        plain = "".join(one for one in thread.name if not one.isdigit()).strip("- ")
        name = "caller" if thread.ident in self.current else plain
        actor, operation = self.current.get(thread.ident) or self.current["latest"]
        for hold, held, go_on in self.holds if event == "line" else ():
            where = (actor, operation, frame.f_code.co_name, frame.f_lineno, name)
            if where == tuple(hold[key] for key in ("actor", "operation", "function", "line", "thread")):
                visit = self.visits[where] = self.visits.get(where, 0) + 1
                if visit == hold["visit"] and not held.is_set():
                    held.set()
                    go_on.wait()
                    if hold["then"] == "raise":
                        raise KeyboardInterrupt if name == "caller" else MemoryError
                    ENDS.get(hold["then"], bool)()
        return self.lines


def work(queue, actor, pipe, tracer):
    """An actor: performs the operations that arrive, one after another, and says how each ended."""
    for number, moment, operation in iter(pipe.recv, None):
        time.sleep(max(0.0, moment - time.monotonic()))
        pipe.send((number, time.monotonic(), None))
        if tracer.holds:
            tracer.current["latest"] = tracer.current[threading.get_ident()] = (actor, number)
            sys.settrace(tracer.trace)
        came = perform(queue, **operation)
        sys.settrace(None)
        tracer.current.pop(threading.get_ident(), None)
        pipe.send((number, time.monotonic(), came))


def process(queue, pipes, holds):
    """A process of the scenario: its main thread and further threads are actors."""
    tracer = Tracer(holds)
    if holds:
        threading.settrace(tracer.trace)
    main, *others = pipes
    for actor in others:
        threading.Thread(target=work, args=(queue, actor, pipes[actor], tracer), daemon=True).start()
    work(queue, main, pipes[main], tracer)
    if {"call": "raise"} in PARTS.get(main, ()):
        raise RuntimeError("the main program raises an exception")


class Play:
    """One run of the scenario. What an actor has performed is in `steps`: number, begin, end, and outcome."""

    def __init__(self):
        context = multiprocessing.get_context(METHOD)
        self.queue = queue = make(context)
        self.pipes, self.processes, self.steps, self.busy = {}, {}, {actor: {} for actor in PARTS}, set()
        self.events = [(hold, context.Event(), context.Event()) for hold in HOLDS]
        names = {*map(owner, PARTS)}
        for name in sorted(names, key=lambda name: (name == "parent", name)):  # threads start after processes
            ends = {}
            for actor in [name, *(actor for actor in PARTS if actor != name == owner(actor))]:
                self.pipes[actor], ends[actor] = context.Pipe()
            holds = [event for event in self.events if event[0]["actor"] in ends]
            if name == "parent":
                threading.Thread(target=process, args=(queue, ends, holds), daemon=True).start()
            else:
                self.processes[name] = context.Process(target=process, args=(queue, ends, holds), daemon=True)
                self.processes[name].start()

    def send(self, actor, moment=0.0):
        """Lets an actor perform its next operation; returns False if it cannot."""
        number, name = len(self.steps[actor]), owner(actor)
        gone = name in self.processes and not self.processes[name].is_alive()
        if gone or number >= len(PARTS[actor]) or (actor in self.busy and not moment):
            return False
        self.steps[actor][number] = [None, None, None]
        self.busy.add(actor)
        self.pipes[actor].send((number, moment, PARTS[actor][number]))
        return True

    def settle(self):
        """Waits until nobody is busy, or nothing has happened for a while."""
        while self.busy and self.listen():
            pass

    def listen(self):
        """Notes what actors say, and who has ended; returns False if nothing has happened for a while."""
        sentinels = {one.sentinel: name for name, one in self.processes.items() if name in self.pipes}
        actors = {pipe: actor for actor, pipe in self.pipes.items()}
        ready = multiprocessing.connection.wait([*actors, *sentinels], QUIET)
        for one in sorted(ready, key=lambda one: one in sentinels):  # what a process has said before it ended
            ended = sentinels.get(one)
            for actor in [actors[one]] if ended is None else [actor for actor in self.pipes if owner(actor) == ended]:
                self.note(actor)
                if ended is not None:
                    self.busy.discard(actor)
                    del self.pipes[actor]
        return bool(ready)

    def note(self, actor):
        """Notes all that an actor has said."""
        with contextlib.suppress(EOFError, OSError):
            while self.pipes[actor].poll():
                number, when, came = self.pipes[actor].recv()
                step = self.steps[actor][number]
                step[came is not None], step[2] = when, came
                if came is not None and number + 1 == len(self.steps[actor]):
                    self.busy.discard(actor)

    def run(self):
        """Performs everything; returns the outcomes, by actor."""
        if HOLDS:
            for hold, held, _ in self.events:
                while not held.is_set() and self.send(hold["actor"]):
                    self.settle()
            self.run_all()
            for _, _, go_on in self.events:
                go_on.set()
                self.settle()
                self.run_all()
        else:
            start = time.monotonic() + 0.005 * len(PARTS)
            for actor, operations in PARTS.items():
                for number in range(len(operations)):
                    self.send(actor, start + number * random.choice((0.0, 0.0, 0.0005, 0.002)))
            self.settle()
        return self.end()

    def run_all(self):
        """Lets all actors go on, one after another, until each has ended or is blocked."""
        moved = True
        while moved:
            moved = False
            for actor in PARTS:
                while self.send(actor):
                    self.settle()
                    moved = True
            moved |= self.leave()

    def leave(self):
        """Lets processes end that have nothing left to do; returns whether there was one."""
        left = False
        for name, one in self.processes.items():
            actors = [actor for actor in self.steps if owner(actor) == name]
            done = all(len(self.steps[actor]) == len(PARTS[actor]) and actor not in self.busy for actor in actors)
            if name in self.pipes and done:
                self.pipes.pop(name).send(None)
                one.join(QUIET)
                left = True
        return left

    def end(self):
        """Lets all processes end, gets what is left, and returns all outcomes."""
        while self.leave():
            pass
        for one in self.processes.values():
            one.join(4 * QUIET)
        came = {actor: [step[2] or "never ended" for step in steps.values()] for actor, steps in self.steps.items()}
        for name, one in self.processes.items():
            came[f"exit code of {name}"] = one.exitcode
            one.kill()
        left = []
        taking = threading.Thread(target=self.take, args=(left,), daemon=True)
        taking.start()
        taking.join(4 * QUIET)
        came["left"] = left + ["never ended"] * taking.is_alive()
        if hasattr(self.queue, "cancel_join_thread"):
            self.queue.cancel_join_thread()  # what nobody gets must not keep this program
        return came

    def take(self, left):
        while not (hasattr(self.queue, "empty") and not hasattr(self.queue, "get_nowait") and self.queue.empty()):
            value = perform(self.queue, "get", **({"timeout": QUIET} if hasattr(self.queue, "get_nowait") else {}))
            if not value.startswith("returned"):
                break
            left.append(value)


def main():
    for _ in range(TIMES):
        play = Play()
        came = play.run()
        if all(came[name] == shown for name, shown in SHOWN.items()):
            print("It shows:")
            found = play.steps.items()
            steps = [(*step[:2], actor, number) for actor, its in found for number, step in its.items()]
            first = min((begin for begin, *_ in steps if begin), default=0.0)
            for begin, end, actor, number in sorted(steps, key=lambda step: step[0] or first):
                call = ", ".join(f"{name}={value!r}" for name, value in PARTS[actor][number].items())
                at = f"{1000 * ((begin or first) - first):9.1f} ms"
                print(at, f"{actor}: {call}: {came[actor][number]}", f"({1000 * (end - begin):.1f} ms)" if end else "")
            for name in came.keys() - PARTS.keys():
                print(f"{name}: {came[name]}")
            sys.exit(1)
    print("It does not show.")
