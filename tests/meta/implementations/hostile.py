"""Queues that do to their processes whatever a process can do to itself: ``get`` of a queue whose maxsize is N makes
the Nth attack, one of 200 + N makes it in its constructor, one of 400 + N in a child. Others are the standard's.

The variable HOSTILE names an attack that is made elsewhere: when this module is imported, in a main program
(``main:exits``) or in a child, or by ``get`` of each queue without a maxsize.
"""

import builtins
import contextlib
import copyreg
import faulthandler
import gc
import multiprocessing
import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from multiprocessing import get_all_start_methods, queues
from pathlib import Path

__all__ = ["get_all_start_methods", "get_context"]

WHERE, _, NAME = os.environ.get("HOSTILE", "").partition(":")
TAG = os.environ.get("HOSTILE_TAG", "")
"""What the arguments of programs that are left end with, so that they can be told from all others."""

ATTACKS = {}
CONSTRUCTOR, CHILD, NONE = 200, 400, 1000


def attack(function):
    ATTACKS[function.__name__] = function
    return function


def number_of(name, place=0):
    """The maxsize of a queue that makes this attack."""
    return place + 1 + list(ATTACKS).index(name)


def forever():
    while True:
        time.sleep(100)


def boom(*args, **kwargs):
    raise RuntimeError("boom")


# What is near


@attack
def kills_its_parent():
    os.kill(os.getppid(), signal.SIGKILL)


@attack
def kills_its_parents():
    """No further than to the first one that is none of ours."""
    for _ in range(3):
        with contextlib.suppress(OSError), open(f"/proc/{os.getppid()}/cmdline", "rb") as file:
            if b"reaper.py" in file.read():
                parent = os.getppid()
                os.kill(parent, signal.SIGKILL)
                while os.getppid() == parent:
                    time.sleep(0.001)


@attack
def stops_its_parent():
    os.kill(os.getppid(), signal.SIGSTOP)


@attack
def ends_its_parent_politely():
    os.kill(os.getppid(), signal.SIGTERM)
    os.kill(os.getppid(), signal.SIGINT)
    os.kill(os.getppid(), signal.SIGHUP)


@attack
def kills_the_group_of_its_parent():
    os.killpg(os.getpgid(os.getppid()), signal.SIGKILL)


@attack
def kills_its_group():
    os.killpg(0, signal.SIGKILL)


@attack
def kills_its_peers():
    for number in range(256):
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(number)) as one:
            pid = int.from_bytes(one.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)[:4], sys.byteorder)
            if pid > 1:
                os.kill(pid, signal.SIGKILL)


@attack
def kills_its_children():
    for child in multiprocessing.active_children():
        child.kill()


# What stays


@attack
def leaves_a_session():
    subprocess.Popen(["sleep", "1000" + TAG], start_new_session=True)


@attack
def leaves_a_child():
    subprocess.Popen(["sleep", "1001" + TAG])


@attack
def leaves_a_daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 256)
            os.chdir("/")
            os.execve("/bin/sleep", ["sleep", "1002" + TAG], {})
        os._exit(0)
    os.wait()


@attack
def leaves_a_crowd():
    for _ in range(50):
        subprocess.Popen(["sleep", "1003" + TAG], start_new_session=True, stdout=subprocess.DEVNULL)


@attack
def leaves_what_ignores_signals():
    lines = [
        "import signal, time",
        "for one in signal.SIGTERM, signal.SIGINT, signal.SIGHUP: signal.signal(one, signal.SIG_IGN)",
        f"time.sleep(1004{TAG})",
    ]
    program = "\n".join(lines)
    subprocess.Popen([sys.executable, "-c", program], start_new_session=True)


@attack
def leaves_daemons_and_hangs():
    leaves_a_session()
    leaves_a_daemon()
    Path(tempfile.gettempdir(), "called").touch()
    forever()


@attack
def becomes_a_daemon():
    if os.fork():
        os._exit(0)
    os.setsid()
    forever()


@attack
def returns_twice():
    os.fork()


@attack
def leaves_a_thread():
    threading.Thread(target=forever).start()


@attack
def leaves_an_exit_hook_that_never_ends():
    import atexit

    atexit.register(forever)


# What it ends by


@attack
def exits():
    os._exit(0)


@attack
def raises_system_exit():
    sys.exit()


@attack
def stops():
    os.kill(os.getpid(), signal.SIGSTOP)


@attack
def blocks_all_signals_and_hangs():
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    forever()


@attack
def ignores_all_signals_and_hangs():
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    while True:
        with contextlib.suppress(BaseException):
            forever()


@attack
def disables_the_fault_handler_and_hangs():
    faulthandler.disable()
    faulthandler.unregister(signal.SIGUSR2)
    forever()


# What it needs


@attack
def closes_all_files():
    os.closerange(0, 256)


@attack
def closes_all_files_but_the_standard_ones():
    os.closerange(3, 256)


@attack
def replaces_all_files():
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(3, 64):
        os.dup2(null, number)


@attack
def writes_into_all_sockets():
    for number in range(256):
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(number)) as one:
            one.send(b"\xff" * 100)


@attack
def closes_the_standard_files():
    os.closerange(0, 3)


@attack
def forgets_all_modules():
    sys.modules.clear()


@attack
def forgets_our_modules():
    for name in [name for name in sys.modules if name.startswith("queuespec")]:
        sys.modules[name] = None


@attack
def finds_no_modules():
    sys.path.clear()
    sys.path_hooks.clear()
    sys.meta_path[:] = []


@attack
def refuses_imports():
    sys.meta_path.insert(0, type("Refuses", (), {"find_spec": staticmethod(boom)}))


@attack
def replaces_import():
    builtins.__import__ = boom


