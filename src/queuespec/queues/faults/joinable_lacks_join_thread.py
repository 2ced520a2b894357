"""A JoinableQueue has no join_thread(); only a plain one has."""

from multiprocessing import queues

BREAKS = {"api.extra-methods": "should have returned [], but it returned ['join_thread']"}
COLLATERAL = ("jt.after-close-waits",)


class JoinableQueue(queues.JoinableQueue):
    @property
    def join_thread(self):
        raise AttributeError("join_thread")
