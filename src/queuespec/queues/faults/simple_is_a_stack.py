"""A SimpleQueue hands out the item that was put last."""

from multiprocessing import queues

BREAKS = {"simple.fifo": "reordered: "}
COLLATERAL = ("item.none-falsy",)


class SimpleQueue(queues.SimpleQueue):
    def __init__(self, *, ctx):
        super().__init__(ctx=ctx)
        self._waiting = []

    def __setstate__(self, state):
        super().__setstate__(state)
        self._waiting = []

    def get(self):
        while not self._waiting or self._poll(0.01):
            self._waiting.append(super().get())
        return self._waiting.pop()
