"""qsize() gives a number on macOS, where there is none to give."""

from multiprocessing import queues

PRETENDS = {"system": "Darwin"}
BREAKS = {"look.qsize-not-implemented": "qsize() should have raised NotImplementedError, but it returned 0"}


class Queue(queues.Queue):
    def qsize(self):
        return 0


class JoinableQueue(queues.JoinableQueue):
    qsize = Queue.qsize
