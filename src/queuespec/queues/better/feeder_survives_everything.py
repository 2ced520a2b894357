"""An item whose pickling raises SystemExit is lost like any other bad item, and the feeder thread goes on."""

from multiprocessing import queues


class BadItem(Exception):
    """Stands for what would end the feeder thread."""


class Guarded:
    """An item that raises an ordinary exception where it would raise another one."""

    def __init__(self, item):
        self.item = item

    def __reduce__(self):
        try:
            data = queues._ForkingPickler.dumps(self.item)
        except Exception:
            raise
        except BaseException as error:
            raise BadItem(repr(error)) from error
        return queues._ForkingPickler.loads, (bytes(data),)


class Surviving:
    def put(self, obj, block=True, timeout=None):
        super().put(Guarded(obj), block, timeout)


class Queue(Surviving, queues.Queue):
    pass


class JoinableQueue(Queue, queues.JoinableQueue):
    pass
