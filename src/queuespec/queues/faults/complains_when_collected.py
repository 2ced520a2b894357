"""The clean-up of a queue that was dropped fails, which Python reports."""

from multiprocessing import queues

BREAKS = {"close.gc-is-silent": "AttributeError"}
CONFORMS = ("resources.descriptors", "resources.semaphore-names")


class Queue(queues.Queue):
    def __del__(self):
        raise AttributeError("join")
