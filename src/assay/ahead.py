"""Work that is begun before its result is asked for."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
Future = TypeVar("Future")


def ahead(submit: Callable[[Item], Future], items: Iterable[Item], most: int) -> Iterator[Future]:
    """The results of `submit` for each item, in their order; so many items, at least 1, are submitted at a time.

    >>> list(ahead(str, range(5), most=2))
    ['0', '1', '2', '3', '4']
    """
    waiting: deque[Future] = deque()
    for item in items:
        waiting.append(submit(item))
        if len(waiting) >= most:
            yield waiting.popleft()
    yield from waiting
