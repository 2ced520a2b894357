"""Every method of the queue raises the same exception."""

BREAKS = {
    "order.fifo-in-process": "put('a') should have returned, but it raised RuntimeError",
    "get.blocks-when-empty": "get() did not block: it raised RuntimeError",
}
COLLATERAL = "everything"


class Broken:
    def __init__(self, maxsize=0, *, ctx=None):
        pass

    def refuses(self, *args, **kwargs):
        raise RuntimeError("this queue does nothing but refuse")

    put = put_nowait = get = get_nowait = qsize = empty = full = refuses
    close = join_thread = cancel_join_thread = task_done = join = refuses


Queue = JoinableQueue = SimpleQueue = Broken
