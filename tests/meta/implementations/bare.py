"""An adapter that lacks what the variable LACKS names, separated by commas; the rest is the standard library's.

What it lacks fails when a rule uses it.
"""

import multiprocessing
import os

LACKS = tuple(os.environ["LACKS"].split(","))


class Queue:
    def __init__(self, real, bounded):
        if "maxsize" in LACKS and bounded:
            raise TypeError("a queue cannot be bounded")
        self.real = real

    def __getattr__(self, name):
        if name.startswith("_") or name in LACKS:
            raise AttributeError(name)
        return getattr(self.real, name)


class Process:
    def __init__(self, real):
        self.real = real

    def __getattr__(self, name):
        if {"exitcode": "exit codes", "kill": "kill"}.get(name) in LACKS:
            raise AttributeError(name)
        return getattr(self.real, name)


class Adapter:
    name = "bare"
    kinds = ("Queue", "JoinableQueue")
    lacks = (*LACKS, "pickled queues")

    def queue(self, kind, owner, *args, **kwargs):
        return Queue(getattr(owner, kind)(*args, **kwargs), bool(args or kwargs))


class WithoutProcesses(Adapter):
    start_methods = ("task",)

    def process(self, context, target, args, daemon):
        return Process(multiprocessing.get_context().Process(target=target, args=args, daemon=daemon))
