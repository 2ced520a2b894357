"""Shows, without queuespec, what the expected deviations of `dask.distributed.Queue` rest on.

``python dask_record.py`` shows each fact, on a cluster that it starts and ends.
"""

import asyncio
import tempfile

from distributed import Client, LocalCluster, Queue
from showing import PATIENCE, raised, show


def no_parameter_block(client):
    """put() and get() have no parameter block, and timeout comes first."""
    queue = Queue(client=client, maxsize=1)
    assert raised(queue.get, block=True, timeout=1) is TypeError
    assert raised(queue.get, True, 1) is KeyError  # True is no time
    assert raised(queue.get, False) is KeyError
    assert raised(queue.get, 0.01) is asyncio.TimeoutError
    assert raised(queue.put, "a", block=False) is TypeError
    assert raised(queue.put, "a", True, 1) is TypeError
    assert raised(queue.put, "a", False) is KeyError
    queue.put("a")
    assert raised(queue.put, "b", 0.01) is asyncio.TimeoutError


def negative_timeout(client):
    """A negative timeout of put() raises ValueError."""
    assert raised(Queue(client=client).put, "a", timeout=-1) is ValueError


def list_as_tuple(client):
    """Items are encoded by msgpack, so a list arrives as a tuple."""
    queue = Queue(client=client)
    for item, arrived in (([], ()), ([["a"]], (("a",),)), ({"key": [1]}, {"key": (1,)}), ((1,), (1,))):
        queue.put(item)
        assert queue.get(timeout=PATIENCE) == arrived


def put_after_close(client):
    """After close(), put() works as long as another process has not closed the queue."""
    queue, other = Queue("closed", client=client), Queue("closed", client=client)
    queue.close()
    queue.put("a")
    assert other.get(timeout=PATIENCE) == "a"


def unchecked_maxsize(client):
    """The constructor passes maxsize to asyncio.Queue, which does not check it."""
    for maxsize in (2**31, None, "3", 1.5):
        assert Queue(client=client, maxsize=maxsize).maxsize == maxsize
    assert raised(Queue(client=client, maxsize="3").put, "a") is TypeError


def _main():
    where = {"dashboard_address": None, "local_directory": tempfile.gettempdir()}
    with LocalCluster(n_workers=1, threads_per_worker=1, **where) as cluster, Client(cluster) as client:
        show(client)


if __name__ == "__main__":
    _main()
