"""get() never returns: it spends for ever in C code that holds the interpreter lock."""

import re
from multiprocessing import queues

BREAKS = {"get.blocks-when-empty": "was still running after"}
COLLATERAL = "everything"


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        re.match("(a+)+$", "a" * 64 + "b")


class JoinableQueue(queues.JoinableQueue):
    get = Queue.get
