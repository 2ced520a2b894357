"""A module with the API of multiprocessing that pickles some items in a way of its own."""

import array
import multiprocessing
from multiprocessing.reduction import ForkingPickler


def reduce_array(items):
    return array.array, (items.typecode, items.tobytes())


ForkingPickler.register(array.array, reduce_array)  # in every process: each loads the adapter before it has a queue


class Adapter:
    name = "own_reducers"
    version = multiprocessing.__name__
    kinds = ("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue")

    def queue(self, kind, owner, *args, **kwargs):
        return getattr(owner, kind.removeprefix("Manager."))(*args, **kwargs)  # a context, or a manager
