"""Judges what several processes did, afterward, from what they recorded.

Pure functions. A history is made of two lists: the items *put* and the items *got*, in the order in which each process
put or got them. An item is whatever the processes passed on; where order matters it is ``(producer, number)``, or
just a number if there was one producer, and each producer counts upward. What checks something raises `AssertionError`
with one sentence that names the items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any

__tracebackhide__ = True  # pytest shows the frames of tests, not these

NAMED = 10
"""Maximum number of items that a sentence names; it counts the rest."""


def lost(put: Iterable[Any], got: Iterable[Any]) -> list[Any]:
    """Items that were put more often than got."""
    left = Counter(map(_key, got))
    more = []
    for item in put:
        if left[_key(item)] > 0:
            left[_key(item)] -= 1
        else:
            more.append(item)
    return more


def duplicated(put: Iterable[Any], got: Iterable[Any]) -> list[Any]:
    """Items that were got more often than they were put."""
    put = list(put)
    known = set(map(_key, put))
    return [item for item in lost(got, put) if _key(item) in known]


def invented(put: Iterable[Any], got: Iterable[Any]) -> list[Any]:
    """Items that were got but never put."""
    known = set(map(_key, put))
    return [item for item in got if _key(item) not in known]


def reordered(got: Iterable[Any]) -> list[Any]:
    """Items that one consumer got after a later item of the same producer."""
    latest: dict[Hashable, int] = {}
    late = []
    for item in got:
        producer, number = _numbered(item)
        if number is None:
            continue
        if number < latest.get(producer, number):
            late.append(item)
        latest[producer] = max(number, latest.get(producer, number))
    return late


def all_arrived(put: Iterable[Any], *got: Iterable[Any]) -> None:
    """Checks that every item was got exactly once, by one of the consumers, and that nothing else was got."""
    put = list(put)
    together = [item for consumer in got for item in consumer]
    _blame(lost=lost(put, together), duplicated=duplicated(put, together), invented=invented(put, together))


def all_in_order(*got: Iterable[Any]) -> None:
    """Checks that every consumer got the items of each producer in the order in which they were put."""
    _blame(reordered=[item for consumer in got for item in reordered(consumer)])


def never_exceeded(samples: Iterable[tuple[int, int]], maxsize: int) -> None:
    """Checks that there were never more than `maxsize` items. A sample is (items got, puts that had returned)."""
    for got, put in samples:
        if put - got > maxsize:
            raise AssertionError(f"with maxsize {maxsize}, {put} puts had returned when {got} items had been taken")


def listed(items: Iterable[Any]) -> str:
    """``7, 12 (put by producer 2)``"""
    items = list(items)
    numbers: dict[Hashable, list[str]] = {}
    for item in items[:NAMED]:
        producer, number = _numbered(item)
        numbers.setdefault(producer, []).append(repr(item) if number is None else str(number))
    words = [
        ", ".join(texts) + ("" if producer is None else f" (put by producer {producer})")
        for producer, texts in numbers.items()
    ]
    more = [f"and {len(items) - NAMED} more"] if len(items) > NAMED else []
    return ", ".join(words + more)


def _blame(**wrong: list[Any]) -> None:
    if any(wrong.values()):
        raise AssertionError("; ".join(f"{what}: {listed(items)}" for what, items in wrong.items() if items))


def _key(item: Any) -> Hashable:
    """The identity of an item: the item itself, or its repr if it is not hashable."""
    try:
        hash(item)
    except TypeError:
        return ("unhashable", repr(item))
    return (type(item).__name__, item)


def _numbered(item: Any) -> tuple[Hashable, int | None]:
    """The producer and number of an item; None for what it does not have."""
    if type(item) is int:
        return None, item
    if isinstance(item, tuple) and len(item) == 2 and type(item[1]) is int:
        return item
    return None, None
