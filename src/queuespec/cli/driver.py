"""What reproductions are made of: each takes the classes, methods and functions out of here that it needs.

Standard library only, Python 3.9 and later. A reproduction is a main program that holds the queue and starts the
children; it knows `MODULE`, `CONTEXT`, `KIND`, `PATIENCE` and `QUIET`, which stand here for those of the reproduction.
"""

import atexit
import contextlib
import faulthandler
import functools
import itertools
import multiprocessing
import os
import pickle
import platform
import queue as thread_queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import Empty, Full

from queuespec.actors.adapter import Api, QueueClass
from queuespec.queues.variant import Variant

MODULE = multiprocessing
CONTEXT = multiprocessing.get_context()
KIND = "Queue"
PATIENCE = 10.0
QUIET = 0.1
PROGRAMS: dict[str, str] = {}
IMPLEMENTATION = None

ShutDown = getattr(thread_queue, "ShutDown", None)


class Deviation(SystemExit):
    """The queue did not do what the rule says: ends the program with this sentence, and exit status 1."""


def expect(what, found, wanted):
    """What a call returned, or a value, is this."""
    if found != wanted or (isinstance(wanted, (bool, type(None))) and found is not wanted):
        verb, past = ("have returned", "it returned") if what.endswith(")") else ("be", "it was")
        raise Deviation(f"{what} should {verb} {wanted!r}, but {past} {found!r}")


def check(true, what):
    """This expression is true."""
    if not true:
        raise Deviation(f"this should be true: {what}")


class raises:
    """The block raises this exception; `what` is its last call."""

    def __init__(self, expected, what):
        self.expected = expected
        self.what = what

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        self.error = error
        if error is None:
            raise Deviation(f"{self.what} should have raised {self.expected.__name__}, but it returned")
        if not isinstance(error, (self.expected, Deviation)):
            raise Deviation(f"{self.what} should have raised {self.expected.__name__}, but it raised {error!r}")
        return isinstance(error, self.expected)


def apart():
    """Goes on in a session of its own, all of which ends with it, whatever became of it."""
    if os.name != "posix":
        return
    session = os.fork()
    if session == 0:
        os.setsid()
        return
    try:
        status = os.waitpid(session, 0)[1]
    finally:
        end_session(session)
    sys.exit(status != 0)


def end_session(leader):
    for number in (signal.SIGTERM, signal.SIGCONT):  # not SIGKILL: who cleans up after the others ignores SIGTERM
        with contextlib.suppress(OSError):
            os.killpg(leader, number)


# Actors: they hold objects by name, and perform one call at a time

HELD = {}
CONNECTIONS = []
LOG = []
NUMBERS = itertools.count(1)


def held(name):
    """What this process holds under the name."""
    return HELD[name]


class Made:
    """An item that its user makes: it arrives as what the function returns."""

    def __init__(self, function, args, kwargs):
        self.function, self.args, self.kwargs = function, args, kwargs

    def __reduce__(self):
        return make_item, (self.function, self.args, self.kwargs)

    def __repr__(self):
        return f"{self.function.__name__}(...)"


def make_item(function, args, kwargs):
    return function(*args, **kwargs)


def made(function, *args, **kwargs):
    return Made(function, args, kwargs)


class View:
    """An object as an actor holds it; its methods are called there, `calls` does not wait for their ends."""

    def __init__(self, process, name):
        self.process = process
        self._name = name

    def __reduce__(self):
        return held, (self._name,)

    def __repr__(self):
        return self._name

    @property
    def calls(self):
        return Calls(functools.partial(self.process.begins, called, self))

    def plays(self, role, *args, **kwargs):
        return self.process.performs(role, self, *args, **kwargs)

    def begins(self, role, *args, **kwargs):
        return self.process.begins(role, self, *args, **kwargs)

    def __getattr__(self, method):
        if method.startswith("__"):
            raise AttributeError(method)
        return lambda *args, **kwargs: self.process.performs(called, self, method, *args, **kwargs)


class Calls:
    """Begins calls, and does not wait for their ends."""

    def __init__(self, begin):
        self._begin = begin

    def __getattr__(self, method):
        return functools.partial(self._begin, method)


def called(target, method, *args, **kwargs):
    return getattr(target, method)(*args, **kwargs)


def in_words(role, args, kwargs):
    """A call as its caller would write it."""
    text = role.__name__
    if role is called:
        (target, text, *args) = args
        text = f"{target}.{text}" if isinstance(target, View) else text
    words = [f"{value!r:.60}" for value in args] + [f"{name}={value!r:.60}" for name, value in kwargs.items()]
    return f"{text}({', '.join(words)})"


