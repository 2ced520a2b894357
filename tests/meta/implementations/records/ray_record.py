"""Shows, without queuespec, what the expected deviations of `ray.util.queue.Queue` rest on.

``python ray_record.py`` shows each fact, on a cluster that it starts and ends.
"""

import copy
import os
import pickle
import queue
import secrets
import shutil
import tempfile

os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"

import ray
from ray.util.queue import Queue
from showing import PATIENCE, raised, show

SHORT = 10
"""How long to wait for what does not happen, in seconds."""


class Where:
    """An item that arrives as a list of the processes that have pickled it."""

    def __init__(self, processes):
        self.processes = processes

    def __reduce__(self):
        return Where, ([*self.processes, os.getpid()],)


class Raising:
    """An item that raises this exception when it is unpickled."""

    def __init__(self, error):
        self.error = error

    def __reduce__(self):
        return exec, (f"raise {self.error}",)


def named_item():
    """The first parameter of put() and put_nowait() is named item, not obj."""
    made = _new()
    assert raised(made.put, obj="a") is TypeError
    assert raised(made.put_nowait, obj="a") is TypeError
    made.put(item="a")
    made.put_nowait(item="b")


def timeout_of_zero():
    """put() with a timeout of 0 raises Full although there is room."""
    assert issubclass(raised(_new().put, "a", timeout=0), queue.Full)


def negative_timeout():
    """A negative timeout raises ValueError."""
    assert raised(_new().put, "a", timeout=-1) is ValueError
    assert raised(_new().get, timeout=-1) is ValueError


def has_length():
    """The queue has a length, so it is false while it is empty."""
    made = _new()
    assert not made
    made.put("a")
    assert made
    assert len(made) == 1


def has_shutdown():
    """The queue has a method shutdown(), which ends its actor."""
    _new().shutdown()


def unchecked_maxsize():
    """The constructor passes maxsize to asyncio.Queue, which does not check it."""
    for maxsize in (2**31, None, "3", 1.5):
        assert _new(maxsize).maxsize == maxsize
    assert issubclass(raised(_new("3").put, "a"), TypeError)


def copies():
    """The queue is a handle of an actor, which can be pickled, copied and put into a queue."""
    made, other = _new(), _new()
    other.put(made)
    for same in (pickle.loads(pickle.dumps(made)), copy.copy(made), copy.deepcopy(made), other.get(timeout=PATIENCE)):
        same.put("a")
        assert made.get(timeout=PATIENCE) == "a"


def unpickled_by_the_actor():
    """The actor of the queue unpickles each item, and pickles it again."""
    made = _new()
    made.put(Where([]))
    processes = made.get(timeout=PATIENCE).processes
    assert processes[0] == os.getpid()
    assert len(processes) == 2
    for error in (ValueError, RecursionError):
        assert issubclass(raised(made.put, Raising(error.__name__)), ray.exceptions.RaySystemError)


def exit_of_the_actor():
    """put() does not return if unpickling the item raises SystemExit in the actor."""
    putting = _new().actor.put.remote(Raising("SystemExit"), None)  # what put() waits for
    assert ray.wait([putting], timeout=SHORT)[0] == []


def _new(maxsize=0):
    return Queue(maxsize, actor_options={"num_cpus": 0})


def _main():
    where = tempfile.mkdtemp(dir="/tmp" if os.name == "posix" else None)
    try:
        ray.init("local", num_cpus=2, include_dashboard=False, _temp_dir=where, log_to_driver=False)
        show()
    finally:
        ray.shutdown()
        shutil.rmtree(where, ignore_errors=True)


if __name__ == "__main__":
    _main()
