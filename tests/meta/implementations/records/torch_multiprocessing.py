"""Shows, without queuespec, what the expected deviations of torch.multiprocessing rest on.

``python torch_multiprocessing.py`` shows each fact in a process of its own; with a NAME it shows one.
"""

import os
import signal
import subprocess
import sys
import tempfile

sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry) != os.path.dirname(os.path.realpath(__file__))]

import torch.multiprocessing  # noqa: E402

PATIENCE = 60.0
"""Timeout for a fact, in seconds."""


def tracker_that_unblocks_signals():
    """Starting the resource tracker unblocks SIGINT and SIGTERM."""
    if sys.version_info >= (3, 12):
        return
    blocked = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, blocked)
    torch.multiprocessing.get_context("spawn").Queue()
    assert not blocked & signal.pthread_sigmask(signal.SIG_BLOCK, [])


def semaphores_of_main_module():
    """A child forgets, without releasing them, the semaphores that it has created while it imported the main module."""
    if sys.version_info >= (3, 13):  # where it may also conform
        return
    program = """
import torch.multiprocessing
context = torch.multiprocessing.get_context("forkserver")
queue = context.Queue()
if __name__ == "__main__":
    process = context.Process(target=len, args=((),))
    process.start()
    process.join()
"""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "program.py")
        with open(path, "w") as file:
            file.write(program)
        run = subprocess.run([sys.executable, path], stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
    assert "leaked semaphore" in run.stderr


def _main(name=None):
    if name is not None:
        globals()[name]()
        return
    facts = [value for value in globals().values() if getattr(value, "__module__", "") == __name__]
    for fact in facts:
        if fact.__name__.islower() and not fact.__name__.startswith("_"):
            command = [sys.executable, os.path.abspath(__file__), fact.__name__]
            subprocess.run(command, cwd=os.sep, check=True, timeout=PATIENCE)
            print(fact.__doc__.partition("\n")[0])


if __name__ == "__main__":
    _main(*sys.argv[1:])
