"""Every process is spawned, whatever its start method is said to be."""

import multiprocessing
import types

START_METHODS = ("fork",)
BREAKS = {
    "ctx.importable-main-fork": "unguarded should have printed 'from the child",
    "share.global-fork": "should have printed 'the child ended with 0; in the queue: from the child",
}
COLLATERAL = "everything"


def context(real):
    changes = {name: getattr(real, name) for name in dir(real) if not name.startswith("_")}
    return types.SimpleNamespace(**{**changes, "Process": multiprocessing.get_context("spawn").Process})
