"""`assay monitor`: a file of records or a prediction log against the model that scores them."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assay.monitoring.counts import Counts, counted
from assay.monitoring.decision import Decision, decide
from assay.monitoring.drift import drifted
from assay.monitoring.finding import MEANS, Finding, Kind
from assay.monitoring.known import Training, known
from assay.monitoring.pieces import Columns, Piece, of_file, of_log
from assay.scoring.scorer import Scorer

if TYPE_CHECKING:
    from assay.bundle.loading import Bundle
    from assay.config.schema import Monitoring


@dataclass(frozen=True)
class Monitored:
    """A batch, judged. source: where it came from; model: by which it was scored; seconds: to read and judge it."""

    source: str
    model: str
    counts: Counts
    training: Training
    findings: list[Finding]
    decision: Decision
    seconds: float


def monitored(bundle: "Bundle", source: Path, asked: "Monitoring", model: str) -> Monitored:
    """Judge a CSV or Parquet file of records, or the folder of a prediction log.

    AssayError as of `assay.monitoring.pieces` and `known`.
    """
    start = time.perf_counter()
    training = known(bundle)
    columns, pieces = read(bundle, source)
    counts = counted(pieces, training)
    findings = [*of_columns(columns, counts), *drifted(counts, training, asked), *stale(counts, training, asked)]
    decision = decide(findings)
    return Monitored(str(source), model, counts, training, findings, decision, time.perf_counter() - start)


def read(bundle: "Bundle", source: Path) -> tuple[Columns, Iterator[Piece]]:
    """The pieces of a file or a log."""
    if source.is_dir():
        return Columns(), of_log(source, bundle.columns, bundle.hash)
    return of_file(Scorer(bundle), source)


def of_columns(columns: Columns, counts: Counts) -> Iterator[Finding]:
    """The columns that are gone, and unknown ones."""
    said = {
        Kind.COLUMN: (columns.absent, "there is no column {}: each record counts as having no value there"),
        Kind.UNKNOWN: (columns.unknown, "the column {} is not in the contract, and was not read"),
    }
    for kind, (names, what) in said.items():
        for name in names:
            yield Finding(kind, name, "", counts.records, 1.0, 0.0, None, what.format(name), MEANS[kind])


def stale(counts: Counts, training: Training, asked: "Monitoring") -> Iterator[Finding]:
    """Whether the training is too long ago."""
    days = age(counts, training)
    if days is None or asked.stale_after_days is None or days <= asked.stale_after_days:
        return
    what = f"{days} days from the last day of the training ({training.last}) to the last record ({counts.last})"
    limit = float(asked.stale_after_days)
    yield Finding(Kind.STALE, "training", "", counts.records, float(days), limit, None, what, MEANS[Kind.STALE])


def age(counts: Counts, training: Training) -> int | None:
    """Days from the last day of the training to the last record; None if either is unknown."""
    if training.last is None or np.isnat(counts.last):
        return None
    return int((counts.last - np.datetime64(training.last, "D")).astype(int))


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
        "action": found.decision.action,
        "reasons": found.decision.reasons,
        "source": found.source,
        "model": found.model,
        "records": found.counts.records,
        "age_days": age(found.counts, found.training),
        "seconds": found.seconds,
        "findings": [asdict(one) for one in found.findings],
        "months": months,
    }


def _by_kind(unscored: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (kind, rule), count in sorted(unscored.items()):
        found.setdefault(kind, {})[rule] = count
    return found
