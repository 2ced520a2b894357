"""The queues of yarqueue, which a Redis server keeps. ``REDIS_URL`` is the address of the server::

    REDIS_URL=redis://127.0.0.1:6379 queuespec --implementation redis

A queue is a list with a name. It holds a Redis client, which cannot be pickled: what a user is sent is the name, and it
makes the queue of this name with a client of its own. Nothing of a run stays on the server, and its names are like no
others.

put() pickles an item and returns when the server has it, so there is no feeder thread and no buffer, and no close(),
join_thread() or cancel_join_thread(). yarqueue has been the same since 2019. Its get() waits in the server, and a
client of redis-py 8 gives that up after five seconds unless it has no timeout, as here.
"""

import itertools
import os

import redis
import yarqueue

URL = "REDIS_URL"
MARK = os.environ.get("QUEUESPEC_MARK", "queuespec")
CLASSES = {"Queue": yarqueue.Queue, "JoinableQueue": yarqueue.JoinableQueue}

numbers = itertools.count()


class Adapter:
    name = "yarqueue"
    version = yarqueue.__version__
    kinds = ("Queue", "JoinableQueue")
    lacks = ("close", "join_thread", "cancel_join_thread", "buffer", "semaphores")

    def __init__(self):
        url = os.environ.get(URL)
        if not url:
            raise OSError(f"start redis-server, and set {URL} to its address, such as redis://127.0.0.1:6379")
        try:
            with self.client() as client:
                client.ping()
        except (redis.RedisError, ValueError) as error:
            raise OSError(f"no Redis server answers at {url}: start one, or correct {URL} ({error})") from None

    def client(self):
        return redis.Redis.from_url(os.environ[URL], socket_timeout=None)

    def queue(self, kind, owner, maxsize=0):
        return self.received((kind, maxsize, f"{MARK}-{os.getpid()}-{next(numbers)}"))

    def sent(self, queue):
        kind = next(kind for kind, known in CLASSES.items() if type(queue) is known)
        return kind, queue.maxsize, queue.name

    def received(self, sent):
        kind, maxsize, name = sent
        return CLASSES[kind](maxsize, name, self.client())

    def tidy(self):
        with self.client() as client:
            for key in client.scan_iter(f"{MARK}-*"):
                client.delete(key)