@attack
def replaces_builtins():
    for name in ("len", "min", "getattr", "type", "isinstance", "repr", "id", "next", "Exception", "bytearray", "map"):
        setattr(builtins, name, boom)


@attack
def replaces_pickling():
    pickle.dumps = pickle.loads = pickle.Pickler = pickle.Unpickler = boom
    copyreg.dispatch_table.update({str: boom, tuple: boom, dict: boom})


@attack
def replaces_sockets():
    for name in ("recv", "send", "sendall", "recv_into", "close", "connect"):
        setattr(socket.socket, name, boom)


@attack
def replaces_the_system():
    for name in ("getpid", "getppid", "_exit", "kill", "getcwd", "write"):
        setattr(os, name, boom)


@attack
def replaces_the_clock():
    time.monotonic = time.time = time.perf_counter = boom


@attack
def sets_the_clock_back():
    time.monotonic = time.time = time.perf_counter = lambda: -1e9


@attack
def traces():
    threading.settrace(boom)
    sys.settrace(boom)


@attack
def profiles():
    threading.setprofile(boom)
    sys.setprofile(boom)


@attack
def limits_recursion():
    limit = 1
    while True:
        with contextlib.suppress(RecursionError):
            sys.setrecursionlimit(limit)
            return
        limit += 1


@attack
def limits_memory():
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (1 << 20, resource.RLIM_INFINITY))


@attack
def limits_files():
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (3, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


@attack
def limits_the_disk():
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


@attack
def uses_one_processor_slowly():
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
    os.nice(19)


@attack
def goes_away():
    where = os.path.join(os.environ["TMPDIR"], f"gone {os.getpid()}")
    os.mkdir(where)
    os.chdir(where)
    os.rmdir(where)


@attack
def clears_the_environment():
    os.environ.clear()


@attack
def replaces_the_streams():
    sys.stdin = sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = None
    sys.excepthook = threading.excepthook = sys.unraisablehook = boom


@attack
def breaks_the_collector():
    getattr(gc, "callbacks", []).append(boom)
    gc.collect()
    gc.disable()


# What it says


@attack
def prints_much():
    os.write(1, b"\xff\xfe\x1b[2J\x1b]0;title\x07\r##[error]\n" * 1000)
    for _ in range(100):
        os.write(1, b"x" * 100_000)


@attack
def prints_without_end():
    def print_on():
        while True:
            os.write(1, b"\x1b[31mmore\n" * 100)

    threading.Thread(target=print_on, daemon=True).start()


class Odd:
    """What get() returns in place of an item."""


class WithoutRepr(Odd):
    def __repr__(self):
        boom()

    __eq__ = __hash__ = __bool__ = __len__ = __reduce_ex__ = __getattribute__ = boom


class WithHangingRepr(Odd):
    def __repr__(self):
        forever()


class WithLongRepr(Odd):
    def __repr__(self):
        return "\x1b" * 100_000_000


class WithDeadlyRepr(Odd):
    def __repr__(self):
        os._exit(0)


class Nameless(type):
    __name__ = __mro__ = property(boom)

    def __getattribute__(cls, name):
        boom()


@attack
def returns_what_has_no_repr():
    return WithoutRepr()


@attack
def returns_what_hangs_in_repr():
    return WithHangingRepr()


@attack
def returns_what_has_a_long_repr():
    return WithLongRepr()


@attack
def returns_what_dies_in_repr():
    return WithDeadlyRepr()


@attack
def returns_what_has_a_type_without_a_name():
    return Nameless("Odd", (), {})()


@attack
def returns_what_contains_itself():
    item = []
    item.append(item)
    for _ in range(100_000):
        item = [item]
    return item


@attack
def raises_what_has_no_text():
    raise type("Silent", (Exception,), {"__str__": boom, "__repr__": boom})


@attack
def raises_what_has_a_long_text():
    raise ValueError("x" * 100_000_000)


@attack
def raises_what_hangs_in_its_text():
    raise type("Slow", (Exception,), {"__str__": lambda self: forever()})


@attack
def raises_what_does_not_unpickle():
    raise type("Stuck", (Exception,), {"__reduce__": boom, "__init__": lambda self, one="": None})


@attack
def raises_what_has_a_type_without_a_name():
    raise Nameless("Odd", (Exception,), {})()


@attack
def raises_what_has_a_number_as_its_name():
    raise type("Odd", (type,), {"__name__": 5})("Odd", (Exception,), {})("odd")


@attack
def raises_an_interrupt():
    raise KeyboardInterrupt


def attacked(number):
    return list(ATTACKS.values())[number % 200 - 1]() if 0 < number < NONE else None


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(ctx=ctx)
        self.number = maxsize
        if CONSTRUCTOR < self.number < CHILD:
            attacked(self.number)

    def __getstate__(self):
        return super().__getstate__(), self.number

    def __setstate__(self, state):
        super().__setstate__(state[0])
        self.number = state[1]

    def get(self, *args, **kwargs):
        item = super().get(*args, **kwargs)
        if WHERE == "get" and not self.number:
            ATTACKS[NAME]()
        returned = None if CONSTRUCTOR < self.number < CHILD else attacked(self.number)
        return returned if isinstance(returned, Odd) or type(returned) not in (type(None), int) else item


class Context:
    def __init__(self, method):
        self._real = multiprocessing.get_context(method)

    def __getattr__(self, name):
        return getattr(self._real, name)

    def Queue(self, maxsize=0):
        return Queue(maxsize, ctx=self._real)


def get_context(method):
    return Context(method)


if WHERE in ("main", "child"):
    if (WHERE == "child") == (
        sys.modules["__main__"].__name__ == "__mp_main__"
    ):  # so it is called in spawned processes
        ATTACKS[NAME]()
