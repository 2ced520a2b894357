"""aioprocessing's queues for asyncio, which wrap those of the standard library, by their blocking methods.

Users make them with ``AioQueue(context=...)`` and so on, or have an AioManager make them; they call the blocking methods
where they have no event loop, as a rule does. The coroutines are for rules of one's own. An AioManager has no joinable
queue, although its AioQueue has join(). With dill installed, aioprocessing wraps multiprocess instead, unless the
environment says otherwise.
"""

import os

os.environ.setdefault("AIOPROCESSING_DILL_DISABLED", "1")

import aioprocessing  # noqa: E402


class Adapter:
    name = "aioprocessing"
    version = aioprocessing.__version__
    kinds = ("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue")

    def queue(self, kind, owner, *args, **kwargs):
        if kind == "Manager.Queue":
            return owner.AioQueue(*args, **kwargs)
        return getattr(aioprocessing, f"Aio{kind}")(*args, **kwargs, context=owner)

    def manager(self, context):
        return aioprocessing.AioManager(context=context)
