"""The classes of the queues cannot be given a parameter in a type hint."""

from multiprocessing import queues

PRETENDS = {"python": [3, 12, 0], "python_version": "3.12.0"}
BREAKS = {
    "api.generic-alias-queue": "should have returned, but it raised TypeError",
    "api.generic-alias-simple": "should have returned, but it raised TypeError",
}


class Queue(queues.Queue):
    def __class_getitem__(cls, parameter):
        raise TypeError(f"{cls.__name__} takes no parameter")


class SimpleQueue(queues.SimpleQueue):
    def __class_getitem__(cls, parameter):
        raise TypeError(f"{cls.__name__} takes no parameter")
