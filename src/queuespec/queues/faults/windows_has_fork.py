"""On Windows, fork is offered as a start method, and is the default."""

import types

PRETENDS = {"system": "Windows"}
START_METHODS = ("spawn",)
BREAKS = {
    "ctx.methods-windows": "get_all_start_methods() should have returned ['spawn']",
    "ctx.default-windows": "get_start_method() should have returned 'spawn', but it returned 'fork'",
    "ctx.get-context-absent": "get_context('fork') should have raised ValueError",
}


def module(real):
    changes = {
        "get_all_start_methods": lambda: ["fork", "spawn"],
        "get_start_method": lambda allow_none=False: "fork",
        "get_context": lambda method=None: real.get_context("spawn"),
    }
    return types.SimpleNamespace(**{**vars(real), **changes})
