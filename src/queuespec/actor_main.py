"""The program of a stage. A child that is spawned imports it again, before it receives the queue.

The package it makes known is this folder, without running its ``__init__``: the judged interpreter need not have
installed anything, and nothing is added to its ``sys.path``.
"""

import os
import sys
import types

if "queuespec" not in sys.modules:
    _package = types.ModuleType("queuespec")
    _package.__path__ = [os.path.dirname(os.path.abspath(__file__))]
    sys.modules["queuespec"] = _package
    if sys.path and os.path.abspath(sys.path[0]) == _package.__path__[0]:
        del sys.path[0]

from queuespec import actor

actor.watch()
if __name__ == "__main__":
    actor.main()
