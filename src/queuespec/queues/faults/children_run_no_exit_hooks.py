"""Python 3.13, but its children flush before their threads have ended, and leave without running exit hooks."""

import os
from multiprocessing import util

START_METHODS = ("fork",)
BREAKS = {
    "exit.put-in-exit-hook-of-child": "should have returned ['early', 'last'], but it returned ['early']",
    "exit.thread-outlives-target": "the process of child should have gone on, but it ended with exit code 0",
}
PRETENDS = {"python": (3, 13, 0)}


def process(context, *, target, **kwargs):
    def hasty(*args):
        target(*args)
        util._exit_function()
        os._exit(0)

    return context.Process(target=hasty, **kwargs)
