"""A manager ends by Ctrl-C, as any program does."""

import signal
from multiprocessing import managers

BREAKS = {"manager.ctrl-c": "get() "}


def manager(context):
    started = managers.SyncManager(ctx=context)
    started.start(signal.signal, (signal.SIGINT, signal.default_int_handler))
    return started
