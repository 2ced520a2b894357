"""The queues of the module `queue`, whose users are threads instead of processes."""

import queue
import threading


class Adapter:
    name = "queue"
    kinds = ("Queue", "JoinableQueue", "SimpleQueue")
    start_methods = ("thread",)
    lacks = ("close", "join_thread", "cancel_join_thread", "exit codes", "kill", "processes")
    lacks += ("buffer", "pickling", "pickled queues")

    def queue(self, kind, owner, *args, **kwargs):
        return queue.SimpleQueue() if kind == "SimpleQueue" else queue.Queue(*args, **kwargs)

    def process(self, context, target, args, daemon):
        return threading.Thread(target=target, args=args, daemon=True)
