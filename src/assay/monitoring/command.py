"""`assay monitor`: a file of records or a prediction log against the model that scores them."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from assay.errors import AssayError
from assay.joins.join import Joiner
from assay.monitoring.arrived_labels import read_labels
from assay.monitoring.counts import Counts, of_piece
from assay.monitoring.finding import MEANS, Finding, Kind
from assay.monitoring.judging import Judged, judged
from assay.monitoring.known import Training, known
from assay.monitoring.performance import confidence
from assay.monitoring.pieces import Columns, Piece, of_file, of_log
from assay.monitoring.realised import met
from assay.scoring.files import of_files
from assay.scoring.scorer import Scorer
from assay.serving import log

if TYPE_CHECKING:
    from assay.bundle.loading import Bundle
    from assay.config.schema import Monitoring


@dataclass(frozen=True)
class Monitored:
    """A batch, judged. source: where it came from; model: by which it was scored; seconds: to read and judge it.

    confidence: of the intervals of its performance.
    """

    source: str
    model: str
    counts: Counts
    training: Training
    judged: Judged
    confidence: float
    seconds: float


def monitored(
    bundle: "Bundle",
    source: Path,
    criteria: "Monitoring",
    model: str,
    labels: Path | None = None,
    tables: Mapping[str, Path] | None = None,
) -> Monitored:
    """Judge a CSV or Parquet file of records, or the folder of a prediction log; labels: a file of those that arrived.

    tables: files of the tables of which columns are made, by name; none if the records have these columns.
    AssayError as of `assay.monitoring.pieces`, `known` and `arrived`, and if no label is of one of the records.
    """
    start = time.perf_counter()
    training = known(bundle)
    arrived = None if labels is None else read_labels(labels, bundle)
    with of_files(tables or {}, bundle.dataset) as join:
        columns, pieces = read(bundle, source, join)
        counts, labelled = counted_and_met(pieces, training, arrived)
    if labelled is not None and labelled.empty:
        raise AssayError(
            f"no label is of one of {sum(one.scored for one in counts.months.values())} scored records",
            where=str(labels),
            todo="name the labels of these records, by the id that assay score prints",
        )
    found = judged(counts, training, criteria, labelled, [*of_columns(columns, counts)])
    return Monitored(str(source), model, counts, training, found, confidence(criteria), time.perf_counter() - start)


def read(bundle: "Bundle", source: Path, join: Joiner | None = None) -> tuple[Columns, Iterator[Piece]]:
    """The pieces of a file or a log; AssayError if it is not there, a file of a log, or a pipe, which is read once.

    join: makes the columns of other tables, which a log has.
    """
    if not source.exists():
        raise AssayError("there is no such file or folder", where=str(source), todo="name the records, or a log")
    if source.suffix == log.SUFFIX:
        raise AssayError("a prediction log is a folder", where=str(source), todo=f"name the folder: {source.parent}")
    if source.is_dir() and join:
        raise AssayError("the log of predictions has the joined records", where="--table", todo="leave it out")
    if source.is_dir():
        return Columns(), of_log(source, bundle.columns, bundle.hash)
    if not source.is_file():
        raise AssayError("neither a file nor a folder", where=str(source), todo="write the records to a file")
    return of_file(Scorer(bundle), source, join=join)


def counted_and_met(
    pieces: Iterable[Piece], training: Training, arrived: pd.DataFrame | None
) -> tuple[Counts, pd.DataFrame | None]:
    """The counts of all pieces, and the records that have a label; arrived: None if there are no labels.

    Only records with a label are held; of the others, counts.
    """
    counts, labelled = Counts(), []
    for piece in pieces:
        counts.add(of_piece(piece, training))
        if arrived is not None:
            known, size = training.slices, len(piece.ids)
            groups = known.of_records(piece.features, piece.places, size) if known else None
            labelled.append(met(piece.ids, piece.months, piece.scores, arrived, groups))
    return counts, pd.concat(labelled, ignore_index=True) if labelled else None


def of_columns(columns: Columns, counts: Counts) -> Iterator[Finding]:
    """The columns that are gone, and unknown ones."""
    said = {
        Kind.COLUMN: (columns.absent, "there is no column {}: each record counts as having no value there"),
        Kind.UNKNOWN: (columns.unknown, "the column {} is not in the contract, and was not read"),
    }
    for kind, (names, what) in said.items():
        for name in names:
            yield Finding(kind, name, "", counts.records, 1.0, 0.0, None, what.format(name), MEANS[kind])


def as_json(found: Monitored) -> dict[str, Any]:
    """All of it, for programs."""
    months = {
        name: {
            "records": month.records,
            "scored": month.scored,
            "alerts": month.alerts,
            "not_scored": _by_kind(month.unscored),
            "set_missing": dict(sorted(month.changed.items())),
        }
        for name, month in sorted(found.counts.months.items())
    }
    return {
        "action": found.judged.decision.action,
        "reasons": found.judged.decision.reasons,
        "source": found.source,
        "model": found.model,
        "records": found.counts.records,
        "age_days": found.judged.age,
        "seconds": found.seconds,
        "findings": [asdict(one) for one in found.judged.findings],
        "confidence": found.confidence,
        "estimated": {name: one.stated(found.confidence) for name, one in found.judged.estimates.items()},
        "realised": _labelled(found.judged),
        "slices": found.judged.slices.stated(),
        "untold": list(found.training.untold),
        "months": months,
    }


def _labelled(found: Judged) -> dict[str, Any] | None:
    """The figures by labels of each month, and of all whose labels have arrived (`all`)."""
    if found.labelled is None:
        return None
    months = {name: one.stated() for name, one in found.labelled.months.items()}
    return {"months": months, "all": found.labelled.whole.stated() if found.labelled.whole else None}


def _by_kind(unscored: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (kind, rule), count in sorted(unscored.items()):
        found.setdefault(kind, {})[rule] = count
    return found
