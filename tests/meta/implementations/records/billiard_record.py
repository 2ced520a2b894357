"""Shows, without queuespec, what the expected deviations of billiard rest on.

``python billiard_record.py`` shows each fact in a process of its own, and with a name after it, that one.
"""

import io
import os
import signal
import sys
import threading
from queue import Empty

import billiard
from showing import PATIENCE, SHORT, Late, printed, raised, show_each

fork = billiard.get_context("fork")


class Unpicklable:
    def __reduce__(self):
        raise TypeError("this cannot be pickled")


def feeder_ends_with_the_first_error():
    """When an item cannot be pickled, the feeder thread prints the error and ends: nothing behind it is sent."""
    queue = fork.Queue(2)
    sys.stderr = io.StringIO()  # for the traceback
    queue.put(Unpicklable())
    queue._thread.join(PATIENCE)
    sys.stderr = sys.__stderr__
    assert not queue._thread.is_alive()
    queue.put("next")
    assert raised(queue.get, True, SHORT) is Empty
    assert queue.full()  # so the slot of the item is not free again


def task_without_result():
    """A task that cannot be pickled gets no result."""
    with fork.Pool(1) as pool:
        assert raised(pool.apply_async(len, (Unpicklable(),)).get, SHORT) is billiard.TimeoutError
        pool.terminate()


def simple_queue_without_poll():
    """The SimpleQueue of a context has no attribute _poll, which its empty() reads."""
    assert raised(fork.SimpleQueue().empty) is AttributeError


def join_thread_without_waiting():
    """In the process that made the queue, join_thread() returns without waiting for the feeder thread."""
    opening = threading.Event()
    queue = fork.Queue()
    queue.put(Late(opening))
    queue.close()
    queue.join_thread()
    assert queue._thread.is_alive()
    sys.stderr = io.StringIO()
    opening.set()
    queue._thread.join(PATIENCE)


def short_timeout():
    """If the timeout has expired when the lock is acquired, get() raises Empty without looking for an item."""
    queue = fork.Queue()
    queue.put("here")
    while queue.empty():
        pass
    assert raised(queue.get, True, 0) is Empty
    assert raised(queue.get, True, 1e-9) is Empty
    assert queue.get(True, PATIENCE) == "here"


def process_without_its_children():
    """A process ends without waiting for its children."""
    program = """
import billiard
context = billiard.get_context("fork")
def parent(role):
    reader, writer = context.Pipe(duplex=False)
    def child():
        writer.close()
        try:
            reader.recv()
        except EOFError:  # nobody has the other end any more
            print(role, "has ended", flush=True)
    context.Process(target=child).start()
process = context.Process(target=parent, args=("a child",))
process.start()
process.join()
parent("the main program")
"""
    assert sorted(printed(program).splitlines()) == ["a child has ended", "the main program has ended"]


def main_program_without_its_feeder():
    """The main program that made a queue ends without waiting for the feeder thread of that queue."""
    program = """
import atexit, threading, billiard
opening = threading.Event()
class Late:
    def __reduce__(self):
        opening.wait()
        print("pickled", flush=True)
        return str, ()
queue = billiard.get_context("fork").Queue()
atexit.register(threading.Timer(1.0, opening.set).start)
queue.put(Late())
"""
    assert printed(program) == ""


def manager_queue_through_a_manager_queue():
    """A manager queue that was put into another queue of the same manager cannot be received: RemoteError."""
    with fork.Manager() as manager:
        queue, requests = manager.Queue(), manager.Queue()
        requests.put(queue)
        found = raised(requests.get)
        assert found is billiard.managers.RemoteError, found


def interrupted_manager():
    """The process of a manager does not ignore Ctrl-C, and ends."""
    manager = fork.Manager()
    queue = manager.Queue()
    os.kill(manager._process.pid, signal.SIGINT)
    manager._process.join(PATIENCE)
    assert raised(queue.put, "last") is not None


def interrupted_fork_server():
    """The fork server does not ignore Ctrl-C, and no process can be started without it."""
    if billiard.VERSION < (4, 3):
        return
    program = """
import os, signal, time, billiard
context = billiard.get_context("forkserver")
def start():
    process = context.Process(target=len, args=((),))
    process.start()
    process.join()
if __name__ == "__main__":
    start()
    try:
        os.killpg(0, signal.SIGINT)
        time.sleep(60)
    except KeyboardInterrupt:
        try:
            while True:
                start()
        except (EOFError, OSError):
            print("failed", flush=True)
"""
    assert printed(program) == "failed\n"


