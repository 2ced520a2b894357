"""`each` repeats a test for several values, without an import of pytest in the chapters."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Callable, TypeVar, Union

if TYPE_CHECKING:
    from collections.abc import Sequence

Test = TypeVar("Test", bound=Callable[..., object])
Ids = Union["Sequence[str]", Callable[[Any], "str | None"], None]


@dataclasses.dataclass(frozen=True)
class Each:
    """What `each` was given: the arguments of pytest's `parametrize`, in its order."""

    names: tuple[str, ...]
    values: tuple[Any, ...]
    ids: Ids = None


def each(names: str | tuple[str, ...], values: Sequence[Any], *, ids: Ids = None) -> Callable[[Test], Test]:
    """Repeats a test for each of `values`.

    ``@each("maxsize", [1, 2])`` gives the test's argument `maxsize` one value after the other, and
    ``@each(("producers", "maxsize"), [(1, 4), (3, 2)])`` gives several arguments a tuple of values.

    Args:
        names: the argument, or a tuple of arguments.
        values: one value a repetition, or one tuple as long as `names`.
        ids: a name for each repetition, or a function of a value that returns one (default: what pytest makes of it).

    Raises:
        ValueError: when the decorator runs, for no values, or a tuple or list of ids whose length does not fit.
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
    """What a test function is repeated for; the decorator that is nearest to the function comes first."""
    found = getattr(test, "__each__", ())
    return found if isinstance(found, tuple) else ()
