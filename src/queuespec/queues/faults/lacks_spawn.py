"""On a POSIX system, spawn is not among the start methods."""

import types

START_METHODS = ("fork",)
BREAKS = {"ctx.methods-posix": "sorted_start_methods() should have returned ['fork', 'forkserver', 'spawn']"}


def module(real):
    methods = [method for method in real.get_all_start_methods() if method != "spawn"]
    return types.SimpleNamespace(**{**vars(real), "get_all_start_methods": lambda: methods})
