"""Starts programs in an interpreter that has imported the implementation: for one whose import takes long, on Linux.

Arguments: the implementation, the judge's current directory. Standard input is a socket (see
`queuespec.actors.forking`). The program finds what an interpreter finds that has just started, but for the modules that
the implementation has imported. Ends with the judge, and immediately if it must not be forked, or is no module.
"""

from __future__ import annotations

import atexit
import builtins
import gc
import importlib
import os
import signal
import socket
import sys
import threading
from importlib.machinery import SourceFileLoader


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
    from queuespec.actors import forking

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, lambda *_: None) for number in numbers]  # what a program may send its parent
    arguments = forking.serve(socket.socket(fileno=0), executes=False)
    if not arguments:
        os._exit(0)
    for number, handler in zip(numbers, before):
        signal.signal(number, handler)
    run(arguments)
