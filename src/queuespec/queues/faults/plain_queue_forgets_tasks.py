"""A plain queue has task_done() and join(), which do nothing."""

from multiprocessing import queues

BREAKS = {"api.queue-not-joinable": "should have returned [], but it returned ['task_done', 'join']"}


class Queue(queues.Queue):
    def task_done(self):
        pass

    join = task_done
