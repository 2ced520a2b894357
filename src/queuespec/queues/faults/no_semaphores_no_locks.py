"""Where there are no semaphores, a queue without locks is made silently."""

import queue as thread_queue

BREAKS = {"ctx.no-sem-import-error": "should have raised ImportError, but it returned None"}


def Queue(maxsize=0, *, ctx):
    try:
        return ctx.Queue(maxsize)
    except ImportError:
        return thread_queue.Queue(maxsize)
