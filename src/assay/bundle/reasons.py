"""The reasons for a score in words: the features that add most to its log odds, as a reader of records knows them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

TOP = 5
LEAST_SHOWN = 0.005  # log odds: what is nearer to zero is no reason, and is shown as 0.00
FLAG, DAY = "flag", "date"  # types of a contract's columns
DIGITS = 3  # that count in a number
LARGEST = 700.0  # whose exponential float64 holds


@dataclass(frozen=True)
class Reason:
    """One feature of one record: what it is, what it says in words, and how much it adds to the log odds."""

    feature: str
    found: str
    log_odds: float

    @property
    def direction(self) -> str:
        """Whether it raises the score or lowers it."""
        return "raises" if self.log_odds > 0 else "lowers"

    def __str__(self) -> str:
        return f"{self.found}: {self.direction}"


@dataclass(frozen=True)
class Explanation:
    """Why a record has its score: the strongest reasons first, the sum of all other features, and the baseline.

    All are log odds, and add up to those of the score before any recalibration.
    """

    reasons: tuple[Reason, ...]
    others: float
    baseline: float

    @property
    def log_odds(self) -> float:
        """The sum."""
        return sum(one.log_odds for one in self.reasons) + self.others + self.baseline

    def __str__(self) -> str:
        return "; ".join(map(str, self.reasons))


def explained(
    contributions: pd.DataFrame, X: pd.DataFrame, bundle: Mapping[str, Any], top: int = TOP
) -> list[Explanation]:
    """The explanation of each record, with its `top` strongest reasons.

    contributions: as `assay.bundle.contributions` gives them. X: the features that they belong to. bundle: the content
    of bundle.json, which has titles, units and ranges. Features of one title, such as a result and its logarithm, are
    one reason, their sum. The words are texts from outside: escape them.
    """
    groups = _by_title(bundle, X.columns)
    parts, place = contributions.to_numpy(), {name: number for number, name in enumerate(contributions.columns[:-1])}
    sums = np.column_stack([parts[:, [place[one.name] for one in group]].sum(axis=1) for group in groups])
    order = np.argsort(-np.abs(sums).round(6), axis=1, kind="stable")[:, :top]  # the last bits decide no order
    words = [_Words(group[0], X) for group in groups]
    return [
        _explanation(row, [one for one in strongest if abs(sums[row, one]) >= LEAST_SHOWN], sums[row], baseline, words)
        for row, (strongest, baseline) in enumerate(zip(order, parts[:, -1], strict=True))
    ]


def _explanation(row: int, chosen: list[int], sums: np.ndarray, baseline: float, words: "list[_Words]") -> Explanation:
    reasons = tuple(Reason(words[one].title, words[one].of(row), float(sums[one])) for one in chosen)
    return Explanation(reasons, others=float(sums.sum() - sums[chosen].sum()), baseline=float(baseline))


@dataclass(frozen=True)
class Feature:
    """A feature as readers know it.

    reference: the range of nearly all healthy people; usual: the range of most records of train, on the feature's own
    scale.
    """

    name: str
    title: str
    kind: str = ""
    unit: str = ""
    logarithm: bool = False
    reference: Sequence[float] | None = None
    usual: Sequence[float] | None = None

    def said(self, value: Any) -> str:
        """The record's value in words: "TSH 14.2 mU/L, high", "T3 not measured", "sex F", "goitre (no)"."""
        if pd.isna(value):
            return f"{self.title} not {'measured' if self.reference else 'known'}"
        if self.kind == FLAG or isinstance(value, bool | np.bool_):
            return self.title if value else f"{self.title} (no)"
        if self.kind == DAY:
            return f"{self.title} {pd.Timestamp(0) + pd.Timedelta(days=value):%Y-%m-%d}"
        if isinstance(value, str):
            return f"{self.title} {value}"
        return self._number(float(value))

    def _number(self, value: float) -> str:
        shown = math.exp(min(value, LARGEST)) if self.logarithm else value
        if self.reference:
            level = _level(shown, self.reference) or "normal"
        else:
            level = _level(value, self.usual) if self.usual else ""
        amount = " ".join(filter(None, (self.title, number(shown), self.unit)))
        return f"{amount}, {level}" if level else amount


def number(value: float) -> str:
    """A number with three digits that count, and all those before the point.

    >>> [number(value) for value in (14.2, 1234.5, 45.0, 0.01234, 1e-7)]
    ['14.2', '1234', '45', '0.0123', '1e-07']
    """
    if value and not 1e-4 <= abs(value) < 1e15:
        return f"{value:.{DIGITS}g}"
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    return np.format_float_positional(value, precision=max(DIGITS, whole), unique=True, fractional=False, trim="-")


def _level(value: float, bounds: Sequence[float]) -> str:
    low, high = bounds
    return "low" if value < low else "high" if value > high else ""


class _Words:
    """The value of each record in words; the column is only read if a record has it among its reasons."""

    def __init__(self, feature: Feature, X: pd.DataFrame) -> None:
        self._feature, self._X = feature, X
        self.title = feature.title

    @cached_property
    def _values(self) -> np.ndarray:
        return self._X[self._feature.name].to_numpy(dtype=object)

    def of(self, row: int) -> str:
        return self._feature.said(self._values[row])


def _by_title(bundle: Mapping[str, Any], names: Iterable[str]) -> list[list[Feature]]:
    """The features of these names, in groups of one title, in their order; the first of a group gives the words."""
    columns, entries = bundle["config"]["dataset"]["columns"], {one["name"]: one for one in bundle["features"]}
    found: dict[str, list[Feature]] = {}
    for name in names:
        entry = entries.get(name, {})
        title = entry.get("title", {})
        text = title.get("text", name)
        column = columns.get(text, {})
        feature = Feature(
            name=name,
            title=text.replace("_", " "),
            kind=column.get("type", ""),
            unit=column.get("unit", ""),
            logarithm=title.get("logarithm", False),
            reference=column.get("reference"),
            usual=entry.get("quantiles"),
        )
        found.setdefault(text, []).append(feature)
    return list(found.values())
