"""As on macOS, spawn is the default, and no queue holds more than 32767 items."""

import types
from multiprocessing import queues

PRETENDS = {"system": "Darwin"}
START_METHODS = ("fork",)
CONFORMS = ("ctx.default-macos", "ctx.default-first", "ctx.methods-posix", "ctor.unlimited-has-ceiling")
BREAKS: dict[str, str] = {}


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize if maxsize > 0 else 32767, ctx=ctx)


class JoinableQueue(queues.JoinableQueue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize if maxsize > 0 else 32767, ctx=ctx)


def module(real):
    changes = {
        "get_all_start_methods": lambda: sorted(real.get_all_start_methods(), key=lambda name: name != "spawn"),
        "get_start_method": lambda allow_none=False: "spawn",
    }
    return types.SimpleNamespace(**{**vars(real), **changes})
