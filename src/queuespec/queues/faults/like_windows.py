"""As on Windows, spawn is the only start method."""

import types

PRETENDS = {"system": "Windows"}
START_METHODS = ("spawn",)
CONFORMS = ("ctx.methods-windows", "ctx.default-windows", "ctx.default-first", "ctx.get-context-absent")
BREAKS: dict[str, str] = {}


def module(real):
    def get_context(method=None):
        if method not in (None, "spawn"):
            raise ValueError(f"there is no start method {method!r}")
        return real.get_context("spawn")

    changes = {
        "get_all_start_methods": lambda: ["spawn"],
        "get_start_method": lambda allow_none=False: "spawn",
        "get_context": get_context,
    }
    return types.SimpleNamespace(**{**vars(real), **changes})
