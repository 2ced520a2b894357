"""empty() returns None while an item is on its way."""

from multiprocessing import queues

NOT_ON = ("darwin",)
BREAKS = {"look.empty-unreliable": "empty() should have returned True or False, but it returned None"}


class Queue(queues.Queue):
    def empty(self):
        nothing_seen = super().empty()
        return None if nothing_seen and self.qsize() else nothing_seen
