"""join() of a manager's queue returns although items are unfinished."""

import queue

BREAKS = {
    "manager.has-join-task-done": "join() did not block: it returned None",
    "manager.joinable-queue": "join() did not block: it returned None",
}


class Served(queue.Queue):
    def join(self):
        pass
