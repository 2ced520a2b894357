"""Python 3.14 still forks unless told otherwise."""

import types

PRETENDS = {"system": "Linux", "python": [3, 14, 0], "python_version": "3.14.0"}
START_METHODS = ("fork",)
BREAKS = {"ctx.default-linux": "get_start_method() should have returned 'forkserver', but it returned 'fork'"}


def module(real):
    return types.SimpleNamespace(**{**vars(real), "get_start_method": lambda allow_none=False: "fork"})
