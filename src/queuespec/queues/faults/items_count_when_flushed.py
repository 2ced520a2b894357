"""An item counts as unfinished only from when it is in the pipe."""

from multiprocessing import queues

BREAKS = {"join.count-rises-on-put": "join() did not block: it returned None"}


class JoinableQueue(queues.JoinableQueue):
    put = queues.Queue.put

    def _reset(self, after_fork=False):
        super()._reset(after_fork)
        send = self._send_bytes

        def counted(data):
            self._unfinished_tasks.release()
            send(data)

        self._send_bytes = counted
