"""The beginning of a reproduction: the first three definitions for every program, the rest for several processes.

The text of these definitions is copied into the program. Standard library only, Python 3.9 and later.
"""

import contextlib
import faulthandler
import os
import signal
import sys
import threading
import time

PATIENCE = 10


def expect(what, found, wanted):
    if found != wanted or (isinstance(wanted, (bool, type(None))) and found is not wanted):
        verb, past = ("have returned", "it returned") if what.endswith(")") else ("be", "it was")
        sys.exit(f"{what} should {verb} {wanted!r:.200}, but {past} {found!r:.200}")


def check(true, what):
    if not true:
        sys.exit(f"this should be true: {what}")


@contextlib.contextmanager
def raises(expected, what):
    try:
        yield
    except expected:
        return
    except Exception as error:
        sys.exit(f"{what} should have raised {expected.__name__}, but it raised {error!r}")
    sys.exit(f"{what} should have raised {expected.__name__}, but it returned")


class Worker:
    """A process or thread that performs calls, one at a time; they are sent to it as text."""

    def __init__(self, context, /, thread=False, **held):
        self.pipe, end = context.Pipe()
        start, others = (threading.Thread, []) if thread else (context.Process, [self.pipe])
        self.process = start(target=work, args=(end, held, others), daemon=True)
        faulthandler.cancel_dump_traceback_later()  # a process forked while the timer runs cannot start its own
        self.process.start()
        faulthandler.dump_traceback_later(5 * PATIENCE, exit=True)

    def begin(self, text, **values):
        self.text = text
        self.pipe.send((text, values))
        self.pipe.recv()
        return self

    def stays_blocked(self):
        if self.pipe.poll(0.1):
            sys.exit(f"{self.text} did not block, but ended with {self.pipe.recv()[:2]}")

    def result(self):
        if not self.pipe.poll(PATIENCE):
            self.process.join(2)  # it prints its stack
            sys.exit(f"{self.text} was still running after {PATIENCE} s")
        try:
            value, error, self.seconds = self.pipe.recv()
        except (EOFError, OSError):
            sys.exit(f"{self.text}: its process ended with exit code {self.exitcode()}")
        if error is not None:
            raise error
        return value

    def call(self, text, **values):
        return self.begin(text, **values).result()

    def exitcode(self):
        self.process.join(PATIENCE)
        return self.process.exitcode

    def leave(self):
        self.pipe.send(None)
        return self.exitcode()


def work(pipe, held, others):
    for other in others:  # the main program's end of the pipe, which a fork copies
        other.close()
    with contextlib.suppress(EOFError):
        for text, values in iter(pipe.recv, None):
            pipe.send("begun")
            faulthandler.dump_traceback_later(PATIENCE + 1, exit=True)
            begun, value, error = time.monotonic(), None, None
            try:
                value = eval(text, {**globals(), **held, **values})
            except BaseException as raised:
                error = raised
            faulthandler.dump_traceback_later(5 * PATIENCE, exit=True)
            pipe.send((value, error, time.monotonic() - begun))


def apart():
    """Continues in a session of its own, which is ended however the program ends."""
    if os.name != "posix":
        return
    session = os.fork()
    if session == 0:
        os.setsid()
        return
    try:
        status = os.waitpid(session, 0)[1]
    finally:
        for number in (signal.SIGTERM, signal.SIGCONT):
            with contextlib.suppress(OSError):
                os.killpg(session, number)
    sys.exit(status != 0)
