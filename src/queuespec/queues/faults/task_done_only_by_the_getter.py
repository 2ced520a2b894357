"""task_done() is refused where the process has not got an item before."""

from multiprocessing import queues

BREAKS = {
    "join.done-by-other-process": "task_done() should have returned, but it raised ValueError",
    "td.before-get-accepted": "task_done() should have returned, but it raised ValueError",
}


class JoinableQueue(queues.JoinableQueue):
    got = 0

    def get(self, block=True, timeout=None):
        item = super().get(block, timeout)
        self.got += 1
        return item

    def task_done(self):
        if not self.got:
            raise ValueError("nothing was got")
        self.got -= 1
        super().task_done()
