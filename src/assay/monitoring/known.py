"""The training as a bundle knows it, in arrays: the content of reference.json, checked."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.bundle.folder import REFERENCE
from assay.bundle.reference import CATEGORY, FLAG, NUMBER, bins
from assay.bundle.strict_json import parse
from assay.bundle.threshold import Threshold
from assay.errors import AssayError
from assay.monitoring.calibration import MOST_RECORDS, Calibration, of_bundle
from assay.monitoring.slices import Slices, slices
from assay.preparation.features import OTHER

if TYPE_CHECKING:
    from assay.bundle.loading import Bundle
    from assay.config.dataset import Dataset

MEND = "train again: dvc repro train"
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
ROUNDING = 0.001  # of counts, as a share of them
NAMED = re.compile(r"\w+")


@dataclass(frozen=True)
class Row:
    """Records in bins: their mass (bins,), and that of those without a value."""

    counts: np.ndarray
    missing: float = 0.0

    @property
    def known(self) -> float:
        return float(self.counts.sum())

    def __sub__(self, other: "Row") -> "Row":
        return Row(self.counts - other.counts, self.missing - other.missing)


@dataclass(frozen=True)
class Known:
    """A feature, or the scores, in the training.

    subject: what a reader knows it as. parts: the columns that it comes from, itself if it is one. edges of a number,
    (k,), logarithms of what readers see if `logarithm`; names of the values of a category or flag. whole: the training;
    by_month: each of its months; in bins of `place`.
    """

    name: str
    subject: str
    parts: tuple[str, ...]
    kind: str
    edges: np.ndarray
    names: tuple[str, ...]
    whole: Row
    by_month: Mapping[str, Row]
    logarithm: bool = False

    @property
    def size(self) -> int:
        """The number of bins; those of a category end with one for values that the training did not have."""
        return len(self.whole.counts)

    @property
    def middle(self) -> float:
        """The median of positive numbers, as well as the bins tell: the upper edge of its bin; NaN of others."""
        if not len(self.edges) or self.edges[0] < 0 or self.logarithm:
            return float("nan")
        place = int(np.searchsorted(np.cumsum(self.whole.counts), self.whole.known / 2))
        return float(self.edges[max(place, 1) - 1])

    def shown(self, value: float) -> float:
        """A value as readers see it."""
        return float(np.exp(value)) if self.logarithm else float(value)

    def place(self, values: Any) -> np.ndarray:
        """The bin of each value, (n,); -1 where there is none."""
        if self.kind == NUMBER:
            return bins(np.asarray(values, "float64"), self.edges)
        if self.kind == FLAG:
            return np.asarray(values, "int64")
        texts = pd.Series(values).astype("object")
        places = pd.Index(self.names).get_indexer(pd.Index(texts))
        other = self.names.index(OTHER) if OTHER in self.names else len(self.names)
        places[(places < 0) & texts.notna().to_numpy()] = other
        return places


@dataclass(frozen=True)
class Training:
    """All that monitoring compares with.

    outside: by reason, the records that are not in the population; None if the bundle does not say. last: the last day
    of the records that the model was fitted on, if known. calibration: what its scores meant; slices: in each group;
    None of a bundle that does not say. threshold: from which on a score is an alert, and what it promises. untold: what
    is not looked at because the bundle does not say it, in words.
    """

    features: Mapping[str, Known]
    scores: Known
    alerts: Known
    outside: Mapping[str, Known] | None
    last: date | None
    calibration: Calibration | None
    slices: Slices | None
    threshold: Threshold
    untold: tuple[str, ...] = ()


def known(bundle: "Bundle") -> Training:
    """The training of a bundle; AssayError if it has no reference.json, or another one than `train` writes."""
    where = str(bundle.folder / REFERENCE)
    if bundle.reference is None:
        raise AssayError("the model says nothing of the records of its training", where=where, todo=MEND)
    content = parse(bundle.reference, where, MEND)
    titles = {one["name"]: one["title"] for one in bundle.description["features"] if one.get("title")}
    try:
        if {*content["features"]} != {*bundle.columns}:
            raise ValueError("other features than the model's")
        refit = bool(bundle.description["config"]["training"]["refit"])
        cut = Threshold(**bundle.description["threshold"])
        found = training(content, titles, cut, refit=refit, edges=bundle.dataset.slices)
        return replace(found, untold=tuple(untold(content, bundle.dataset)))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise AssayError(f"not what `train` writes: {error!r}", where=where, todo=MEND) from error


def untold(content: Mapping[str, Any], data: "Dataset") -> Iterator[str]:
    """The tests that cannot be made, because an earlier version of `train`, which said less, wrote reference.json."""
    if "calibration" not in content:
        yield "no performance is estimated before labels"
    elif "dates" in content and "by_month" not in content["calibration"]:
        yield "the intervals of the estimate are too narrow, because they leave out how months differ"
    if data.slices and "slices" not in content:
        yield "no slice is looked at"
    if data.population and "population" not in content:
        yield "the share outside the population is not compared"


def training(
    content: Mapping[str, Any],
    titles: Mapping[str, Mapping[str, Any]],
    threshold: Threshold,
    *,
    refit: bool,
    edges: Mapping[str, list[int]] | None = None,
) -> Training:
    """The same of the content of reference.json.

    titles: what readers see in place of the names of features, as bundle.json has it (`assay.datasets.Title`). refit:
    whether the model is fitted on validation too. edges: `dataset.slices` of the contract.
    """
    share = 1.0
    if "effective" in content:
        weight = next(iter(content["features"].values()))["count"]
        share = _within(content["effective"], 1, MOST_RECORDS) / _within(weight, 1 / MOST_RECORDS, MOST_RECORDS)
    own = [name for name in content["features"] if name not in titles]
    every = {
        name: _feature(name, titles.get(name, {"text": name}), own, stated, share)
        for name, stated in content["features"].items()
    }
    scores = content["scores"]
    dates = content.get("dates") or {}
    meant = of_bundle(content, threshold.value) if "calibration" in content else None
    groups = content.get("slices") if meant else None
    ends = [days[1] for fold, days in dates.items() if refit or fold == "train"]
    return Training(
        features={name: one for name, one in every.items() if not _repeats(one, every)},
        scores=_feature("score", {"text": "scores"}, [], {"kind": NUMBER, **scores}, share),
        alerts=_alerts_known(scores, share),
        outside=_outside(content["population"], share) if "population" in content else None,
        last=date.fromisoformat(max(ends)) if ends else None,
        calibration=meant,
        slices=slices(groups, edges or {}, len(meant.counts), share) if meant and groups is not None else None,
        threshold=threshold,
    )


def _feature(
    name: str, title: Mapping[str, Any], own: Collection[str], stated: Mapping[str, Any], share: float
) -> Known:
    kind, subject = stated["kind"], str(title["text"])
    edges = np.asarray(stated["edges"], "float64") if kind == NUMBER else np.empty(0)
    if edges.ndim != 1 or not (np.diff(edges) > 0).all():
        raise ValueError("edges")
    names = () if kind == NUMBER else tuple(stated["counts"])
    parts = (name,) if name in own else tuple(one for one in NAMED.findall(subject) if one in own)
    whole = _row(kind, stated, len(edges) + 2 if kind == NUMBER else len(names), share)
    by_month = {month: _row(kind, one, len(whole.counts) - (kind == CATEGORY), share) for month, one in _months(stated)}
    return Known(name, subject, parts, kind, edges, names, whole, by_month, bool(title.get("logarithm")))


def _repeats(one: Known, every: Mapping[str, Known]) -> bool:
    """Whether it is a function of another feature alone, such as its logarithm: that one's bins say the same."""
    return one.subject != one.name and one.subject in every


