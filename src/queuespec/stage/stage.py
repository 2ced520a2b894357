"""A stage: one clean main program of the judged Python, the actors of a test, and their deadlines.

There are two durations, in seconds: *patience* is the timeout for what must happen, and *quiet* is how long the judge
checks that nothing happens. Nothing here knows a rule.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import math
import os
import secrets
import selectors
import signal
import socket
import time
from typing import Any, Callable

from queuespec.actors import protocol
from queuespec.stage import documented
from queuespec.stage.calls import Call, View, arguments_in_words, name_of
from queuespec.stage.channel import Request, introduced
from queuespec.stage.exceptions import (
    Crashes,
    Deviates,
    Failure,
    Hangs,
    NotStarted,
    Raised,
    SuiteError,
    Unusable,
    unloaded,
)
from queuespec.stage.kept import Kept
from queuespec.stage.processes import LAST_WORDS, ORPHANED, ProcessTree, Supervisor, how_ended
from queuespec.stage.remote import RemoteActor
from queuespec.stage.settings import ACTORS, Settings
from queuespec.stage.timeline import Timeline
from queuespec.text import one_line

__tracebackhide__ = True  # pytest shows the frames of tests, not these

LEAVING = 2.0
"""Timeout for actors to end after a test, in seconds. Exceeding it costs a new stage, never a verdict."""

FAREWELL = 2.0
"""Timeout from the end of an actor's channel to its exit code, in seconds."""

GLANCE, LONGEST_GLANCE = 0.05, 1.0
"""How often it is checked whether a process has ended instead of starting, in seconds: at first, and later."""


