"""The report of an item that could not be pickled shows the item, and fails where that fails."""

import sys
from multiprocessing import queues

BREAKS = {"item.pickling-error-of-nameless": "get() was still running after"}


class Queue(queues.Queue):
    @staticmethod
    def _on_queue_feeder_error(e, obj):
        print(f"could not send {obj!r}: {e}", file=sys.stderr)
