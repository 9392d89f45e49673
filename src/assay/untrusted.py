"""YAML that anybody may have committed: a few lines of it can stand for any number of values."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from assay.files import yaml_mapping

DEEPEST = 50
TOO_DEEP = f"values within more than {DEEPEST} others"


def mapping(text: str | bytes) -> dict[str, Any]:
    """The mapping in a text, which may be walked through; ValueError with the reason if there is none.

    Aliases let a few lines stand for any number of values, even for one within itself. Without them there is no value
    without a letter of its own.
    """
    content = yaml_mapping(text)
    level: list[Any] = [content]
    number = 0
    for _ in range(DEEPEST):
        level = list(islice(_within(level), len(text) - number + 1))
        number += len(level)
        if number > len(text):
            raise ValueError("more values than letters")
        if not level:
            return content
    raise ValueError(TOO_DEEP)


def _within(level: Iterable[Any]) -> Iterator[Any]:
    """The values in the mappings and lists of a level."""
    for one in level:
        if isinstance(one, dict):
            yield from one.values()
        elif isinstance(one, list | tuple | set):
            yield from one
