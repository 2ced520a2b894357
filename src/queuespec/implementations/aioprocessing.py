"""aioprocessing's queues for asyncio, which wrap those of the standard library, by their blocking methods.

Users make them with ``AioQueue(context=...)`` and so on, or have an AioManager make them. They call these methods where
there is no event loop, as rules do; the coroutines are for rules of your own. An AioManager has no joinable
queue, although its AioQueue has join(). If dill is installed, aioprocessing wraps multiprocess unless the environment
says otherwise, which it does here.
"""

import os

os.environ.setdefault("AIOPROCESSING_DILL_DISABLED", "1")

import aioprocessing


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
