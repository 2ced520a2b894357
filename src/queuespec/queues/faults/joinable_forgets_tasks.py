"""A JoinableQueue does not count finished tasks: it is a plain queue."""

from multiprocessing import queues

BREAKS = {"api.joinable-methods": "should have returned [], but it returned ['task_done', 'join']"}
COLLATERAL = ("join.blocks-until-all-done", "td.too-many")


class JoinableQueue(queues.Queue):
    pass
