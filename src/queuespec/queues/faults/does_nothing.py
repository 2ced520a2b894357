"""The queue does nothing at all: every method returns None."""

BREAKS = {
    "order.fifo-in-process": "get() should have returned 'a', but it returned None",
    "get.blocks-when-empty": "get() did not block: it returned None",
}
COLLATERAL = "everything"
KINDS = ("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue")


class Nothing:
    def __init__(self, maxsize=0, *, ctx=None):
        pass

    def nothing(self, *args, **kwargs):
        return None

    put = put_nowait = get = get_nowait = qsize = empty = full = nothing
    close = join_thread = cancel_join_thread = task_done = join = shutdown = nothing


Queue = JoinableQueue = SimpleQueue = Nothing
