"""qsize() raises NotImplementedError on macOS: this is how it is there."""

from multiprocessing import queues

PRETENDS = {"system": "Darwin"}
BREAKS: dict[str, str] = {}
CONFORMS = (
    "look.qsize-not-implemented",
    "look.never-blocks",
    "look.no-side-effects",
    "look.full-true-at-capacity",
    "look.full-false-below-capacity",
)


class Queue(queues.Queue):
    def qsize(self):
        raise NotImplementedError


class JoinableQueue(queues.JoinableQueue):
    qsize = Queue.qsize
