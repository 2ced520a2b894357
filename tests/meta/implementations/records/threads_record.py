"""Shows, without queuespec, what the expected deviations of the module `queue` rest on.

``python threads_record.py`` shows each fact.
"""

import queue
import sys
import time

from showing import raised, show


def put_calls_its_item_item():
    """The first parameter of put() and put_nowait() is named item."""
    for made in (queue.Queue(), queue.SimpleQueue()):
        for name in ("put", "put_nowait"):
            assert raised(getattr(made, name), obj="a") is TypeError
            getattr(made, name)(item="a")
        assert [made.get(), made.get()] == ["a", "a"]


def maxsize_is_stored():
    """The constructor stores maxsize as it is; put() compares the number of items with it."""
    for maxsize in (None, "3", 1.5, 2**31):
        assert queue.Queue(maxsize).maxsize == maxsize
    assert raised(queue.Queue("3").put, "a") is TypeError
    half = queue.Queue(1.5)
    half.put("a")
    half.put("b")
    assert raised(half.put_nowait, "c") is queue.Full


def negative_timeout():
    """put() of a bounded queue raises ValueError for a negative timeout."""
    assert raised(queue.Queue(1).put, "a", timeout=-1) is ValueError
    queue.Queue().put("a", timeout=-1)


def every_queue_is_joinable():
    """There is no separate joinable class: every Queue has task_done() and join()."""
    made = queue.Queue()
    made.put("a")
    made.get()
    made.task_done()
    made.join()


def simple_queue_with_timeout():
    """get() of a SimpleQueue has a timeout, and waits no longer."""
    made = queue.SimpleQueue()
    begun = time.monotonic()
    assert raised(made.get, timeout=0.1) is queue.Empty
    assert time.monotonic() - begun > 0.05
    made.put("a")
    assert made.get(timeout=0.1) == "a"


def queue_with_shutdown():
    """Queue has shutdown()."""
    made = queue.Queue()
    assert hasattr(made, "shutdown") is (sys.version_info >= (3, 13))  # the condition of the deviation


if __name__ == "__main__":
    show()
