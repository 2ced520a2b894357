"""Shows, without queuespec, what the expected deviations of yarqueue rest on.

``python redis_record.py`` shows each fact, by a Redis server that it starts and ends; it needs the program
redis-server.
"""

import os
import subprocess
import tempfile
import threading
import time
import warnings
from queue import Empty, Full

import redis
import yarqueue
from showing import PATIENCE, SHORT, facts, raised


def negative_number_of_tasks(client):
    """task_done() counts down without looking at the number, which becomes negative."""
    queue = yarqueue.JoinableQueue(redis=client)
    queue.task_done()
    assert queue.n_tasks() == -1
    queue.put("a")
    queue.get()
    queue.task_done()
    queue.task_done()
    assert queue.n_tasks() == -2


def rounded_timeout(client):
    """get() rounds a timeout that is not a whole number of seconds, and one below a second to a second."""
    queue = yarqueue.Queue(redis=client)
    for timeout, least in ((0.1, 0.9), (1.4, 0.9), (1.6, 1.9)):
        begun = time.monotonic()
        assert raised(queue.get, timeout=timeout) is Empty
        assert time.monotonic() - begun > least


def timeout_of_zero(client):
    """get() passes its timeout on to Redis, where zero means no limit."""
    queue = yarqueue.Queue(redis=client)
    got = []
    thread = threading.Thread(target=lambda: got.append(queue.get(timeout=0)), daemon=True)
    thread.start()
    thread.join(SHORT)
    assert thread.is_alive()
    queue.put("late")
    thread.join(PATIENCE)
    assert got == ["late"]


def negative_timeout(client):
    """get() passes a negative timeout on to Redis, which refuses it with an error."""
    assert raised(yarqueue.Queue(redis=client).get, timeout=-1) is redis.ResponseError


def negative_maxsize(client):
    """With a negative maxsize, no item fits into the queue."""
    for maxsize in (-1, -1000000):
        assert raised(yarqueue.Queue(maxsize, redis=client).put_nowait, "a") is Full


def stored_maxsize(client):
    """The constructor stores maxsize as it is; put() compares the length of the list with it."""
    for maxsize in (None, "3", 1.5, 2**31):
        assert yarqueue.Queue(maxsize, redis=client).maxsize == maxsize
    assert raised(yarqueue.Queue("3", redis=client).put, "a") is TypeError


def full_returns_zero(client):
    """full() of an unbounded queue returns its maxsize, 0, and not False."""
    assert repr(yarqueue.Queue(redis=client).full()) == "0"


def length_iteration_and_with(client):
    """A queue has a length, can be iterated over, and is a context manager."""
    with yarqueue.Queue(redis=client) as queue:
        queue.put("a")
        assert len(queue) == 1
        assert [*queue] == ["a"]


def false_if_empty(client):
    """An empty queue is false, since it has a length."""
    queue = yarqueue.Queue(redis=client)
    assert not queue
    queue.put("a")
    assert queue


def without_parameters(client):
    """The class has no __class_getitem__."""
    assert not hasattr(type(yarqueue.Queue(redis=client)), "__class_getitem__")


def _main():
    warnings.simplefilter("ignore")  # get() warns when it rounds
    with tempfile.TemporaryDirectory(prefix="qs-", dir="/tmp") as directory:
        socket = os.path.join(directory, "socket")
        words = ["redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no"]
        server = subprocess.Popen([*words, "--dir", directory], stdout=subprocess.PIPE, text=True)
        try:
            next(line for line in server.stdout if "ready to accept" in line.lower())
            for fact in facts():
                with redis.Redis(unix_socket_path=socket, socket_timeout=PATIENCE) as client:
                    fact(client)
                print(fact.__doc__, flush=True)
        finally:
            server.kill()
            server.communicate()


if __name__ == "__main__":
    _main()
