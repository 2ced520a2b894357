"""Every process is forked, whatever its start method is said to be."""

import multiprocessing
import types

START_METHODS = ("forkserver",)
BREAKS = {
    "ctx.importable-main": "unguarded should have failed, but it ended with exit code 0: from the child",
    "ctx.importable-target": "start_a_nameless_function() should have raised Exception",
    "share.global-not-shared": "should have printed 'the child ended with 0; in the queue: nothing",
}
COLLATERAL = "everything"


def context(real):
    changes = {name: getattr(real, name) for name in dir(real) if not name.startswith("_")}
    return types.SimpleNamespace(**{**changes, "Process": multiprocessing.get_context("fork").Process})
