"""Numbers that change over time: how many items are in a queue, at most or at least, at each moment."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable


class Levels:
    """A number that begins at 0 and changes at given times; the least and the most it was in a span, in O(log n)."""

    def __init__(self, changes: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(changes)
        self._times = [time for time, _change in ordered]
        level = 0
        levels = [0]
        for _time, change in ordered:
            level += change
            levels.append(level)
        self._most = _powers(levels, max)
        self._least = _powers(levels, min)

    def most(self, begin: int, end: int) -> int:
        """The most it was from `begin` to `end`, both included, whatever the order of changes at the same time."""
        row, first, last = self._span(self._most, begin, end)
        return max(row[first], row[last])

    def least(self, begin: int, end: int) -> int:
        """The least it was from `begin` to `end`, as `most`."""
        row, first, last = self._span(self._least, begin, end)
        return min(row[first], row[last])

    def _span(self, powers: list[list[int]], begin: int, end: int) -> tuple[list[int], int, int]:
        """Two stretches that together are the span: a row of `_powers`, and where they are in it."""
        first = bisect.bisect_left(self._times, begin)
        last = bisect.bisect_right(self._times, end) + 1
        power = (last - first).bit_length() - 1
        return powers[power], first, last - (1 << power)


def _powers(levels: list[int], choose: Callable[[int, int], int]) -> list[list[int]]:
    """For each power of 2: the extremes of that many levels in a row, from each position."""
    powers = [levels]
    width = 1
    while 2 * width <= len(levels):
        row = powers[-1]
        powers.append([choose(one, other) for one, other in zip(row, row[width:])])
        width *= 2
    return powers