def _row(kind: str, stated: Mapping[str, Any], size: int, share: float) -> Row:
    if kind not in (NUMBER, CATEGORY, FLAG):
        raise ValueError(kind)
    listed: Sequence[float] = stated["counts"] if kind == NUMBER else [*stated["counts"].values()]
    counts = np.asarray(listed, "float64")
    missing = _count(stated) * _within(stated.get("missing", 0), 0, 1)
    if counts.shape != (size,) or not ((counts >= 0) & (counts <= MOST_RECORDS)).all():
        raise ValueError("counts")
    _within(counts.sum() + missing, (1 - ROUNDING) * _count(stated) - 1, (1 + ROUNDING) * _count(stated) + 1)
    counts = np.append(counts, 0.0) if kind == CATEGORY else counts
    return Row(share * counts, share * missing)


def _count(stated: Mapping[str, Any]) -> float:
    return _within(stated["count"], 0, MOST_RECORDS)


def _within(value: Any, low: float, high: float) -> float:
    if not low <= float(value) <= high:
        raise ValueError(f"{float(value):g} is not between {low:g} and {high:g}")
    return float(value)


def _alerts_known(scores: Mapping[str, Any], share: float) -> Known:
    months = {month: _alerts(one, share) for month, one in _months(scores)}
    return Known("alerts", "alerts", (), FLAG, np.empty(0), ("no", "yes"), _alerts(scores, share), months)


def _outside(stated: Mapping[str, Any], share: float) -> dict[str, Known]:
    def row(one: Mapping[str, Any], reason: str) -> Row:
        count, part = share * _count(one), _within(one["outside"][reason], 0, 1)
        return Row(count * np.array([1 - part, part]))

    def known(reason: str) -> Known:
        months = {month: row(one, reason) for month, one in _months(stated)}
        return Known(reason, reason, (), FLAG, np.empty(0), ("no", "yes"), row(stated, reason), months)

    return {str(reason): known(reason) for reason in stated["outside"]}


def _alerts(stated: Mapping[str, Any], share: float) -> Row:
    """The records below the threshold, and the alerts."""
    count, alerts = share * _count(stated), _within(stated["alerts"], 0, 1)
    return Row(count * np.array([1 - alerts, alerts]))


def _months(stated: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for month, one in stated.get("by_month", {}).items():
        if not MONTH.fullmatch(month):
            raise ValueError(month[:20])
        yield month, one
