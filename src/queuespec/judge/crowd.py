"""The size of the rules in which many processes meet (``--crowd``)."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Crowd:
    """As many producers as consumers, and the number of items that each producer puts."""

    size: int

    @property
    def items(self) -> int:
        """The number of items of each producer."""
        return 100 * self.size

    @property
    def put(self) -> list[tuple[int, int]]:
        """All items that the crowd puts: (producer, number)."""
        return [(producer, number) for producer in range(self.size) for number in range(self.items)]

    def divided_by(self, processes: int) -> list[list[int]]:
        """The numbers of the producers, divided among that many processes."""
        return [list(range(first, self.size, processes)) for first in range(processes)]
