"""Starts programs in an interpreter that has imported the implementation: for one whose import takes long, on Linux.

Arguments: the implementation, the judge's current directory. Standard input is a socket. Each message is a command and
its environment, in JSON, with three file descriptors: standard input, output, and where the exit code is written. Each
is answered with a process id. The program finds what an interpreter finds that has just started, but for the modules
that the implementation has imported. Ends with the judge, and immediately if it must not be forked, or is no module.
"""

from __future__ import annotations

import atexit
import builtins
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import threading
from importlib.machinery import SourceFileLoader


def serve(channel: socket.socket) -> list[str]:
    """Forks a process for each message. Returns in that process, with the arguments of the program to run."""
    ending, endings = socket.socketpair()
    endings.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(endings.fileno(), warn_on_full_buffer=False)
    running: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([channel, ending], [], [])
        if ending in ready:
            ending.recv(1 << 10)
            report_ended(running)
        if channel not in ready:
            continue
        message, received, _, _ = socket.recv_fds(channel, 1 << 20, 3)
        if not message:
            os._exit(0)
        command, environment = json.loads(message)
        pid = os.fork()
        if not pid:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            channel.send(str(os.getpid()).encode())  # only now: the judge may signal this session
            for end in (channel, ending, endings):  # the first is standard input
                end.close()
            for number, descriptor in enumerate((received[0], received[1], received[1])):
                os.dup2(descriptor, number)
            for descriptor in (*received, *running.values()):
                os.close(descriptor)
            os.environ.clear()
            os.environ.update(environment)
            return [str(word) for word in command[1:]]
        running[pid] = received[2]
        for descriptor in received[:2]:
            os.close(descriptor)


def report_ended(running: dict[int, int]) -> None:
    """Writes the exit codes of the processes that have ended."""
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        descriptor = running.pop(pid)
        os.write(descriptor, str(os.waitstatus_to_exitcode(status)).encode())
        os.close(descriptor)


def load(name: str, directory: str) -> None:
    """Imports the implementation; ends the process if it is not a module alone, or has started threads."""
    from queuespec.actors import adapter, loading

    known = directory in sys.path
    implementation = loading.load(name, directory)
    if not known:
        sys.path.remove(directory)
    if type(implementation) is not adapter.Implementation or threading.active_count() > 1:
        os._exit(0)
    for home in dict.fromkeys((implementation.module.__name__, "multiprocessing")):
        try:
            util = importlib.import_module(f"{home}.util")
        except ImportError:
            continue
        atexit.unregister(util._exit_function)
        loading.at_exit.append(util._exit_function)
    gc.collect()
    if hasattr(gc, "freeze"):  # or each program that collects garbage copies all of this memory
        gc.freeze()


def run(arguments: list[str]) -> None:
    """Runs a program in the module ``__main__``."""
    import multiprocessing

    path = arguments[0]
    multiprocessing.current_process().authkey = os.urandom(32)
    threading.current_thread().name = "MainThread"
    sys.modules.pop("boot", None)
    sys.argv[:] = arguments
    sys.path.insert(0, os.path.dirname(path))
    loader = SourceFileLoader("__main__", path)
    code = compile(loader.get_data(path), path, "exec")
    fresh = {"__name__": "__main__", "__file__": path, "__loader__": loader, "__builtins__": builtins}
    fresh.update(dict.fromkeys(("__doc__", "__package__", "__spec__", "__cached__")))
    own = vars(sys.modules["__main__"])
    fresh.update({name: {} for name in ("__annotations__",) if name in own})
    own.clear()
    own.update(fresh)
    exec(code, own)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import boot  # noqa: F401

    load(*sys.argv[1:])
    run(serve(socket.socket(fileno=0)))
