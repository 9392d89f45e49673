"""Notes the keys of the configuration that a stage reads; a change of one that dvc.yaml lacks would run nothing."""

from dataclasses import asdict, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
PLACE = "__place__"  # of a watched node: its key, and the set of keys that were read


def watched(config: T, read: set[str]) -> T:
    """A copy of a configuration that adds each key that is read of it to `read`, dotted (`training.folds`).

    A mapping or a list is read whole, and so is what `dataclasses.replace` and `asdict` are given. A group that may be
    none is read whole as well: whether it is there is a value.
    """
    return _watched(config, "", read)


def plain(node: Any) -> Any:
    """A part of the configuration as mappings, lists and values."""
    if isinstance(node, dict):
        return {name: plain(value) for name, value in node.items()}
    return asdict(node) if is_dataclass(node) and not isinstance(node, type) else node


def _watched(node: Any, key: str, read: set[str]) -> Any:
    copy: Any = object.__new__(_watching(node.__class__))
    for item in fields(node):
        value, below = getattr(node, item.name), f"{key}.{item.name}".removeprefix(".")
        copy.__dict__[item.name] = _watched(value, below, read) if is_dataclass(value) else value
    copy.__dict__[PLACE] = (key, read)
    return copy


@cache
def _watching(of: Any) -> type:
    """A subclass whose instances note which of their fields are read."""
    names = {item.name for item in fields(of)}
    optional = {item.name for item in fields(of) if "None" in str(item.type) or "Any" in str(item.type)}

    def get(self: Any, name: str) -> Any:
        value = object.__getattribute__(self, name)
        place = object.__getattribute__(self, "__dict__").get(PLACE)
        if place and name in names and (name in optional or not hasattr(type(value), PLACE)):
            key, read = place
            read.add(f"{key}.{name}".removeprefix("."))
        return value

    def reduce(self: Any) -> tuple[Any, ...]:  # pickled, and so remembered, as what it watches; that reads nothing
        return of, tuple(self.__dict__[item.name] for item in fields(of))

    return type(of.__name__, (of,), {"__getattribute__": get, "__reduce__": reduce, PLACE: True})
