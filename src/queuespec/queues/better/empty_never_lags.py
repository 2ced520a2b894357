"""empty() counts an item from the moment at which put() takes it."""

from multiprocessing import queues

NOT_ON = ("darwin",)


class Exact:
    def empty(self):
        super().empty()
        return self._maxsize == self._sem._semlock._get_value()


class Queue(Exact, queues.Queue):
    pass


class JoinableQueue(Queue, queues.JoinableQueue):
    pass
