"""The queues of the module `queue`, whose users are threads instead of processes.

They are what `multiprocessing` imitates. Threads share the queue: nothing is pickled, sent by a feeder thread, or
flushed by close() and join_thread(). A thread has no exit code, and cannot be killed.
"""

import queue
import threading


class Adapter:
    name = "queue"
    kinds = ("Queue", "JoinableQueue", "SimpleQueue")
    start_methods = ("thread",)
    lacks = ("close", "join_thread", "cancel_join_thread", "exit codes", "kill", "processes")
    lacks += ("buffer", "pickling", "pickled queues", "semaphores")

    def queue(self, kind, owner, *args, **kwargs):
        return (queue.SimpleQueue if kind == "SimpleQueue" else queue.Queue)(*args, **kwargs)

    def process(self, context, target, args, daemon):
        return threading.Thread(target=target, args=args, daemon=True)
