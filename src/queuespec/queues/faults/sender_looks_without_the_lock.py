"""The sending thread looks for work without the lock, and goes to sleep although something was put meanwhile."""

from multiprocessing import queues

BREAKS = {"deliver.sender-met-anywhere": "was still running after"}


class Queue(queues.Queue):
    @staticmethod
    def _feed(buffer, notempty, send_bytes, writelock, reader_close, writer_close, *others):
        with notempty:
            if not buffer:
                notempty.wait()
        while True:
            while buffer:
                item = buffer.popleft()
                if item is queues._sentinel:
                    reader_close()
                    writer_close()
                    return
                send_bytes(queues._ForkingPickler.dumps(item))
            with notempty:
                notempty.wait()

    def _start_thread(self):
        real, queues.Queue._feed = queues.Queue._feed, self._feed
        try:
            super()._start_thread()
        finally:
            queues.Queue._feed = real
