"""Chooses the best experiment, and estimates how much its score owes to having been chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from assay.dvc_internals.objects import read_object
from assay.evaluation.assess import scored_by
from assay.experiments.revisions import Revision, revision
from assay.statistics.bootstrap import Resamples, estimate_one, optimism
from assay.statistics.metrics import METRICS, RANKED_BY
from assay.statistics.resampled import Scored
from assay.sweep.log import Entry

RESAMPLES, CONFIDENCE, SEED = 500, 0.95, 42


@dataclass(frozen=True)
class Selection:
    """The best of several experiments by average precision out of fold.

    optimism: how much of the best score is luck.
    """

    best: str
    tried: int
    value: float
    interval: tuple[float, float]
    optimism: float


def select(scores: dict[str, Scored]) -> Selection:
    """Choose by out-of-fold predictions on the same records; scores: by name of the experiment."""
    drawn = Resamples(len(next(iter(scores.values())).y), RESAMPLES, SEED)
    found = {name: estimate_one(one, drawn, METRICS[RANKED_BY].function) for name, one in scores.items()}
    best = max(found, key=lambda name: found[name].value)
    return Selection(
        best, len(found), found[best].value, found[best].interval(CONFIDENCE), optimism(list(found.values()))
    )


def out_of_fold(done: Sequence[Entry], cache: Path) -> dict[str, Scored]:
    """The out-of-fold predictions by experiment, without those on other records or labels than most have."""
    tables = {entry.experiment: _predictions(entry, cache) for entry in done}
    records = {name: (tuple(table.index), tuple(table["label"])) for name, table in tables.items()}
    usual = max(set(records.values()), key=list(records.values()).count)
    return {name: scored_by(table, "score", 0.5) for name, table in tables.items() if records[name] == usual}


@dataclass(frozen=True)
class AtHand:
    """The single file of an experiment that is needed."""

    content: bytes

    def read_bytes(self, path: str) -> bytes:
        """Its content."""
        return self.content

    def parts(self, path: str) -> list[str]:
        """It alone."""
        return [path]


def _predictions(entry: Entry, cache: Path) -> pd.DataFrame:
    """Label and score by record: from the cache by hash, which is ten times as fast, or else from the commit."""
    try:
        content = read_object(cache, entry.predictions)
    except (FileNotFoundError, ValueError):
        return revision(entry.experiment).out_of_fold
    return Revision(entry.experiment, "", AtHand(content)).out_of_fold
