"""Nobody waits for the flush, neither join_thread() nor a process that ends: as if it had always been cancelled."""

from multiprocessing import queues

BREAKS = {
    "exit.child-flushes": "the process of child should have gone on, but it ended with exit code 0",
    "exit.flush-on-sys-exit": "the process of child should have gone on, but it ended with exit code 3",
    "exit.flush-on-exception": "the process of child should have gone on, but it ended with exit code 1",
    "exit.flush-on-interrupt": "exit_code() should have returned None, but it returned 1",
    "exit.child-waits-for-reader": "the process of child should have gone on, but it ended with exit code 0",
    "exit.creator-also-waits": "pickled before the end",
    "jt.after-close-waits": "join_thread() did not block",
    "hazard.join-before-drain": "did not block: it returned None",
}


class Queue(queues.Queue):
    def _reset(self, after_fork=False):
        super()._reset(after_fork)
        self._joincancelled = True
