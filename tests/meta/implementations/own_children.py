"""A library that knows its own children, as forks of multiprocessing do; one of them never ends."""

from multiprocessing import *  # noqa: F403
from multiprocessing import get_all_start_methods, get_context  # noqa: F401


class Child:
    name = "of its own"


def active_children():
    return [Child()]
