"""The count of unfinished items rises when the item may have been got and done already."""

from multiprocessing import queues

BREAKS = {
    "td.at-once": "work(count=2) should have returned, but it raised ValueError",
    "td.while-put-goes-on": "work_until_none() should have returned, but it raised ValueError",
}


class JoinableQueue(queues.JoinableQueue):
    def put(self, obj, block=True, timeout=None):
        queues.Queue.put(self, obj, block, timeout)
        self._unfinished_tasks.release()
