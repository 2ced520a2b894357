"""get() marks the item as done."""

from multiprocessing import queues

BREAKS = {
    "join.blocks-until-all-done": "join() did not block: it returned None",
    "td.consumer-death": "join() did not block: it returned None",
}
COLLATERAL = ("td.too-many",)


class JoinableQueue(queues.JoinableQueue):
    def get(self, block=True, timeout=None):
        item = super().get(block, timeout)
        self.task_done()
        return item
