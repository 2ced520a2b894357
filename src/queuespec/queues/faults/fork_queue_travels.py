"""A queue of the fork context works in processes of any start method."""

import multiprocessing

PRETENDS = {"python": [3, 12, 0], "python_version": "3.12.0"}
START_METHODS = ("forkserver",)
BREAKS = {
    "ctx.mix-fork-into-spawn": "but it returned 'the item arrived'",
    "ctx.mix-fork-into-spawn-raises": "but it returned 'the item arrived'",
}


def Queue(maxsize=0, *, ctx):
    return multiprocessing.get_context("spawn").Queue(maxsize)
