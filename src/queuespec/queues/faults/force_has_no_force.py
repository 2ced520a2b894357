"""The global start method cannot be set again, even by force."""

import types

BREAKS = {
    "ctx.set-once-forced": "should have returned, but it raised RuntimeError",
    "ctx.set-once-reset": "should have returned, but it raised RuntimeError",
}


def module(real):
    changes = {"set_start_method": lambda method, force=False: real.set_start_method(method)}
    return types.SimpleNamespace(**{**vars(real), **changes})
