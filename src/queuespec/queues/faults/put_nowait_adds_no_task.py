"""What was put by put_nowait() is no task: there is nothing to mark as done, and join() does not wait for it."""

from multiprocessing import queues

BREAKS = {"td.every-put": "work(count=1) should have returned, but it raised ValueError"}


class JoinableQueue(queues.JoinableQueue):
    def put_nowait(self, obj):
        queues.Queue.put(self, obj, False)
