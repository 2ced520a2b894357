"""empty() knows of an item from put() on, also when nothing can be taken yet: this is allowed."""

from multiprocessing import queues

NOT_ON = ("darwin",)
BREAKS: dict[str, str] = {}
CONFORMS = (
    "deliver.eventually-visible",
    "look.empty-closed",
    "look.empty-false-after-flush",
    "look.empty-false-when-item",
    "look.empty-not-for-control-flow",
    "look.empty-true-when-drained",
    "look.empty-unreliable",
    "look.fresh-queue-is-empty",
    "look.never-blocks",
    "look.no-side-effects",
)


class Queue(queues.Queue):
    def empty(self):
        return self._sem._semlock._get_value() == self._maxsize


class JoinableQueue(queues.JoinableQueue):
    empty = Queue.empty
