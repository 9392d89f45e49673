"""`assay.load`: the figures, parameters and predictions of a revision as tables of pandas."""

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, chdir, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from assay.errors import translated
from assay.evaluation.assess import scored_by
from assay.experiments import revisions
from assay.experiments.parameters import read
from assay.experiments.refs import OUT_OF_FOLD
from assay.lineage.graph import PARAMS
from assay.overview.contents import INTERVALS, METRICS, numbers, pairs
from assay.overview.intervals import PRICE, intervals
from assay.overview.rows import Interval
from assay.paths import SCORE
from assay.root import enter_root
from assay.statistics import metrics as registry
from assay.statistics.edges import UNKNOWN

ALERT = "alert"


def load(revision: str = revisions.WORKSPACE) -> "Loaded":
    """A revision of the repository here: the workspace, or a branch, tag, commit or experiment by name.

    Its tables are read when they are asked for, by their hashes in dvc.lock, from DVC's cache or else a remote; nothing
    is checked out. AssayError if there is no such revision, or if a table is on neither, with the way to get it.
    """
    with _root() as root:
        return Loaded(revisions.revision(revision), root)


@contextmanager
def _root() -> Iterator[Path]:
    """The root of the repository here, as the current folder while it is needed."""
    with chdir(Path.cwd()):
        yield enter_root()


@dataclass(frozen=True)
class Loaded:
    """The tables of a revision. What is of the test fold has `test` in its name: who chooses by it has no test left."""

    revision: revisions.Revision
    root: Path

    @property
    def name(self) -> str:
        """As it was asked for."""
        return self.revision.name

    @property
    def commit(self) -> str:
        """Its hash; "" for the workspace."""
        return self.revision.sha

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """Figures out of fold, on train and validation: `value`, and `low` and `high`, the 95 % interval, by metric."""
        scored = scored_by(self.predictions, SCORE, self.threshold)
        with _damaged(PARAMS, self.name):
            price = float(self.parameters["value"].get(PRICE, float("nan")))
        values = numbers(self._json(OUT_OF_FOLD))
        return _figures(values, intervals(scored, list(registry.METRICS), price, values))

    @cached_property
    def test_metrics(self) -> pd.DataFrame:
        """The same on the test fold, with the intervals of its report."""
        return _figures(numbers(self._json(METRICS)), pairs(self._json(INTERVALS)))

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """The `value` of each parameter by its dotted key, as DVC names it."""
        content = self._bytes(PARAMS)
        with _damaged(PARAMS, self.name):
            values = read(content.decode())
        return pd.DataFrame({"value": pd.Series(values, dtype="object")}).rename_axis("parameter")

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """Train and validation by record id: fold, label, score of a model that had not learned from it, alert.

        Also sample_weight, if the records are a weighted sample.
        """
        with chdir(self.root):
            return self._alerted(self.revision.out_of_fold)

    @cached_property
    def test_predictions(self) -> pd.DataFrame:
        """The test fold by record id: label, score, alert; excluded: why a record has no part in the figures, or ""."""
        with chdir(self.root):
            return self._alerted(self.revision.test)

    @cached_property
    def threshold(self) -> float:
        """The score from which on a record is an alert."""
        with chdir(self.root):
            return self.revision.threshold

    def _alerted(self, table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(**{ALERT: table[SCORE] >= self.threshold})

    def _json(self, path: Path) -> dict[str, Any]:
        content = self._bytes(str(path))
        with _damaged(str(path), self.name):
            found = json.loads(content)
            if not isinstance(found, dict):
                raise ValueError("not a JSON object")
        return found

    def _bytes(self, path: str) -> bytes:
        with chdir(self.root):
            return self.revision.files.read_bytes(path)


def _damaged(path: str, revision: str) -> AbstractContextManager[None]:
    return translated(f"{path} is damaged", where=revision, todo="choose another revision, or run this one again")


def _figures(values: Mapping[str, float], ends: Mapping[str, Interval]) -> pd.DataFrame:
    rows = {name: (value, *ends.get(name, UNKNOWN)) for name, value in values.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high"], dtype=float).rename_axis(
        "metric"
    )
