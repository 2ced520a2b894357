"""What the documentation allows, and what is beside it and not allowed: one pair of histories for each latitude."""

import pytest
from written import RUNNING, history

from queuespec.explore.monitor import broken

LATITUDES = {}


def latitude(name, kind, allowed, forbidden, before=(), endings=(), maxsize=0):
    """Declares two histories that begin alike."""
    both = (history(kind, *before, *after, endings=endings, maxsize=maxsize) for after in (allowed, forbidden))
    LATITUDES[name] = tuple(both)


FLUSHED = (
    ("child 1", "put a", 10, 20),
    ("child 1", "put b", 21, 30),
    ("child 1", "close", 31, 40),
    ("child 1", "join_thread", 41, 50),
)
DONE = [("child 1", 60, 70, 0), ("child 2", 900, 910, 0), ("child 3", 900, 910, 0), ("child 4", 900, 910, 0)]

latitude(
    "an item may be on its way for a moment after put()",
    "Queue",
    [("child 2", "get_nowait", 30, 40, "!Empty")],
    [("child 1", "close", 21, 22), ("child 1", "join_thread", 23, 25), ("child 2", "get_nowait", 30, 40, "!Empty")],
    [("child 1", "put a", 10, 20)],
    DONE,
)
GOT = [("child 1", "get", 61, 62, "b"), ("child 1", "get", 63, 64, "a"), ("child 1", "kill", 70, RUNNING)]
latitude(
    "an item that cannot be pickled gives its place back, whoever has put what is got before",
    "Queue",
    [("child 1", "put bad", 31, 40), ("child 1", "put c", 50, 60), *GOT],
    [("child 1", "put d", 31, 40), ("child 1", "put c", 50, 60), *GOT],
    [("parent", "put b", 1, 20), ("child 1", "put a", 2, 30)],
    [("child 1", 75, 80, -9)],
    maxsize=3,
)
latitude(
    "an item of a queue without a buffer is on its way until put() returns",
    "SimpleQueue",
    [("child 2", "empty", 15, 40, True)],
    [("child 2", "empty", 30, 40, True)],
    [("child 1", "put a", 10, 20)],
    DONE,
)
latitude(
    "an item is not on its way for long",
    "Queue",
    [("child 2", "get@0.05", 100, 150, "!Empty")],
    [("child 2", "get@1", 100, 1100, "!Empty")],
    [("child 1", "put a", 10, 20)],
    [("child 1", 1200, 1201, 0), ("child 2", 1200, 1201, 0)],
)
latitude(
    "no item is available at once while another get() is at work",
    "Queue",
    [("child 2", "get", 100, 120, "a"), ("child 3", "get_nowait", 105, 110, "!Empty")],
    [("child 2", "get", 100, 120, "a"), ("child 3", "get_nowait", 125, 130, "!Empty")],
    FLUSHED,
    DONE,
)
latitude(
    "a get() takes its item at any moment of it",
    "Manager.Queue",
    [("child 2", "get", 100, 120, "a"), ("child 3", "get_nowait", 105, 110, "!Empty")],
    [("child 2", "get", 125, 130, "a"), ("child 3", "get_nowait", 105, 110, "!Empty")],
    FLUSHED[:1],
    DONE,
)
latitude(
    "a place is free once get() has returned",
    "Queue",
    [("child 2", "get", 100, 120, "a"), ("child 3", "put_nowait c", 105, 110, "!Full")],
    [("child 2", "get", 100, 104, "a"), ("child 3", "put_nowait c", 105, 110, "!Full")],
    FLUSHED[:1],
    DONE,
    maxsize=1,
)
latitude(
    "a get() gives its place back later than it takes its item",
    "Queue",
    [
        ("child 2", "get", 100, 200, "a"),
        *(
            THEN := [
                ("child 3", "get", 110, 120, "b"),
                ("child 4", "put c", 130, 140),
                ("child 4", "put_nowait d", 150, 160, "!Full"),
            ]
        ),
    ],
    [("child 2", "get", 100, 145, "a"), *THEN],
    FLUSHED,
    DONE,
    maxsize=2,
)
latitude(
    "items of several processes may overtake each other",
    "Queue",
    [("child 2", "put b", 30, 40), ("child 3", "get", 50, 60, "b"), ("child 3", "get", 61, 70, "a")],
    [("child 1", "put b", 30, 40), ("child 3", "get", 50, 60, "b"), ("child 3", "get", 61, 70, "a")],
    [("child 1", "put a", 10, 20)],
    [("child 1", 90, 99, 0), *DONE[1:]],
)
latitude(
    "items of a process that has ended are not overtaken",
    "Queue",
    [("child 2", "put c", 55, 80), *(GOT := [("child 3", "get", 81, 85, "c"), ("child 3", "get", 86, 90, "a")])],
    [("child 2", "put c", 75, 80), *GOT],
    [("child 1", "put a", 10, 20)],
    DONE,
)
latitude(
    "qsize() may count what is on its way",
    "Queue",
    [("child 2", "qsize", 30, 40, 0)],
    [("child 2", "qsize", 30, 40, 2)],
    [("child 1", "put a", 10, 20)],
    DONE,
)
latitude(
    "qsize() counts what is there",
    "Queue",
    [("child 2", "qsize", 30, 40, 1)],
    [("child 2", "qsize", 80, 90, 0)],
    [("child 1", "put a", 10, 20)],
    DONE,
)
latitude(
    "qsize() may not be implemented",
    "Queue",
    [("child 2", "qsize", 30, 40, "!NotImplementedError")],
    [("child 2", "full", 30, 40, "!NotImplementedError")],
    endings=DONE,
)
latitude(
    "empty() may raise OSError after close()",
    "Queue",
    [("child 1", "close", 10, 20), ("child 1", "empty", 21, 30, "!OSError")],
    [("child 1", "empty", 21, 30, "!OSError"), ("child 1", "close", 31, 40)],
    endings=DONE,
)
latitude(
    "get() raises ValueError after close()",
    "Queue",
    [("child 1", "close", 10, 20), ("child 1", "get", 21, 30, "!ValueError")],
    [("child 1", "close", 10, 20), ("child 1", "get", 21, 30, "!OSError")],
    endings=DONE,
)
latitude(
    "a queue must not be used while its process closes it",
    "Queue",
    [("child 1 thread 1", "qsize", 10, 40, "!OSError")],
    [("child 2", "qsize", 10, 40, "!OSError")],
    [("child 1", "close", 20, 30)],
    DONE,
)
latitude(
    "clocks are coarse",
    "Queue",
    [("child 1", "get@0.05", 10, 50, "!Empty")],
    [("child 1", "get@0.05", 10, 20, "!Empty")],
    endings=DONE,
)
latitude(
    "an item that cannot be pickled may be no task any more",
    "JoinableQueue",
    [("child 2", "join", 100, 110)],
    [("child 2", "join", 31, 40), ("child 2", "get", 41, 50, "a")],
    [("child 1", "put bad", 10, 20), ("child 1", "put a", 21, 30), ("child 3", "task_done", 80, 85)],
    [("child 1", 60, 70, 0), *DONE[1:]],
)
latitude(
    "an item that cannot be pickled may be a task for ever",
    "JoinableQueue",
    [("parent", "join", 100, RUNNING)],
    [("parent", "get", 100, RUNNING)],
    [("child 1", "put bad", 10, 20), ("child 1", "put a", 21, 30), ("child 3", "task_done", 80, 85)],
    DONE,
)
latitude(
    "put() may refuse an item that cannot be pickled",
    "Queue",
    [("child 1", "put bad", 10, 20, "!TypeError")],
    [("child 1", "put a", 10, 20, "!TypeError")],
    (),
    DONE,
)
latitude(
    "a process waits for a reader if its item does not fit into the pipe",
    "Queue",
    [("child 1", "put *a", 10, 20)],
    [("child 1", "put a", 10, 20)],
)
latitude(
    "put() of a SimpleQueue waits for a reader if the item does not fit into the pipe",
    "SimpleQueue",
    [("child 1", "put *a", 10, RUNNING)],
    [("child 1", "put a", 10, RUNNING)],
)


@pytest.mark.parametrize("name", LATITUDES)
def test_what_is_documented_is_allowed_and_no_more(name):
    allowed, forbidden = LATITUDES[name]

    assert broken(allowed) is None
    assert broken(forbidden) is not None
