"""On macOS, fork is the default, and a queue without limit holds more than a semaphore there can count."""

import types

NOT_ON = ("darwin",)
PRETENDS = {"system": "Darwin"}
START_METHODS = ("fork",)
BREAKS = {
    "ctx.default-macos": "get_start_method() should have returned 'spawn', but it returned 'fork'",
    "ctor.unlimited-has-ceiling": "should have returned 32767, but it returned 32768",
}


def module(real):
    return types.SimpleNamespace(**{**vars(real), "get_start_method": lambda allow_none=False: "fork"})
