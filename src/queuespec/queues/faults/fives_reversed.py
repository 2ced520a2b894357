"""Pairs are brought on their way five at a time, the last one first."""

from multiprocessing import queues

BREAKS = {
    "order.per-producer": "reordered: ",
    "order.each-consumer-sees-subsequence": "reordered: ",
}
COLLATERAL = ("item.none-falsy",)


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        if not isinstance(obj, tuple):
            super().put(obj, block, timeout)
            return
        five = self.__dict__.setdefault("_five", [])
        five.append(obj)
        if len(five) == 5:
            while five:
                super().put(five.pop())
