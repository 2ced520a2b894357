"""What a program of the specification judges: `mp`, the context of the implementation and start method in question."""

import faulthandler
import json
import os
import signal
import sys
import types

_number = getattr(signal, "SIGUSR2", None)  # PyPy has `register` on Windows as well
if _number is not None and hasattr(faulthandler, "register") and sys.__stderr__ is not None:
    faulthandler.register(_number, file=sys.__stderr__)

_context = json.loads(os.environ["QUEUESPEC_CONTEXT"])
if "queuespec" not in sys.modules:
    _package = types.ModuleType("queuespec")
    _package.__path__ = [_context["home"]]
    sys.modules["queuespec"] = _package

from queuespec import implementations  # noqa: E402

_implementation = implementations.load(_context["implementation"])
_implementation.mark_semaphores()
mp = implementations.Api(_implementation, _implementation.context(_context["start_method"]))
