"""`each` repeats a test for several values, so that chapters need not import pytest."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Callable, TypeVar, Union

if TYPE_CHECKING:
    from collections.abc import Sequence

Test = TypeVar("Test", bound=Callable[..., object])
Ids = Union["Sequence[str]", Callable[[Any], "str | None"], None]


@dataclasses.dataclass(frozen=True)
class Each:
    """The arguments of `each`, as pytest's `parametrize` takes them."""

    names: tuple[str, ...]
    values: tuple[Any, ...]
    ids: Ids = None


def each(names: str | tuple[str, ...], values: Sequence[Any], *, ids: Ids = None) -> Callable[[Test], Test]:
    """Repeats a test for each of `values`.

    ``@each("maxsize", [1, 2])`` gives the test's argument `maxsize` one value after another, and
    ``@each(("producers", "maxsize"), [(1, 4), (3, 2)])`` gives several arguments a tuple of values.

    Args:
        names: the name of the argument, or a tuple of names.
        values: a value for each repetition, or a tuple as long as `names`.
        ids: a name for each repetition, or a function of a value that returns one (default: the ids that pytest makes).

    Raises:
        ValueError: when the decorator runs, if there are no values, or not as many ids as values.
    """
    several = not isinstance(names, str)
    if not values:
        raise ValueError(f"each({names!r}): there are no values")
    if several and any(len(value) != len(names) for value in values):
        raise ValueError(f"each({names!r}): every value should be a tuple of {len(names)}")
    if isinstance(ids, (list, tuple)) and len(ids) != len(values):
        raise ValueError(f"each({names!r}): there are {len(values)} values and {len(ids)} ids")
    made = Each(tuple(names) if several else (str(names),), tuple(values), ids)

    def repeat(test: Test) -> Test:
        test.__each__ = (*each_of(test), made)  # type: ignore[attr-defined]
        return test

    return repeat


def each_of(test: object) -> tuple[Each, ...]:
    """The repetitions of a test function; the decorator nearest to the function comes first."""
    found = getattr(test, "__each__", ())
    return found if isinstance(found, tuple) else ()
