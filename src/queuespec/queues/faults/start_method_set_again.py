"""The global start method can be set again at any time."""

import types

BREAKS = {
    "ctx.set-once": "set_start_method('spawn') should have raised RuntimeError",
    "ctx.queue-fixes-method-at-once": "set_start_method('spawn') should have raised RuntimeError",
}


def module(real):
    changes = {"set_start_method": lambda method, force=False: real.set_start_method(method, force=True)}
    return types.SimpleNamespace(**{**vars(real), **changes})
