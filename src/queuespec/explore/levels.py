"""Numbers that change over time: how many items are in a queue, at most or at least, at each moment."""

from __future__ import annotations

import bisect
from collections.abc import Iterable


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
        self.highest = max(levels)
        """The most it ever was."""
        self._most = [levels]
        self._least = [levels]

    def most(self, begin: int, end: int) -> int:
        """The most it was from `begin` to `end`, both included, whatever the order of changes at the same time."""
        power, first, last = self._span(begin, end)
        while len(self._most) <= power:
            row = self._most[-1]
            self._most.append([*map(max, row, row[1 << len(self._most) - 1 :])])
        return max(self._most[power][first], self._most[power][last])

    def least(self, begin: int, end: int) -> int:
        """The least it was from `begin` to `end`, as `most`."""
        power, first, last = self._span(begin, end)
        while len(self._least) <= power:
            row = self._least[-1]
            self._least.append([*map(min, row, row[1 << len(self._least) - 1 :])])
        return min(self._least[power][first], self._least[power][last])

    def _span(self, begin: int, end: int) -> tuple[int, int, int]:
        """Two stretches of `1 << power` levels in a row that together are the span, by their first levels."""
        first = bisect.bisect_left(self._times, begin)
        last = bisect.bisect_right(self._times, end) + 1
        power = (last - first).bit_length() - 1
        return power, first, last - (1 << power)
