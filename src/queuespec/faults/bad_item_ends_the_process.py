"""An item that cannot be pickled ends the process that put it."""

import os
from multiprocessing import queues

BREAKS = {"exit.bad-item-last": "70"}


class Queue(queues.Queue):
    @staticmethod
    def _on_queue_feeder_error(error, obj):
        os._exit(70)
