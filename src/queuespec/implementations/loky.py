"""loky's own queues, `Queue` and `SimpleQueue`, with the processes of its contexts; joblib's executors consist of them.

Users have both from a context, ``loky.backend.get_context("loky")``, or make them with one by `loky.backend.queues`.
Items are pickled by cloudpickle, and by the reducers that a queue is given; here it is given none. There is no
JoinableQueue and no manager of loky's own: its contexts have those of the standard library. Importing loky registers
its contexts with `multiprocessing`.
"""

from multiprocessing import get_context

import loky
from loky.backend import queues


class Adapter:
    name = "loky"
    version = loky.__version__
    kinds = ("Queue", "SimpleQueue")
    start_methods = ("loky", "loky_init_main")
    context = staticmethod(get_context)

    def queue(self, kind, owner, *args, **kwargs):
        return getattr(queues, kind)(*args, **kwargs, ctx=owner)
