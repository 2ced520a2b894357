"""Shows, without queuespec, what the expected deviations of loky rest on.

``python loky_record.py`` shows each fact in a process of its own, and with a name after it, that one.
"""

import gc
import io
import sys
import threading

from loky.backend import get_context
from showing import PATIENCE, SHORT, Late, printed, raised, show_each

CLOSES_IT_ITSELF = sys.version_info < (3, 9, 13) or (3, 10) <= sys.version_info < (3, 10, 5)
"""Whether the standard library's close(), which loky's queue inherits, closes the reading end of the pipe."""

loky = get_context("loky")


def simple_queue_of_a_child():
    """The SimpleQueue that a child receives has no attribute _poll, which its empty() reads."""

    def look(queue):
        queue.put(raised(queue.empty))

    queue = loky.SimpleQueue()
    process = loky.Process(target=look, args=(queue,))
    process.start()
    found = queue.get()
    process.join(PATIENCE)
    assert found is AttributeError
    assert queue.empty() is True


def join_thread_without_waiting():
    """In the process that made the queue, join_thread() returns without waiting for the feeder thread."""
    opening = threading.Event()
    queue = loky.Queue()
    queue.put(Late(opening))
    queue.close()
    queue.join_thread()
    assert queue._thread.is_alive()
    sys.stderr = io.StringIO()  # for the traceback
    opening.set()
    queue._thread.join(PATIENCE)


def main_program_without_its_feeder():
    """The main program that made a queue ends without waiting for the feeder thread of that queue."""
    program = """
import atexit, threading
from loky.backend import get_context
opening = threading.Event()
class Late:
    def __reduce__(self):
        opening.wait()
        print("pickled", flush=True)
        return str, ()
queue = get_context("loky").Queue()
timer = threading.Timer(1.0, opening.set)
timer.daemon = True
atexit.register(timer.start)
queue.put(Late())
"""
    assert printed(program) == ""


def feeder_that_refers_to_its_queue():
    """The feeder thread refers to its queue, so a queue that has been used is never garbage collected."""
    queue = loky.Queue()
    queue.put("item")
    assert queue.get() == "item"
    thread = queue._thread
    del queue
    gc.collect()
    thread.join(SHORT)
    assert thread.is_alive()


def reading_end_left_open():
    """The feeder thread of a closed queue does not close the reading end of the pipe."""
    queue = loky.Queue()
    queue.put("item")
    assert queue.get() == "item"
    thread = queue._thread
    queue.close()
    thread.join(PATIENCE)
    assert queue._writer.closed
    assert not queue._reader.closed or CLOSES_IT_ITSELF


def missing_streams():
    """Starting a process flushes sys.stdout and sys.stderr, which may be None: AttributeError."""
    streams = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = None
    try:
        found = raised(loky.Process(target=print).start)
    finally:
        sys.stdout, sys.stderr = streams
    assert found is AttributeError


def first_parameter():
    """The first parameter of SimpleQueue is `reducers`."""
    assert loky.SimpleQueue(1)._reducers == 1


if __name__ == "__main__":
    show_each()
