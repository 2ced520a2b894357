"""Makes this package known to a judged process, and its stacks to the judge. Older Pythons must be able to run it.

Our programs put this directory first on ``sys.path`` and import `boot`. The package is known without running its
``__init__``: the judged interpreter need not have installed anything, and nothing stays on its ``sys.path``.
"""

import os
import sys
import types

HERE = os.path.dirname(os.path.abspath(__file__))

if "queuespec" not in sys.modules:
    _package = types.ModuleType("queuespec")
    _package.__path__ = [os.path.dirname(HERE)]
    sys.modules["queuespec"] = _package
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != HERE]


def reach(path, module, name):  # type: ignore[no-untyped-def]
    """What a module of this package has, in a process that the package is new to; `path` is added to ``sys.path``."""
    import importlib

    sys.path += [entry for entry in path if entry not in sys.path]
    return getattr(importlib.import_module(module), name)
