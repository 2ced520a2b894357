"""Histories of 100,000 calls are judged in little time and memory, and as strictly as far as conditions go."""

import itertools
import random
import statistics
import time
import tracemalloc

import pytest
from simulated import long_history, play

from queuespec.explore.generate import CALLS, scenarios
from queuespec.explore.monitor import broken

CALLS_OF_A_SOAK = 100_000
SECONDS, BYTES = 10.0, 300e6
"""The bars: processor seconds, and memory."""


def lose(line):
    """The next item is gone."""
    line.popleft()


def repeat(line):
    """The next item comes twice."""
    line.appendleft(line[0])


def swap(line):
    """The last item of those in line comes first."""
    line.appendleft(line.pop())


@pytest.mark.parametrize(("kind", "maxsize"), [("Queue", 0), ("JoinableQueue", 10), ("Manager.Queue", 10)])
def test_a_long_history_of_a_right_queue_is_judged_quickly(kind, maxsize):
    history = long_history(kind, CALLS_OF_A_SOAK, maxsize)
    begun = time.process_time()

    assert broken(history) is None
    assert time.process_time() - begun < SECONDS


def test_a_long_history_takes_little_memory():
    tracemalloc.start()
    try:
        broken(long_history("Queue", CALLS_OF_A_SOAK // 10, 10))
        assert tracemalloc.get_traced_memory()[1] < BYTES / 10
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("fault", [lose, repeat, swap])
@pytest.mark.parametrize("kind", ["Queue", "SimpleQueue", "Manager.Queue"])
def test_one_fault_in_a_long_history_is_found(kind, fault):
    maxsize = 0 if kind == "SimpleQueue" else 10

    assert broken(long_history(kind, 10_000, maxsize, fault)) is not None


def test_a_short_history_is_judged_in_less_than_50_milliseconds_at_the_median():
    times = []
    for kind in CALLS:
        for number, scenario in enumerate(itertools.islice(scenarios(kind, "spawn", 1), 30)):
            history, _forbidden = play(scenario, random.Random(number))
            begun = time.process_time()
            broken(history)
            times.append(time.process_time() - begun)

    assert statistics.median(times) < 0.05