class Call:
    """A call under way."""

    def __init__(self, actor, text):
        self.actor = actor
        self.text = text
        self.answer = None

    @property
    def over(self):
        return self.ends_within(0)

    def ends_within(self, seconds):
        """Whether it does; waits for that many seconds."""
        try:
            if self.answer is None and self.actor.connection.poll(seconds):
                self.answer = self.actor.answers(self.text)
        except (EOFError, OSError):
            self.actor.process.join(PATIENCE)
            how = f"died with exit code {self.actor.process.exitcode}"
            raise Deviation(f"{self.text}: the process of {self.actor.name} {how}") from None
        return self.answer is not None

    def returns(self):
        if not self.ends_within(PATIENCE + 1):
            faulthandler.dump_traceback(file=sys.__stderr__)
            raise Deviation(f"{self.text} of {self.actor.name} was still running after {PATIENCE:g} s")
        how, value = self.answer[:2]
        if how == "raised":
            raise value if isinstance(value, BaseException) else RuntimeError(value)
        return value

    @property
    def elapsed(self):
        """Seconds."""
        try:
            self.returns()
        except Deviation:
            raise
        except BaseException:
            pass
        return self.answer[2]

    def stays_blocked(self):
        if self.ends_within(QUIET):
            raise Deviation(f"{self.text} did not block: it {self.answer[0]} {self.answer[1]!r:.200}")

    def raises(self, expected):
        with raises(expected, self.text):
            self.returns()

    def waited(self, seconds):
        if self.elapsed < seconds / 2:
            how = f"it {self.answer[0]} {self.answer[1]!r:.200} after {self.elapsed:.3f} s"
            raise Deviation(f"{self.text} should have waited {seconds:g} s, but {how}")

    def returns_one_of(self, *allowed):
        value = self.returns()
        if value not in allowed:
            wanted = " or ".join(map(repr, allowed))
            raise Deviation(f"{self.text} should have returned {wanted}, but it returned {value!r}")
        return value

    def succeeds_or_raises(self, allowed):
        try:
            self.returns()
        except allowed:
            pass


def exit_code(actor):
    """That of a process that must end."""
    actor.process.join(PATIENCE)
    if actor.process.exitcode is None:
        raise Deviation(f"the process of {actor.name} was still running after {PATIENCE:g} s")
    return actor.process.exitcode


def goes_on(actor):
    """A process that must not end does not."""
    actor.process.join(QUIET)
    if actor.process.exitcode is not None:
        how = f"died with exit code {actor.process.exitcode}"
        raise Deviation(f"the process of {actor.name} should have gone on, but it {how}")


class Actor:
    """A child process, or a thread, that performs calls."""

    def __init__(self, name, names, start, objects=(), **options):
        self.name = f"{name} {next(NUMBERS)}"
        self.connection, other = CONTEXT.Pipe()
        CONNECTIONS.append(self.connection)
        self.process = start(target=serve, args=(other, names, *objects), daemon=options.get("daemon", True))
        faulthandler.cancel_dump_traceback_later()  # a process that is forked meanwhile could not set its own
        self.process.start()
        faulthandler.dump_traceback_later(10 * PATIENCE, exit=True, file=sys.__stderr__)
        if hasattr(self.process, "exitcode"):
            other.close()
        self.pid = Call(self, "coming up").returns()

    def begins(self, role, *args, **kwargs):
        call = Call(self, in_words(role, args, kwargs))
        announcement = Call(self, call.text)
        try:
            self.connection.send((role, args, kwargs))
        except OSError:
            pass
        announcement.returns()
        return call

    def answers(self, text):
        answer = self.connection.recv()
        if len(answer) > 2:
            LOG.append(f"{self.name}: {text} {answer[0]} {answer[1]!r:.200}")
        return answer

    def performs(self, role, *args, **kwargs):
        return self.begins(role, *args, **kwargs).returns()

    plays = performs

    def dies(self, role, *args, **kwargs):
        self.begins(role, *args, **kwargs)
        return self.ends()

    def begins_to_leave(self, how="return"):
        self.performs(leave, how)

    def leaves(self, how="return"):
        self.begins_to_leave(how)
        return self.ends()

    def ends(self):
        return exit_code(self)

    def has_ended(self):
        return not self.process.is_alive()

    def is_killed(self):
        self.process.kill()
        return self.ends()

    def stays_alive(self):
        goes_on(self)


# Where children hold one queue, and nothing else has to go there: a shorter actor


