"""The module exports an Empty of its own."""

import types

BREAKS = {"api.empty-full-not-exported": "should have returned [], but it returned ['Empty']"}


def module(real):
    return types.SimpleNamespace(**{**vars(real), "Empty": type("Empty", (Exception,), {})})
