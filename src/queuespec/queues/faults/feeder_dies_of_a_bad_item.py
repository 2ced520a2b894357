"""An item that cannot be pickled ends the thread that sends."""

import sys
from multiprocessing import queues

BREAKS = {"item.unpicklable-skipped": "get() was still running after"}


class Queue(queues.Queue):
    @staticmethod
    def _on_queue_feeder_error(e, obj):
        sys.exit()