class Stage:
    """A main program and the actors of a test. Raises `NotStarted` if the program does not start.

    If an earlier stage was killed, its adapter first removes what that one may have left on a server.
    """

    def __init__(self, settings: Settings, start_method: str, supervisor: Supervisor) -> None:
        self.settings = settings
        self.start_method = start_method
        """The start method of the children; empty for a program that has not chosen one."""
        self.timeline = Timeline()
        self.actors: dict[str, RemoteActor] = {}
        self.clean = True
        """Whether this stage may be used for another test."""
        self.largest_item = 0
        """The size of the largest item that this test passes, in bytes, if it takes time to pass it."""
        self.queues = 0
        """How many queues this test has made. If there are several, the text of a call includes the queue's name."""
        self.reported: set[str] = set()
        """The start methods that the children of this test report."""
        self.kept = Kept(self)
        self._names = itertools.count(1)
        self._used = False
        self._has_manager = False
        self.selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listener.setblocking(False)
        self.selector.register(self._listener, selectors.EVENT_READ, self._admit)
        self.address = protocol.Address(
            self._listener.getsockname()[1],
            *(secrets.token_hex(32), secrets.token_hex(32)),
            *(settings.calling, settings.stretch),
        )
        """The address of this stage for its actors."""
        what = (settings.implementation, start_method, settings.directory)
        message = [self.address, settings.path, settings.last, *what, supervisor.untidy]
        command = [settings.python, str(ACTORS / "main.py")]
        self._supervisor = supervisor
        supervisor.has_tidied(settings.tidying)
        try:
            environment = {**settings.environment, protocol.STRETCH: f"{settings.stretch:g}"}
            begun = time.monotonic()
            self.tree = ProcessTree(command, supervisor, json.dumps(message) + "\n", environment)
        except BaseException:
            self._close_sockets()
            raise
        self.parent = self.expected("parent")
        """The main program itself: it creates the queues and starts the children."""
        self.context = View(self.parent, protocol.CONTEXT.name, documented.MODULE)
        """The context of the start method as the parent holds it."""
        self.module = View(self.parent, protocol.MODULE.name, documented.MODULE)
        """The judged module as the parent holds it."""
        self._await_parent(begun)

    def _await_parent(self, begun: float) -> None:
        """Waits until the parent has connected, and then until it has loaded the implementation and serves."""
        settings, parent = self.settings, self.parent

        def has_come(seconds: float) -> bool:
            return self.pump_until(lambda: parent.pid != 0 or self.tree.has_ended, seconds, GLANCE)

        settings.awaits(has_come, lambda: 3 * settings.starting)
        if not parent.pid:
            ended = self.tree.has_ended
            self.tree.reads_until(time.monotonic() + settings.stretched(LAST_WORDS) if ended else 0)
            last = self.tree.output().strip().rpartition("\n")[2]
            self.end()
            if ended:
                raise NotStarted(f"the main program of the spec ended before it could be used: {last}")
            seconds = f"{3 * settings.starting:g} s"
            raise NotStarted(f"the main program of the spec did not start within {seconds}; raise --patience")
        settings.pace.saw(time.monotonic() - begun)

        def serves(seconds: float) -> bool:
            return self.pump_until(lambda: parent.ready or parent.gone, seconds)

        settings.awaits(serves, lambda: settings.importing)
        if parent.ready:
            self._supervisor.untidy = False
            return
        code = self.tree.wait(self._farewell if self.parent.gone else 0)
        self.tree.reads_until(time.monotonic() + settings.stretched(LAST_WORDS) if self.parent.gone else 0)
        output = self.tree.output()
        self.end()
        late = f"took longer than {settings.importing:g} s"
        what = f"{how_ended(code)}: {one_line(output)}" if self.parent.gone else late
        raise Unusable(unloaded(output) or f"the main program of the spec loads the implementation, and it {what}")

    def records_in(self, timeline: Timeline) -> None:
        """Records calls in this timeline from here on: that of another test, or one shared with other stages."""
        self.timeline = timeline

    def tells_pace(self) -> None:
        """Lets the judged processes know how slow the machine is by now, if that has changed."""
        now = (self.settings.calling, self.settings.stretch)
        if now != self.address[-2:]:
            self.address = self.address._replace(patience=now[0], stretch=now[1])
            self.parent_begins("be_told_pace", *now).result()
            self.kept.tells_pace(now[1])

    # What travels over the channels

    def _next(self, kind: str) -> str:
        """The name of another actor: its kind, and a number unless it is the first."""
        count = sum(name.startswith(kind) for name in self.actors)
        return f"{kind} {count + 1}" if count else kind

    def expected(self, kind: str) -> RemoteActor:
        """An actor that will connect, under a name that nobody else has in this test."""
        name = self._next(kind)
        actor = self.actors[name] = RemoteActor(self, name)
        return actor

    def pump(self, seconds: float) -> bool:
        """Handles what arrives; waits at most `seconds` for it. Returns whether anything has arrived."""
        arrived = self.selector.select(max(0.0, seconds))
        for key, _ in arrived:
            key.data()
        return bool(arrived)

    def pump_until(self, condition: Callable[[], bool], seconds: float, glance: float = math.inf) -> bool:
        """Handles what arrives until the condition holds, at most for `seconds`; returns whether it does.

        A condition that nothing announces is checked every `glance` seconds.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            left = deadline - time.monotonic()
            self.pump(min(left, glance))
            if left <= 0:
                return condition()
        return True

    def _admit(self) -> None:
        """Accepts a connection from an expected actor that knows the secret of this stage; any other is closed."""
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return
        try:
            name, *identity = introduced(connection, self.address, self.settings.calling)
            actor = self.actors.get(name)
            if actor is None or actor.pid:
                raise ConnectionError(f"no actor named {name} is expected")
        except OSError:
            connection.close()
            return
        actor.connect(connection, tuple(identity))

    def watch(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Waits at most `seconds` until the condition holds; returns whether it does.

        Raises `Crashes` if an actor dies unexpectedly, since the condition may never hold then.
        """

        def holds() -> bool:
            if condition():
                return True
            for actor in self.actors.values():
                if actor.gone and not actor.end_is_expected:
                    raise Crashes(f"the process of {actor.name} {self.how_it_died(actor)}")
            return False

        return self.pump_until(holds, seconds)

    def awaits(self, condition: Callable[[], bool], allowed: Callable[[], float]) -> bool:
        """Waits with patience until the condition holds; returns whether it does. Raises what `watch` raises."""
        return self.settings.awaits(functools.partial(self.watch, condition), allowed)

    def begin(self, actor: RemoteActor, text: str, request: Request, noted: bool = True) -> Call:
        """Has an actor begin a call, which `text` describes; returns once the actor has announced it or is gone.

        A call that is not `noted` is the stage's own: it is not part of the test, nor of its timeline.
        """
        if actor.busy is not None:
            raise SuiteError(f"{actor.name} is busy with {actor.busy.text}")
        call = Call(actor, text, request, time.monotonic(), noted)
        self._used = True
        if noted:
            self.timeline.calls.append(call)
            self.kept.begun |= request.args[:1] != (protocol.PARENT,)
        if actor.gone:
            raise Crashes(f"{text} could not be called: the process of {actor.name} {self.how_it_died(actor)}")
        actor.send(call, request)
        if not self.awaits(lambda: call.announced or call.over or actor.gone, lambda: self.settings.calling):
            call.hangs()
        return call

    def begin_role(
        self,
        actor: RemoteActor,
        role: Callable[..., object],
        args: Any,
        kwargs: Any,
        *held: View,
        keep: str | None = None,
    ) -> Call:
        """Has an actor begin to perform a module-level function with what it holds, and further arguments.

        With a name to `keep`, it holds the result under it.
        """
        text = role.__qualname__ + arguments_in_words(args, kwargs)
        return self.begin(actor, text, Request(name_of(role), (*held, *args), kwargs, keep))

    # What the parent does

    def parent_begins(self, method: str, *args: object, text: str | None = None, keep: str | None = None) -> Call:
        """Begins to call a method of `queuespec.actors.parent.Parent`; a call without a text is not noted."""
        request = Request(protocol.CALLED, (protocol.PARENT, method, *args), keep=keep)
        return self.begin(self.parent, text or method, request, noted=text is not None)

    def make_queue(self, kind: str, *args: object, **kwargs: object) -> View:
        """A new queue of this kind, held by the parent."""
        if kind.startswith("Manager.") and not self._has_manager:
            self._start_manager()
        self.queues += 1
        name = f"queue{self.queues}" if self.queues > 1 else "queue"
        text = kind + arguments_in_words(args, kwargs)
        if args or kwargs or not self.kept.queue(kind, name, text):
            self.parent_begins("make", kind, args, kwargs, text=text, keep=name).result()
        return View(self.parent, name, documented.QUEUES.get(kind, documented.FAMILY))

    def _start_manager(self) -> None:
        """Has the parent start the manager that it keeps, which no rule is about. Raises `NotStarted`."""
        starting, settings = self.parent_begins("start_manager"), self.settings
        if not self.awaits(lambda: starting.over or self.parent.gone, lambda: settings.performing()):
            raise NotStarted(f"the manager did not start within {settings.performing():g} s; raise --patience")
        self._has_manager = True

    def make_manager(self, **words: object) -> View:
        """A started manager, held by the parent."""
        name = f"manager{next(self._names)}"
        text = f"{'SyncManager' if words else 'Manager'}{arguments_in_words((), words)}"
        self.parent_begins("make_manager", words, text=text, keep=name).result()
        return View(self.parent, name, documented.MANAGER)

    def hold(self, role: Callable[..., object], *args: object) -> View:
        """The object that a role returns when the parent performs it, held by the parent; children can receive it."""
        name = f"{role.__name__}{next(self._names)}"
        self.begin_role(self.parent, role, args, {}, keep=name).result()
        return View(self.parent, name)

    # How actors start

    def make_child(self, *held: View, daemon: bool = False) -> Any:
        """Starts a child process, by the stage's start method, with these objects as its arguments.

        Returns the object as the child holds it (a `View`), a tuple of several, or the child itself if there are none.
        """
        ahead: tuple[View, ...] = ()
        if not daemon and self.kept.suits(held):
            kept = self.kept.child(self._next("child"), held)
            if kept is not None:
                return _as_held_by(kept, held)
            ahead = self.kept.ahead_of(held)
        actor = self._start_child((*held, *ahead), daemon)
        self._await_child(actor)
        self.kept.has_started(actor, ahead)
        return _as_held_by(actor, held)

    def make_children(self, count: int, *held: View) -> list[Any]:
        """Starts several child processes, which come up at the same time; each is as `make_child` returns it."""
        actors = [self._start_child(held, daemon=False) for _ in range(count)]
        for actor in actors:
            self._await_child(actor)
        return [_as_held_by(actor, held) for actor in actors]

    def _start_child(self, given: tuple[View, ...], daemon: bool) -> RemoteActor:
        actor = self.expected("child")
        names = [view._name for view in given]
        try:
            self.parent_begins("start", actor.name, names, given, daemon, text=f"start of {actor.name}").result()
        except Raised:
            del self.actors[actor.name]
            raise
        return actor

    def _await_child(self, actor: RemoteActor) -> None:
        """Waits until a child that was started accepts requests, and checks how it was started."""
        self._await(actor, is_process=True)
        reported = str(actor.start_method)
        self.reported.add(reported)
        if reported != self.start_method:
            raise Deviates(f"{actor.name} should have been started by {self.start_method}, but it was by {reported}")
        if actor.python != self.parent.python:
            raise Deviates(f"{actor.name} should have run {self.parent.python}, but it ran {actor.python}")

    def make_thread(self, *held: View, process: RemoteActor | None = None) -> Any:
        """Starts a thread in the process of an actor, the parent's if none is given; that actor holds the objects, too.

        The result is that of `make_child`.
        """
        actor, names = self.expected("thread"), [view._name for view in held]
        views = tuple(View(process or self.parent, name) for name in names)
        starting = Request(protocol.START_THREAD, (tuple(self.address), actor.name, names, *views))
        self.begin(process or self.parent, f"start of {actor.name}", starting, noted=False).result()
        self._await(actor, is_process=False)
        return _as_held_by(actor, held)

    def _await(self, actor: RemoteActor, is_process: bool) -> None:
        """Waits until an actor that was started has connected and accepts requests."""
        settings, glance = self.settings, GLANCE

        def has_come(seconds: float) -> bool:
            nonlocal glance
            deadline = time.monotonic() + seconds
            while not self.watch(lambda: actor.pid != 0, min(glance, deadline - time.monotonic())):
                code = self.exit_code(actor, 0) if is_process else None
                if code is not None and not actor.pid:
                    actor.gone = actor.end_is_expected = True
                    raise Crashes(f"the process of {actor.name} {how_ended(code)} before it could be used")
                if time.monotonic() > deadline:
                    return False
                glance = min(2 * glance, LONGEST_GLANCE)
            return True

        if not settings.awaits(has_come, lambda: settings.starting):
            actor.gone = actor.end_is_expected = True
            late = f"the process of {actor.name} did not start within {settings.starting:g} s"
            if self.start_method == "fork" or not is_process:  # what a queue does after a fork comes before
                raise Hangs(late)
            raise NotStarted(f"{late}; raise --patience")
        if self.awaits(lambda: actor.ready or actor.gone, lambda: settings.starting) and actor.ready:
            return
        if actor.gone:
            raise Crashes(f"the process of {actor.name} {self.how_it_died(actor)} before it could be used")
        text = f"{actor.name} was still receiving its arguments after {settings.starting:g} s"
        raise Hangs(text + self.where(actor))

    # How actors end

    def exit_code(self, actor: RemoteActor, seconds: float) -> int | None:
        """The exit code of an actor's process, or None if it still runs after `seconds` or the code is unknown."""
        if actor is self.parent:
            return self.tree.wait(seconds)
        if self.parent.gone:
            return None
        call = self.parent_begins("exit_code", actor.name, seconds)
        if not self.awaits(lambda: call.over or self.parent.gone, lambda: seconds + self.settings.calling):
            raise Hangs(f"join() of the process of {actor.name} was still running" + self.where(self.parent))
        return call.value if call.returned else None

    @property
    def _farewell(self) -> float:
        return self.settings.stretched(FAREWELL)

    def interrupts_the_parent(self) -> bool:
        """Interrupts a blocked call of the parent; returns whether the parent accepts requests.

        Only the parent knows how its children ended, and it cannot say so while it is blocked.
        """
        call = self.parent.busy
        if call is None:
            return True
        if os.name != "posix":
            return False
        self.clean = False
        self.tree.popen.send_signal(signal.SIGINT)  # unless it has ended meanwhile
        interrupted = self.watch(lambda: call.over or self.parent.gone, self._farewell) and call.over
        if interrupted:
            call.error, call.returned, call.fate = None, True, "interrupted by the judge"
        return interrupted

    def how_it_died(self, actor: RemoteActor) -> str:
        """How an actor's process ended, in words. From here on, its end is expected."""
        actor.end_is_expected = True
        if actor is not self.parent and not self.interrupts_the_parent():
            code = None
        else:
            code = self.exit_code(actor, self._farewell)
        if self.tree.orphaned:
            return ORPHANED
        if actor.garbled:
            return "wrote into a connection that it had not opened"
        return "could not report what happened" if code == protocol.SPEECHLESS_CODE else how_ended(code)

    def where(self, actor: RemoteActor) -> str:
        """The Python stacks of an actor's process, for a message (see `ProcessTree.where`)."""
        send_signal = functools.partial(os.kill, actor.pid) if actor.prints_stacks else None
        return self.tree.where(actor.name, send_signal, self.settings.stretch)

    # How a test and the stage end

    def tidy(self) -> None:
        """Ends what a test has left behind. Afterward the stage is as good as new, or not `clean` and must be ended."""
        try:
            self.clean = self.clean and self._tidies_up()
        except (Failure, SuiteError, OSError):
            self.clean = False
        if not self.clean:
            return
        for actor in self._children():
            actor.disconnect()
        self.actors = {"parent": self.parent}
        self.largest_item = self.queues = 0
        self._used = False
        self.reported.clear()
        self.tree.forget_output()

    def _children(self) -> list[RemoteActor]:
        return [actor for actor in self.actors.values() if actor is not self.parent]

    def _tidies_up(self) -> bool:
        """Asks all actors but the parent to end, and the parent to clean up after them."""
        if self.parent.gone or self.parent.busy is not None:
            return False
        renamed = self.kept.clears()
        for actor in self._children():
            if actor.gone or actor.end_is_expected:
                continue
            if not actor.ready or actor.busy is not None:
                return False
            actor.end_is_expected = True
            self.begin(actor, "leaves", Request(protocol.LEAVE, ("tidy",)), noted=False)
        if not self._used:
            return True
        leaving = self.settings.stretched(LEAVING)
        call = self.parent_begins("tidy", leaving, renamed)
        self.watch(lambda: call.over or self.parent.gone, leaving + self.settings.stretched(1.0))
        return call.returned and not call.value

    def leave(self) -> None:
        """Ends the stage: as a program ends by itself, if it is clean and not busy."""
        self._supervisor.untidy |= self.settings.tidies and self._used
        if self.clean and not self.parent.gone and self.parent.busy is None:
            with contextlib.suppress(Failure, OSError):
                for actor in self.kept.idle:
                    self.begin(actor, "leaves", Request(protocol.LEAVE, ("tidy",)), noted=False)
                self.begin(self.parent, "leaves", Request(protocol.LEAVE, ("return",)), noted=False)
                if self.tree.wait(self.settings.stretched(LEAVING)) is not None:
                    self._close_sockets()
                    self.tree.close()
                    return
        self.end()

    def end(self) -> None:
        """Ends the stage and all its processes now."""
        self._close_sockets()
        self._supervisor.untidy |= self.settings.tidies
        self.tree.end([actor.pid for actor in (*self.actors.values(), *self.kept.idle) if actor.pid])

    def _close_sockets(self) -> None:
        for actor in (*self.actors.values(), *self.kept.idle):
            actor.disconnect()
        self.selector.close()
        self._listener.close()


def _as_held_by(actor: RemoteActor, held: tuple[View, ...]) -> RemoteActor | View | tuple[View, ...]:
    views = tuple(View(actor, view._name, view._documented) for view in held)
    return views[0] if len(views) == 1 else views or actor