class Caller:
    """A child process, or a thread, that holds a queue and performs one call of it at a time."""

    def __init__(self, queue, start=CONTEXT.Process):
        self.name = f"{'thread' if start is threading.Thread else 'child'} {next(NUMBERS)}"
        self.connection, other = CONTEXT.Pipe()
        CONNECTIONS.append(self.connection)
        self.process = start(target=perform_calls, args=(other, queue), daemon=True)
        faulthandler.cancel_dump_traceback_later()  # a process that is forked meanwhile could not set its own
        self.process.start()
        faulthandler.dump_traceback_later(10 * PATIENCE, exit=True)
        if start is not threading.Thread:
            other.close()

    def begins(self, method, *args, **kwargs):
        words = [f"{value!r:.60}" for value in args] + [f"{name}={value!r:.60}" for name, value in kwargs.items()]
        text = f"{getattr(method, '__name__', method)}({', '.join(words)})"
        self.connection.send((method, args, kwargs))
        Call(self, text).returns()  # it has begun
        return Call(self, text)

    def answers(self, text):
        return self.connection.recv()

    @property
    def calls(self):
        return Calls(self.begins)

    def plays(self, role, *args, **kwargs):
        return self.begins(role, *args, **kwargs).returns()

    def __getattr__(self, method):
        return functools.partial(self.plays, method)

    def begins_to_leave(self):
        self.connection.close()

    def leaves(self):
        self.begins_to_leave()
        return self.ends()

    def ends(self):
        return exit_code(self)

    def is_killed(self):
        self.process.kill()
        return self.ends()

    def stays_alive(self):
        goes_on(self)


def perform_calls(connection, queue):
    """What a caller does."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    while in_main_thread and CONNECTIONS:  # the other ends, of which a fork has copies
        CONNECTIONS.pop().close()
    while True:
        try:
            method, args, kwargs = connection.recv()
        except (EOFError, OSError):
            return
        connection.send(("returned", "begun"))
        if in_main_thread:
            faulthandler.dump_traceback_later(PATIENCE)
        begun = time.monotonic()
        try:
            function = functools.partial(method, queue) if callable(method) else getattr(queue, method)
            answer = "returned", function(*args, **kwargs)
        except BaseException as error:
            answer = "raised", error
        if in_main_thread:
            faulthandler.cancel_dump_traceback_later()
        connection.send((*answer, time.monotonic() - begun))


# What full actors do


def serve(connection, names, *objects):
    """What an actor does."""
    HELD.update(zip(names, objects))
    in_main_thread = threading.current_thread() is threading.main_thread()
    while in_main_thread and CONNECTIONS:  # the other ends, of which a fork has copies
        CONNECTIONS.pop().close()
    connection.send(("returned", os.getpid()))
    while True:
        try:
            role, args, kwargs = connection.recv()
        except (EOFError, OSError):
            return os._exit(0) if in_main_thread else None
        connection.send(("returned", "started"))
        if in_main_thread:
            faulthandler.dump_traceback_later(PATIENCE, file=sys.__stderr__)
        begun = time.monotonic()
        try:
            answer = "returned", portable(role(*args, **kwargs) if role is not leave else None)
        except BaseException as error:
            answer = "raised", portable(error)
        taken = time.monotonic() - begun
        if in_main_thread:
            faulthandler.cancel_dump_traceback_later()
        connection.send((*answer, taken))
        if role is leave:
            return leave(*args)


def portable(value):
    """The value, or what it looks like where it cannot be sent."""
    try:
        pickle.loads(pickle.dumps(value))
    except Exception:
        return repr(value)
    return value


def leave(how):
    if how == "raise":
        raise RuntimeError("this actor was told to end by an exception")
    if how != "return":
        sys.exit(int(how[5:]))


class Parent:
    """The main program as an actor: what it need not wait for is performed by a thread of its own."""

    name = "parent"
    pid = property(lambda self: os.getpid())

    def begins(self, role, *args, **kwargs):
        return Actor("parent", [], threading.Thread).begins(role, *args, **kwargs)

    def performs(self, role, *args, **kwargs):
        text = in_words(role, args, kwargs)
        args, kwargs = pickle.loads(pickle.dumps((args, kwargs)))
        faulthandler.dump_traceback_later(PATIENCE, exit=True, file=sys.__stderr__)
        try:
            result = role(*args, **kwargs)
        except BaseException as error:
            LOG.append(f"parent: {text} raised {error!r:.200}")
            raise
        finally:
            faulthandler.dump_traceback_later(10 * PATIENCE, exit=True, file=sys.__stderr__)
        LOG.append(f"parent: {text} returned {result!r:.200}")
        return result

    plays = performs


PARENT = Parent()


def hold(name, value):
    """The value as the parent holds it, under a name that nothing else has."""
    while name in HELD:
        name += "_"
    HELD[name] = value
    return View(PARENT, name)


# What rules are about


def make_queue(*args, kind=KIND, **kwargs):
    """A new queue."""
    LOG.append(f"parent: {kind}{args} {kwargs or ''}")
    return hold("queue", getattr(owner_of(kind), kind.rpartition(".")[2])(*args, **kwargs))


def owner_of(kind):
    """The context, or the manager that all such queues belong to."""
    if not kind.startswith("Manager."):
        return CONTEXT
    if "the manager" not in HELD:
        HELD["the manager"] = CONTEXT.Manager()
    return HELD["the manager"]


def make_child(*views, daemon=False):
    """A child process that holds these objects."""
    names = [view._name for view in views]
    return held_by(Actor("child", names, CONTEXT.Process, map(held, names), daemon=daemon), views)


def make_thread(*views):
    """A thread of the parent."""
    return held_by(Actor("thread", [], threading.Thread), views)


def held_by(actor, views):
    found = tuple(View(actor, view._name) for view in views)
    return found[0] if len(found) == 1 else found or actor


def make_object(role, *args):
    """Whatever the role returns, held by the parent."""
    return hold(role.__name__, role(*pickle.loads(pickle.dumps(args))))


def make_manager():
    """A manager of the rule's own."""
    return hold("manager", CONTEXT.Manager())


