"""The ways in which a process can end, by name. Each function is the last call that the main thread makes."""

import atexit
import os
import signal
import sys
import time

HOLD_SECONDS = 3600.0
"""Longer than any patience, in seconds: the judge ends a program that does not end."""


def interrupt():
    """Receives SIGINT, as after Ctrl-C; the handler is set, because a background program may ignore the signal."""
    receive(signal.SIGINT, signal.default_int_handler)


def terminate(handler):
    """Receives SIGTERM, as after `Process.terminate()` on POSIX."""
    receive(signal.SIGTERM, handler)


def receive(number, handler):
    """Sends a signal to this process; the handler is expected to end it."""
    signal.signal(number, handler)
    signal.raise_signal(number)
    time.sleep(HOLD_SECONDS)


def stop(number, frame):
    """A signal handler that raises `SystemExit`."""
    sys.exit(4)


def fail():
    """Raises an exception."""
    raise RuntimeError("this is how it ends")


WAYS = {
    "return": lambda: None,
    "sys.exit": lambda: sys.exit(3),
    "exception": fail,
    "failing exit handler": lambda: atexit.register(fail),
    "Ctrl-C": interrupt,
    "SIGTERM handler": lambda: terminate(stop),
    "SIGTERM": lambda: terminate(signal.SIG_DFL),
    "os._exit": lambda: os._exit(5),
}
