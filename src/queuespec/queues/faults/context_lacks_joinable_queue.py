"""A context has no JoinableQueue; only the module has."""

import types

BREAKS = {"ctx.same-api": "should have returned [], but it returned ['JoinableQueue']"}
COLLATERAL = "everything"


def context(real):
    names = (name for name in dir(real) if not name.startswith("_") and name != "JoinableQueue")
    return types.SimpleNamespace(**{name: getattr(real, name) for name in names})
