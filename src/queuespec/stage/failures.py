"""What can go wrong in a test, and the verdict that follows."""

from __future__ import annotations

from queuespec.text import printable


class Failure(AssertionError):
    """The queue did not do what the rule says; the message is one sentence."""

    verdict = ""

    def __str__(self) -> str:
        return printable(super().__str__())


class Deviates(Failure):
    """A call did something else."""

    verdict = "deviates"


class Hangs(Failure):
    """A call did not end in time."""

    verdict = "hangs"


class Crashes(Failure):
    """A process that holds the queue ended unexpectedly."""

    verdict = "crashes"


class SuiteError(Exception):
    """The specification or the stage is wrong, not the queue."""
