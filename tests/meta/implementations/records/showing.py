"""What the records have in common.

A record shows, without queuespec, what the expected deviations of an implementation rest on. Each of its functions is a
fact: its docstring is the reason of a deviation, and it raises `AssertionError` if that is not so.
"""

import inspect
import os
import signal
import subprocess
import sys
import tempfile

PATIENCE = 60.0
"""Timeout for what has to happen, in seconds."""

SHORT = 3.0
"""How long to wait for what does not come, in seconds."""


def facts():
    """The facts of the record that is the main program."""
    found = vars(sys.modules["__main__"]).items()
    own = [(name, one) for name, one in found if inspect.isfunction(one) and one.__module__ == "__main__"]
    return [one for name, one in own if not name.startswith("_")]


def show(*arguments):
    """Shows each fact, given these arguments, in this process."""
    for fact in facts():
        fact(*arguments)
        print(inspect.getdoc(fact), flush=True)


def show_each():
    """Shows each fact in a process of its own, or only the one that the command line names."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has programs in the background ignore it
    named = [fact for fact in facts() if fact.__name__ in sys.argv[1:]]
    for fact in named:
        fact()
    for fact in [] if named else facts():
        command = [sys.executable, os.path.abspath(sys.argv[0]), fact.__name__]
        subprocess.run(command, cwd=os.sep, check=True, timeout=PATIENCE)
        print(inspect.getdoc(fact), flush=True)


def raised(call, *args, **kwargs):
    """The class of the exception that a call raises; None if it returns."""
    try:
        call(*args, **kwargs)
    except Exception as error:
        return type(error)
    return None


def printed(program, stream="stdout"):
    """What a program has printed to this stream when it and all its children have ended."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "program.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(program)
        streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: subprocess.PIPE}
        own = os.name == "posix"  # it may send a signal to its group
        run = subprocess.run([sys.executable, path], **streams, text=True, timeout=PATIENCE, start_new_session=own)
    return getattr(run, stream)


class Late:
    """An item that is pickled once the gate, a `threading.Event`, is open."""

    def __init__(self, gate):
        self.gate = gate

    def __reduce__(self):
        self.gate.wait(PATIENCE)
        return str, ("late",)
