"""A queue has a shutdown(), which does nothing."""

from multiprocessing import queues

BREAKS = {"api.shutdown-absent": "should have returned [], but it returned ['shutdown']"}


class Queue(queues.Queue):
    def shutdown(self, immediate=False):
        pass


class JoinableQueue(queues.JoinableQueue):
    shutdown = Queue.shutdown


class SimpleQueue(queues.SimpleQueue):
    shutdown = Queue.shutdown
