"""A child that was forked goes on with the conversation that its parent has with the manager."""

import threading
from multiprocessing import managers

START_METHODS = ("fork",)
BREAKS = {"manager.used-before": "was still running after"}


def manager(context):
    managers.util.ForkAwareLocal = threading.local
    return context.Manager()