def semaphores_of_main_module():
    """A child forgets, without releasing them, the semaphores that it has created while it imported the main module."""
    if billiard.VERSION < (4, 3):
        return
    program = """
import billiard
queue = billiard.get_context("spawn").Queue()
if __name__ == "__main__":
    process = billiard.get_context("spawn").Process(target=len, args=((),))
    process.start()
    process.join()
"""
    assert "leaked semaphores" in printed(program, stream="stderr")


def broken_pipe():
    """close() closes the reading end of the pipe before the items are sent, and the error is printed."""
    opening = threading.Event()
    queue = fork.Queue()
    queue.put(Late(opening))
    queue.close()
    said = sys.stderr = io.StringIO()
    opening.set()
    queue._thread.join(PATIENCE)
    sys.stderr = sys.__stderr__
    assert "BrokenPipeError" in said.getvalue()


def missing_streams():
    """Starting a process flushes sys.stdout and sys.stderr, which may be None: AttributeError."""
    streams = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = None
    try:
        found = raised(fork.Process(target=print).start)
    finally:
        sys.stdout, sys.stderr = streams
    assert found is AttributeError


def no_generic_alias():
    """The class has no __class_getitem__."""
    assert raised(lambda: type(fork.Queue())[int]) is TypeError
    assert raised(lambda: type(fork.SimpleQueue())[int]) is TypeError


def queue_of_fork_in_spawned_process():
    """A queue of the fork context is passed to a spawned process without an error, and the process fails."""
    program = """
import billiard
if __name__ == "__main__":
    queue = billiard.get_context("fork").Queue()
    process = billiard.get_context("spawn").Process(target=len, args=(queue,))
    process.start()
    process.join()
    print(process.exitcode)
"""
    assert printed(program) == "1\n"


def closed_simple_queue_for_a_child():
    """A closed SimpleQueue has None for its connections, so it is passed to a child without an error."""
    queue = fork.SimpleQueue()
    queue.close()
    process = billiard.get_context("spawn").Process(target=bool, args=(queue,))
    process.start()
    process.join(PATIENCE)
    assert process.exitcode == 0


def closed_simple_queue():
    """put() to a closed SimpleQueue raises AttributeError, since its connections are None."""
    queue = fork.SimpleQueue()
    queue.close()
    assert raised(queue.put, "lost") is AttributeError


def closed_queue():
    """Before billiard 4.3, put() and get() of a closed queue raise AssertionError and OSError."""
    if billiard.VERSION >= (4, 3):
        return
    queue = fork.Queue()
    queue.close()
    assert raised(queue.put, "lost") is AssertionError
    assert raised(queue.get) is OSError


def semaphores_released_midway():
    """Releasing a semaphore waits for the lock of the semaphore tracker, even in the thread that holds it."""
    program = """
import os, sys, threading, billiard

spawn = billiard.get_context("spawn")
old = [spawn.Lock()]

def trace(frame, event, argument):
    where = frame.f_code.co_name, frame.f_globals["__name__"]
    if where == ("ensure_running", "billiard.semaphore_tracker") and frame.f_locals["self"]._lock.locked() and old:
        threading.Timer(3.0, lambda: (print("waits", flush=True), os._exit(0))).start()
        old.clear()
        os._exit(1)
    return trace

sys.settrace(trace)
spawn.Lock()
"""
    assert printed(program) == "waits\n"


def killed_fork_server():
    """A fork server that was killed is not started anew."""
    context = billiard.get_context("forkserver")
    process = context.Process(target=bool)
    process.start()
    process.join(PATIENCE)
    (server,) = (
        int(process_id) for process_id in filter(str.isdigit, os.listdir("/proc")) if _runs_our_fork_server(process_id)
    )
    os.kill(server, signal.SIGKILL)
    os.waitpid(server, 0)
    assert raised(context.Process(target=bool).start) is ConnectionRefusedError


def _runs_our_fork_server(process_id):
    """Whether this process is a fork server that this one has started."""
    try:
        with open(f"/proc/{process_id}/stat") as stat, open(f"/proc/{process_id}/cmdline") as command:
            return int(stat.read().rpartition(")")[2].split()[1]) == os.getpid() and "forkserver" in command.read()
    except OSError:
        return False


if __name__ == "__main__":
    show_each()
