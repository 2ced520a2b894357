"""A queue that is garbage collected takes the reading end of the pipe along: what is not sent yet ends in an error."""

from multiprocessing import queues

BREAKS = {"close.gc-is-silent": "BrokenPipeError"}


class Queue(queues.Queue):
    def __del__(self):
        self._reader.close()