@contextlib.contextmanager
def watched(*case):
    """Ends a case that hangs, tells what was called in one that fails, and leaves nothing of it."""
    LOG[:] = map(repr, case)
    faulthandler.dump_traceback_later(10 * PATIENCE, exit=True, file=sys.__stderr__)
    try:
        yield
    except BaseException:
        print(*LOG, sep="\n", file=sys.stderr)
        raise
    finally:
        for value in HELD.values():
            if hasattr(value, "cancel_join_thread") and not hasattr(value, "_callmethod"):
                value.cancel_join_thread()
        HELD.clear()
        for process in MODULE.active_children():
            getattr(process, "kill", process.terminate)()
            process.join()


class Facts:
    """The interpreter at hand."""

    def __init__(self):
        self.python = tuple(sys.version_info[:3])
        self.system = platform.system()
        self.start_methods = tuple(MODULE.get_all_start_methods())


class Program:
    """A program of the rule's own, that runs by itself and is watched from outside."""

    def __init__(self, name, arguments):
        self.text = f"the program {name} {' '.join(arguments)}".rstrip()
        self.folder = tempfile.TemporaryDirectory()
        for file, source in PROGRAMS.items():
            Path(self.folder.name, file).write_text(source, encoding="utf-8")
        command = [sys.executable, str(Path(self.folder.name, f"{name}.py")), *arguments]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        self.process = subprocess.Popen(command, start_new_session=os.name == "posix", **pipes)
        self.printed = bytearray()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        atexit.register(self.is_killed)

    def is_killed(self):
        if os.name == "posix":
            end_session(self.process.pid)
        self.process.kill()
        self.process.wait()

    def read(self):
        for line in self.process.stdout:
            self.printed += line

    @property
    def output(self):
        return self.printed.decode("utf-8", "replace").replace("\r\n", "\n")

    def ends(self):
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise Deviation(f"{self.text} was still running after {PATIENCE:g} s: {self.output}") from None
        self.reader.join(2)
        return code

    def prints(self, text):
        deadline = time.monotonic() + PATIENCE
        while text not in self.output:
            if self.process.poll() is not None:
                self.reader.join(2)
                if text not in self.output:
                    raise Deviation(f"{self.text} should have printed {text!r}, but it ended: {self.output}")
            elif time.monotonic() > deadline:
                raise Deviation(f"{self.text} had not printed {text!r} after {PATIENCE:g} s: {self.output}")
            time.sleep(0.01)

    def prints_nothing_but(self, text):
        self.ends()
        if self.output != text:
            raise Deviation(f"{self.text} should have printed nothing but {text!r}: {self.output!r}")

    def succeeds(self):
        code = self.ends()
        if code != 0:
            raise Deviation(f"{self.text} should have succeeded, but it ended with exit code {code}: {self.output}")

    def fails(self):
        if self.ends() == 0:
            raise Deviation(f"{self.text} should have failed, but it succeeded: {self.output}")


def program(name, *arguments):
    return Program(name, list(map(str, arguments)))
