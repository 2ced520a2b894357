"""The parent of all judged programs, so that what they can name is neither the judge nor its reaper.

A reaper forks it, in its own program, and nothing that the system shows leads from it to the reaper. It starts what the
judge asks for (see `queuespec.actors.forking`). On Linux, it adopts the descendants whose parents have ended, whatever
their session is, so that they can be found as long as it lives.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal

PR_SET_CHILD_SUBREAPER = 36
"""Source: ``linux/prctl.h``."""


class Launcher:
    """A launcher that serves the socket with this number, as its reaper sees it."""

    def __init__(self, number: int) -> None:
        self.fate, word = os.pipe()
        """Becomes readable when the launcher has ended."""
        between = os.fork()
        if not between:
            try:
                if not os.fork():
                    os.close(self.fate)
                    launch(number, word)
            finally:
                os._exit(0)
        os.close(word)
        os.close(number)
        os.waitpid(between, 0)
        words = os.read(self.fate, 32).split()
        self.pid = int(words[0]) if words else 0
        self.adopts = words[1:] == [b"True"]
        """Whether it is the parent of all that its programs leave behind."""

    def end(self) -> None:
        """Kills it, if it has not ended."""
        if not select.select([self.fate], [], [], 0.0)[0]:
            os.kill(self.pid, signal.SIGKILL)

    def has_seen_all_end(self) -> bool:
        """Whether it has ended, and after all its descendants. To be called when `fate` is readable."""
        return self.adopts and os.read(self.fate, 1) != b""


def launch(number: int, word: int) -> None:
    """Starts programs until the judge closes its end of the socket; ends when no child is left."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    os.close(null)
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), lambda *_: None)  # what it executes does not inherit this
    os.write(word, f"{os.getpid()} {adopts_orphans()}\n".encode())
    import socket  # here, since a reaper should not wait for it

    from forking import serve  # type: ignore[import-not-found]

    with socket.socket(fileno=number) as channel:
        channel.set_inheritable(False)
        serve(channel, executes=True)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    os.write(word, b".")


def adopts_orphans() -> bool:
    """Becomes the parent of all orphans among the descendants of this process; returns whether the system can do it."""
    with contextlib.suppress(ImportError, OSError, AttributeError):  # there is no ctypes, or no such function
        import ctypes

        return bool(ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)
    return False
