"""Counts of arriving records by month, in the bins of the training: mergeable, and as large as the bins are."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.bundle.reference import CATEGORY, NUMBER, bins
from assay.errors import AssayError
from assay.monitoring.finding import TO
from assay.monitoring.known import Known, Row, Training
from assay.scoring.scorer import CONTRACT

if TYPE_CHECKING:
    from assay.monitoring.pieces import Piece

MOST_NEW = 20  # new values of a category that are named
MOST_MONTHS = 1200
FAR = 3.0  # times: rather another unit than other people
FEW_RECORDS, FEW_SHARE = 4, 0.001  # records, and of all besides, that may have a mistyped date
LONGEST_VALUE = 60  # characters of one that are kept


@dataclass
class Month:
    """The records of a month.

    records, and how many of them were `scored`, and are `alerts`. values: by feature, the number in each bin and
    without a value, (bins + 1,). scores: the number in each bin; calibrated: in each bin of the calibration, if there
    is one; sliced: the same by group of the slices, (groups, k + 2). unscored: how many have no score, by kind and rule
    or reason; broken: how many break any rule of the contract. changed: by rule. new: values of a category that the
    training did not have. far: of numbers, how many are several times as small, and as large, as the median of the
    training, (2,). low, high: the extremes of numbers. last: the last day, NaT without a date.
    """

    records: int = 0
    scored: int = 0
    alerts: int = 0
    broken: int = 0
    values: dict[str, np.ndarray] = field(default_factory=dict)
    scores: np.ndarray = field(default_factory=lambda: np.zeros(0))
    sliced: np.ndarray = field(default_factory=lambda: np.zeros(0))
    calibrated: np.ndarray = field(default_factory=lambda: np.zeros(0))
    unscored: Counter[tuple[str, str]] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    new: dict[str, Counter[str]] = field(default_factory=dict)
    far: dict[str, np.ndarray] = field(default_factory=dict)
    low: dict[str, float] = field(default_factory=dict)
    high: dict[str, float] = field(default_factory=dict)
    last: np.datetime64 = np.datetime64("NaT", "D")  # noqa: RUF009 - it cannot be changed

    def row(self, name: str) -> Row:
        """The records in the bins of a feature."""
        counts = self.values[name]
        return Row(counts[:-1], float(counts[-1]))

    def add(self, other: "Month") -> None:
        """Count those of another part of the month too."""
        self.records += other.records
        self.scored += other.scored
        self.alerts += other.alerts
        self.broken += other.broken
        self.scores = _sum(self.scores, other.scores)
        self.calibrated = _sum(self.calibrated, other.calibrated)
        self.sliced = _sum(self.sliced, other.sliced)
        self.values = {name: _sum(self.values.get(name, np.zeros(0)), one) for name, one in other.values.items()}
        self.far = {name: _sum(self.far.get(name, np.zeros(0)), one) for name, one in other.far.items()}
        self.unscored.update(other.unscored)
        self.changed.update(other.changed)
        for name, found in other.new.items():
            merged = self.new.get(name, Counter()) + found
            self.new[name] = Counter(dict(sorted(merged.items(), key=lambda one: (-one[1], one[0]))[:MOST_NEW]))
        for name, least in other.low.items():
            self.low[name] = min(self.low.get(name, least), least)
        for name, most in other.high.items():
            self.high[name] = max(self.high.get(name, most), most)
        self.last = np.fmax(self.last, other.last)


@dataclass
class Counts:
    """Months by name, "" for records without a date."""

    months: dict[str, Month] = field(default_factory=dict)

    @property
    def records(self) -> int:
        return sum(one.records for one in self.months.values())

    @property
    def spans(self) -> list[tuple[str, Month, int]]:
        """Each month by itself, in their order, then all that have a date together: name, counts, how many months."""
        found = [(name, month, 1) for name, month in sorted(self.months.items())]
        dated = [(name, month) for name, month, _ in found if name]
        if len(dated) > 1:
            found.append((TO.join((dated[0][0], dated[-1][0])), together(month for _, month in dated), len(dated)))
        return found

    def add(self, other: "Counts") -> None:
        """Count those of another piece too."""
        for name, month in other.months.items():
            self.months.setdefault(name, Month()).add(month)
        if len(self.months) > MOST_MONTHS:
            raise AssayError(f"records of more than {MOST_MONTHS} months", todo="correct their dates")

    @property
    def today(self) -> np.datetime64:
        """The last day of the newest month from which on there are more than a few records; NaT without a date.

        A few mistyped dates do not tell what day it is. Where all are few, it is the last day of all.
        """
        dated = [one for name, one in sorted(self.months.items(), reverse=True) if name]
        if not dated:
            return np.datetime64("NaT", "D")
        count = np.cumsum([one.records for one in dated])
        return dated[int((count > FEW_RECORDS + count[-1] * FEW_SHARE).argmax())].last


def _sum(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return other if not len(one) else one + other


def counted(pieces: "Iterable[Piece]", training: Training) -> Counts:
    """The counts of all pieces."""
    found = Counts()
    for piece in pieces:
        found.add(of_piece(piece, training))
    return found


def of_piece(piece: "Piece", training: Training) -> Counts:
    """The counts of one piece."""
    codes, names = pd.factorize(piece.months, sort=True)
    scored = codes[piece.places]
    months = {str(name): Month(records=int(count)) for name, count in zip(names, np.bincount(codes), strict=True)}
    listed = list(months.values())
    size = len(listed)
    for month, count in zip(listed, np.bincount(scored, minlength=size), strict=True):
        month.scored = int(count)
    for month, count in zip(listed, np.bincount(codes[piece.alerts], minlength=size), strict=True):
        month.alerts = int(count)
    _count_scores(listed, scored, piece, training)
    for name, known in training.features.items():
        _count_feature(listed, scored, name, known, piece.features[name])
    _count_faults(listed, codes, piece)
    _note_last(listed, codes, piece.days)
    return Counts(months)


def _table(codes: np.ndarray, places: np.ndarray, bins: int, size: int) -> np.ndarray:
    """The number of records by month and bin, (months, bins + 1); the last bin holds those of place -1."""
    at = np.where(places < 0, bins, places)
    return np.bincount(codes * (bins + 1) + at, minlength=size * (bins + 1)).reshape(size, bins + 1)


def _count_scores(months: list[Month], codes: np.ndarray, piece: "Piece", training: Training) -> None:
    size, known, calibration = len(months), training.scores, training.calibration
    scores = piece.scores[piece.places]
    for month, row in zip(months, _table(codes, known.place(scores), known.size, size), strict=True):
        month.scores = row[:-1]
    if calibration:
        places = bins(scores, calibration.edges)
        for month, row in zip(months, _table(codes, places, len(calibration.counts), size), strict=True):
            month.calibrated = row[:-1]
        if training.slices:
            for month, rows in zip(months, training.slices.counted(piece.features, codes, places, size), strict=True):
                month.sliced = rows


def _count_feature(months: list[Month], codes: np.ndarray, name: str, known: Known, values: Any) -> None:
    places = known.place(values)
    for month, row in zip(months, _table(codes, places, known.size, len(months)), strict=True):
        month.values[name] = row
    if known.kind == NUMBER:
        numbers = np.asarray(values, "float64")
        _note_extremes(months, codes, name, numbers)
        beyond = (numbers < known.middle / FAR, numbers > known.middle * FAR)
        sides = np.column_stack([np.bincount(codes[rows], minlength=len(months)) for rows in beyond])
        for month, side in zip(months, sides, strict=True):
            month.far[name] = side
    elif known.kind == CATEGORY and (new := places == len(known.names)).any():
        texts = pd.Series(values).astype("object")[new].map(lambda text: str(text)[:LONGEST_VALUE])
        for code, found in texts.groupby(codes[new]):
            months[int(code)].new[name] = Counter(found.value_counts().head(MOST_NEW).to_dict())


def _note_last(months: list[Month], codes: np.ndarray, days: np.ndarray) -> None:
    there = ~np.isnat(days)
    last = np.full(len(months), "NaT", "datetime64[D]")
    np.fmax.at(last, codes[there], days[there].astype("datetime64[D]"))
    for month, day in zip(months, last, strict=True):
        month.last = day


def _note_extremes(months: list[Month], codes: np.ndarray, name: str, numbers: np.ndarray) -> None:
    there = ~np.isnan(numbers)
    low, high = np.full(len(months), np.inf), np.full(len(months), -np.inf)
    np.minimum.at(low, codes[there], numbers[there])
    np.maximum.at(high, codes[there], numbers[there])
    for month, least, most in zip(months, low.tolist(), high.tolist(), strict=True):
        if least <= most:
            month.low[name], month.high[name] = least, most


def _count_faults(months: list[Month], codes: np.ndarray, piece: "Piece") -> None:
    for place, (kind, rules) in piece.faults.items():
        month = months[codes[place]]
        month.broken += kind == CONTRACT
        month.unscored.update((kind, rule) for rule in rules or ("",))
    for place, rules in piece.changed.items():
        months[codes[place]].changed.update(rules)


def together(months: Iterable[Month]) -> Month:
    """The counts of several months."""
    found = Month()
    for month in months:
        found.add(month)
    return found
