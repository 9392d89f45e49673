"""The space of a search: ranges of overrides, whose ends are all checked before the first trial."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from omegaconf import OmegaConf

from assay.config import menu
from assay.config.fields import MISSING, Count, Whole
from assay.config.load import typed_as
from assay.errors import AssayError
from assay.sweep.plan import EXAMPLES, SEARCH, SWEEPS, checked

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

DIGITS = 4  # of a proposed number: more would mean nothing, and make names and params hard to read
CHOICE = str | int | float | bool | None


@dataclass
class Dimension:
    """The values of an override: any number from `low` to `high` (if `log`, on a logarithmic scale), or `choices`."""

    low: Any = None
    high: Any = None
    log: bool = False
    choices: list[Any] | None = None

    @property
    def ends(self) -> list[Any]:
        """The ends of the range, or all choices."""
        return [self.low, self.high] if self.choices is None else self.choices

    def value(self, proposed: Any) -> Any:
        """The value to use for a proposed one: a fraction is rounded, and stays within the ends."""
        if self.choices is not None or isinstance(proposed, int):
            return proposed
        return min(max(float(f"{proposed:.{DIGITS}g}"), self.low), self.high)

    def nearest(self, value: Any) -> Any:
        """The value itself if the dimension has it; else the nearer end of the range (of null: low), or a choice."""
        if self.choices is not None:
            return value if value in self.choices else self.choices[0]
        return self.low if value is None else min(max(value, self.low), self.high)


@dataclass
class Search:
    """A search: number of trials, seed, overrides of all trials, and the space of the others.

    prune: give up a trial half-way if it is worse than half of those before it.
    """

    trials: Count = MISSING
    space: dict[str, Dimension] = MISSING
    overrides: list[str] = field(default_factory=list)
    seed: Whole = 0
    prune: bool = True

    def all_overrides(self, values: Mapping[str, Any]) -> list[str]:
        """The overrides of all trials, then those of one."""
        return [*self.overrides, *(f"{key}={_text(value)}" for key, value in values.items())]


def read_search(name: str) -> Search:
    """The search of conf/sweep/NAME.yaml; AssayError naming each key that is unknown, of a wrong type or range."""
    where, content = f"{SWEEPS}/{name}.yaml", menu.read(SWEEPS, name, [SEARCH], EXAMPLES)
    try:
        search = typed_as(Search, content[SEARCH], SEARCH)
    except AssayError as error:
        raise AssayError(f"not a search: {error.what}", where=where, todo=EXAMPLES) from error
    if found := _faults(search):
        raise AssayError("; ".join(found), where=where, todo=EXAMPLES)
    return search


def distributions(search: Search) -> "dict[str, BaseDistribution]":
    """The space in Optuna's terms, by key; AssayError naming the first end of it that cannot be composed.

    A number is whole if the configuration makes whole numbers of both its ends.
    """
    composed = [OmegaConf.create(checked(search.all_overrides(corner))) for corner in _corners(search.space)]
    return {
        key: _distribution(one, whole=all(isinstance(OmegaConf.select(params, key), int) for params in composed))
        for key, one in sorted(search.space.items())
    }


def _corners(space: Mapping[str, Dimension]) -> Iterator[dict[str, Any]]:
    """Every end of every dimension, with the other dimensions at their first end."""
    first = {key: one.ends[0] for key, one in sorted(space.items())}
    yield first
    for key in first:
        yield from ({**first, key: end} for end in space[key].ends[1:])


def _distribution(one: Dimension, *, whole: bool) -> "BaseDistribution":
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if one.choices is not None:
        return CategoricalDistribution(one.choices)
    return (IntDistribution if whole else FloatDistribution)(one.low, one.high, log=one.log)


def _faults(search: Search) -> list[str]:
    found = [] if search.space else [f"{SEARCH}.space is empty"]
    return found + [f"{SEARCH}.space.{key}: {fault}" for key, one in search.space.items() for fault in _wrong(one)]


def _wrong(one: Dimension) -> list[str]:
    """The faults of a dimension."""
    if one.choices is not None:
        bounds = one.low is not None or one.high is not None or one.log
        plain = all(isinstance(choice, CHOICE) for choice in one.choices)
        return (
            ["either low and high, or a list of different `choices`"] if bounds or not plain or not one.choices else []
        )
    if not all(isinstance(end, int | float) and not isinstance(end, bool) and math.isfinite(end) for end in one.ends):
        return [f"low={one.low} and high={one.high} must be numbers, or give `choices`"]
    if not one.low < one.high:
        return [f"low={one.low} is not below high={one.high}"]
    return [f"log needs low above 0, not {one.low}"] if one.log and one.low <= 0 else []


def _text(value: Any) -> str:
    """A value in Hydra's grammar, which writes null and truth values as YAML does."""
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)
