"""join() waits for ever."""

import threading
from multiprocessing import queues

BREAKS = {
    "join.fresh-returns": "join() was still running after",
    "join.across-processes": "join() was still running after",
    "join.after-close": "join() was still running after",
}
COLLATERAL = ("join.blocks-until-all-done", "td.too-many")


class JoinableQueue(queues.JoinableQueue):
    def join(self):
        threading.Event().wait()
