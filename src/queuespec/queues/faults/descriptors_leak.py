"""Every queue takes one file descriptor more than it gives back."""

import os
from multiprocessing import queues

BREAKS = {"resources.descriptors": "20 descriptors remain of 20 queues"}


class Queue(queues.Queue):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        os.open(os.devnull, os.O_RDONLY)


class SimpleQueue(queues.SimpleQueue):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        os.open(os.devnull, os.O_RDONLY)
