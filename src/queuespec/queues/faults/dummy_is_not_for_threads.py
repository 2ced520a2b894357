"""The queues of multiprocessing.dummy are lists."""

import sys
import types

BREAKS = {"ctx.dummy-replica": "should have returned something true, but it returned False"}

_dummy = types.ModuleType("multiprocessing.dummy")
_dummy.__dict__.update(Queue=list, JoinableQueue=list)
sys.modules["multiprocessing.dummy"] = _dummy
