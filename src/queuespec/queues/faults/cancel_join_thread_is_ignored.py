"""cancel_join_thread() cancels nothing."""

from multiprocessing import queues

BREAKS = {
    "cancel.join-thread-noop": "join_thread() was still running after",
    "cancel.exit-of-main": "was still running after",
    "cancel.exit-without-flush": "the process of child had not ended",
}


class Queue(queues.Queue):
    def cancel_join_thread(self):
        pass
