"""Whatever context a queue is made from, its locks are those of fork."""

import multiprocessing

START_METHODS = ("fork", "spawn")
NOT_ON = ("win32",)
BREAKS = {
    "ctx.side-by-side": "but it raised",
    "ctx.mix-spawn-into-others": "but it raised",
}
COLLATERAL = "everything"


def Queue(maxsize=0, *, ctx):
    return multiprocessing.get_context("fork" if hasattr(multiprocessing.context, "ForkContext") else "spawn").Queue()
