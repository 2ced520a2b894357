"""What a program of the specification judges: `mp`, the context of the implementation and start method in question."""

import json
import os
import sys
import types

_context = json.loads(os.environ["QUEUESPEC_CONTEXT"])
if "queuespec" not in sys.modules:
    _package = types.ModuleType("queuespec")
    _package.__path__ = [_context["home"]]
    sys.modules["queuespec"] = _package

from queuespec import implementations  # noqa: E402


class _Context:
    """The context's own API, with the queues and processes of the implementation."""

    def __init__(self, implementation, start_method):
        self._implementation = implementation
        self._context = implementation.context(start_method)

    def __getattr__(self, name):
        return getattr(self._context, name)

    @property
    def managers(self):
        """The module with `BaseManager`."""
        return self._implementation.managers()

    def Queue(self, *args, **kwargs):
        return self._implementation.make(self._context, "Queue", *args, **kwargs)

    def JoinableQueue(self, *args, **kwargs):
        return self._implementation.make(self._context, "JoinableQueue", *args, **kwargs)

    def SimpleQueue(self, *args, **kwargs):
        return self._implementation.make(self._context, "SimpleQueue", *args, **kwargs)

    def Manager(self):
        return self._implementation.manager(self._context)

    def Process(self, **kwargs):
        return self._implementation.process(self._context, **kwargs)


mp = _Context(implementations.load(_context["implementation"]), _context["start_method"])
