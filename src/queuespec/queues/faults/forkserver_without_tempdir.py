"""The default is forkserver even where there is no folder for temporary files."""

import types

PRETENDS = {"system": "Linux", "python": [3, 15, 1], "python_version": "3.15.1"}
START_METHODS = ("fork",)
BREAKS = {"ctx.default-without-tempdir": "should have returned 'spawn', but it returned 'forkserver'"}


def module(real):
    return types.SimpleNamespace(**{**vars(real), "get_start_method": lambda allow_none=False: "forkserver"})
