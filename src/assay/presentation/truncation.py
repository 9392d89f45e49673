"""Very many things on a page: shows those that matter most, and counts the others."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

MOST_ROWS = 200  # rows of a table; so a page of a table with thousands of columns stays under 1 MB

T = TypeVar("T")


class Shown(NamedTuple, Generic[T]):
    """The rows that are shown, and how many are not."""

    rows: list[T]
    rest: int


def shown(rows: Sequence[T], weight: Callable[[T], Any] = lambda row: 0, most: int = MOST_ROWS) -> Shown[T]:
    """The rows of the greatest weight, in their own order; of equal weight the first ones. All, if they are not many.

    >>> shown(["a", "bbb", "c", "dd"], len, most=3)
    Shown(rows=['a', 'bbb', 'dd'], rest=1)
    """
    by_weight = sorted(range(len(rows)), key=lambda place: weight(rows[place]), reverse=True)
    kept = sorted(by_weight[:most])
    return Shown([rows[place] for place in kept], len(rows) - len(kept))
