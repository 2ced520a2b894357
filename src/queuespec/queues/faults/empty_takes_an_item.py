"""empty() tries by taking an item, which is lost."""

from multiprocessing import queues
from queue import Empty

BREAKS = {"look.no-side-effects": "take(3) should have returned, but it raised Empty"}


class Queue(queues.Queue):
    def empty(self):
        try:
            self.get_nowait()
        except Empty:
            return True
        return False
