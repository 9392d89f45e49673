"""Arriving records, a piece at a time: those of a file, scored, or the lines of a prediction log."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.errors import AssayError, sample, warn
from assay.records.dialect import one_cell
from assay.records.feature_table import with_columns
from assay.scoring.files import CORRECT, columns_of, in_order, join_them, open_records
from assay.scoring.rows import HASH
from assay.scoring.scorer import CONTRACT
from assay.serving import log

if TYPE_CHECKING:
    from assay.joins.join import Joiner
    from assay.records.streaming import Batch
    from assay.scoring.scorer import Fault, Scored, Scorer

LINES = 20_000  # of a log, in a piece
MOST_THREADS = 4


@dataclass(frozen=True)
class Piece:
    """Some records, in the order in which they came.

    days: (n,) datetime64[D], the date of each record, or of a log the day on which it was scored; NaT where there is
    none. ids, scores (NaN where there is none), alerts: (n,). features: by name, of the records that have a score,
    whose positions are `places`. faults: why a record has no score, by position: the kind, and the rules or reasons.
    changed: the rules that set a value of it missing.
    """

    days: np.ndarray
    ids: np.ndarray
    scores: np.ndarray
    alerts: np.ndarray
    features: Mapping[str, Any]
    places: np.ndarray
    faults: Mapping[int, tuple[str, tuple[str, ...]]]
    changed: Mapping[int, tuple[str, ...]]

    @property
    def months(self) -> np.ndarray:
        """The month of each record, (n,) such as "1985-05"; "" where there is no date."""
        found, places = np.unique(self.days.astype("datetime64[M]"), return_inverse=True)
        return np.array(["" if np.isnat(one) else str(one) for one in found], "object")[places]


@dataclass(frozen=True)
class Columns:
    """How the columns of a file differ from those that the model needs: `absent` ones, and `unknown` ones."""

    absent: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def of_file(
    scorer: "Scorer", path: Path, threads: int | None = None, join: "Joiner | None" = None
) -> tuple[Columns, Iterator[Piece]]:
    """The records of a CSV or Parquet file, and what is wrong with its columns; join: makes those of other tables.

    A needed column that is not there has no value in any record. AssayError if there is none of them, or none that is
    made of other tables, which are not given; if there is no record, or the file is none of records.
    """
    with open_records(path, scorer.bundle.dataset.source.dialect) as records:
        names = list(records.names)
    needed = columns_of(scorer, join)
    columns = Columns(
        tuple(name for name in needed if name not in names and name not in scorer.optional),
        tuple(name for name in names if name not in needed and name not in scorer.unread),
    )
    if not {*names} & {*needed}:
        todo = one_cell(names, scorer.bundle.dataset.source.dialect) or "name another file"
        raise AssayError(f"no column of the contract: {sample(names)}", where=str(path), todo=todo)
    made = [name for name in scorer.bundle.dataset.made if name in needed]
    if made and {*made} <= {*columns.absent}:
        todo = join_them(scorer.bundle.dataset)
        raise AssayError(f"no column that is made of other tables: {sample(made)}", where=str(path), todo=todo)
    return columns, _scored(scorer, path, columns, threads or min(MOST_THREADS, os.cpu_count() or 1), join)


def _scored(
    scorer: "Scorer", path: Path, columns: Columns, threads: int, join: "Joiner | None" = None
) -> Iterator[Piece]:
    score, needed = partial(_piece, scorer, str(path), columns.absent, join), columns_of(scorer, join)
    with open_records(path, scorer.bundle.dataset.source.dialect) as records:
        read = [name for name in records.names if name in needed]
        count = 0
        for piece in in_order(score, records.batches(read), threads):
            count += len(piece.ids)
            yield piece
    if not count:
        raise AssayError("the table has no rows", where=str(path), todo=CORRECT)


def _piece(scorer: "Scorer", where: str, absent: Sequence[str], join: "Joiner | None", batch: "Batch") -> Piece:
    table = batch.table(where, CORRECT)
    empty = pd.Series("", table.index, dtype="str")
    whole = with_columns(join(table) if join else table, dict.fromkeys(absent, empty))
    return of_scored(scorer(whole, where))


def of_scored(scored: "Scored") -> Piece:
    """The piece of a batch that a `Scorer` has scored."""
    nowhere = np.full(len(scored.ids), "NaT", "datetime64[D]")
    return Piece(
        nowhere if scored.dates is None else scored.dates.astype("datetime64[D]"),
        scored.ids,
        scored.scores,
        scored.alerts,
        scored.features,
        scored.places,
        {place: (found[0].kind, _rules(found)) for place, found in scored.faults.items()},
        {place: tuple(one.rule for one in found) for place, found in scored.changed.items()},
    )


def _rules(found: "Sequence[Fault]") -> tuple[str, ...]:
    return tuple(one.rule if one.kind == CONTRACT else one.why for one in found)


def of_log(folder: Path, features: Sequence[str], bundle: str) -> Iterator[Piece]:
    """The records of a prediction log that the model of this hash has scored; of those of others a warning tells.

    features: the names of the model's features. AssayError if there is no record, none of the model, or a line that the
    service does not write.
    """
    others: Counter[str] = Counter()
    count = 0
    for head, lines in _parts(folder):
        model = head.get("model") if isinstance(head, dict) else None
        if not isinstance(model, dict) or model.get("hash") != bundle:
            others[_named(model)] += len(lines)
            continue
        if head.get("features") != list(features):
            raise AssayError("the log has other features than the model", where=str(folder), todo="name its model")
        count += len(lines)
        yield _of_lines(lines, features, folder)
    if not count:
        what = f"no record of this model, only of {sample(sorted(others))}" if others else "no record"
        raise AssayError(what, where=str(folder), todo="name the log of the model, or the model of the log: --bundle")
    if others:
        warn(f"{others.total():,} records of other models are passed over: {sample(sorted(others))}")


def _named(model: Any) -> str:
    """A model of a log for readers: version, and the start of its hash."""
    if not isinstance(model, dict):
        return str(model)[:60]
    return f"{str(model.get('version'))[:60]}/{str(model.get('hash'))[:HASH]}"


def _parts(folder: Path) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Lines that stand together in a file, with its head; AssayError for what is no log."""
    head: dict[str, Any] = {}
    lines: list[dict[str, Any]] = []
    try:
        for of_file, line in log.read(folder):
            if lines and (of_file is not head or len(lines) == LINES):
                yield head, lines
                lines = []
            head = of_file
            lines.append(line)
    except ValueError as error:
        raise AssayError(f"not a prediction log: {error}", where=str(folder), todo="name another folder") from error
    if lines:
        yield head, lines


def _of_lines(lines: Sequence[dict[str, Any]], features: Sequence[str], folder: Path) -> Piece:
    try:
        scored = [place for place, line in enumerate(lines) if "not_scored" not in line]
        rows = [lines[place]["x"] for place in scored]
        columns = zip(*rows, strict=True) if rows else iter([()] * len(features))
        scores, alerts = np.full(len(lines), np.nan), np.zeros(len(lines), "bool")
        scores[scored] = [lines[place]["score"] for place in scored]
        alerts[scored] = [lines[place]["alert"] for place in scored]
        return Piece(
            np.array([line["at"][:10] for line in lines], "datetime64[D]"),
            np.array([line["id"] for line in lines], "object"),
            scores,
            alerts,
            dict(zip(features, map(list, columns), strict=True)),
            np.asarray(scored, "int64"),
            {place: _said(line["not_scored"]) for place, line in enumerate(lines) if "not_scored" in line},
            {place: tuple(line["changed"]) for place, line in enumerate(lines) if line.get("changed")},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        what = f"a line that the service does not write: {error!r}"
        raise AssayError(what, where=str(folder), todo="name another folder") from error


def _said(why: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    return str(why["kind"]), tuple(map(str, why["rules"]))
