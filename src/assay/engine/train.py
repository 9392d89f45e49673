"""train, out of core: records whose features stay on the disk, and how models are fitted on them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.bundle.scoring import score_and_log_odds
from assay.errors import AssayError
from assay.files import md5, needed, parts_of, read_table
from assay.memory import GIB, in_bytes
from assay.modelling.building import build
from assay.modelling.early_stopping import Curve
from assay.modelling.fitting import IN_MEMORY, Fitting
from assay.modelling.matrices import Source
from assay.modelling.out_of_core import way
from assay.modelling.records import Records
from assay.modelling.weights import Weight
from assay.paths import FEATURES, SPLIT, fold
from assay.records.batches import Columns, names_of, rows_of, table_batches
from assay.records.columns import RECORD_ID, WEIGHT
from assay.records.folds import GROUP, TRAIN, VALIDATION
from assay.records.places import require_features
from assay.records.tables import as_named

if TYPE_CHECKING:
    from assay.config.schema import Engine

SEED = 0  # of the sample that a model learns from which cannot learn from all


class Stored(Mapping[str, pd.Series]):
    """Features in tables of the line, one after another, or some of their rows, which stay on the disk.

    As a mapping it has the columns by name, and reads one whole whenever it is asked for: one is in memory at a time.
    """

    def __init__(self, paths: Sequence[Path], chosen: np.ndarray | None = None) -> None:
        self.paths = [part for path in paths for part in parts_of(path)]
        self.bounds = np.cumsum([0, *map(rows_of, self.paths)])
        self.chosen = np.ones(self.bounds[-1], "bool") if chosen is None else chosen

    def __getstate__(self) -> dict[str, Any]:
        """Also what the files hold: a sweep remembers trainings by the content of their arguments."""
        content = [md5(path) for path in self.paths]
        return {"paths": self.paths, "bounds": self.bounds, "chosen": self.chosen, "content": content}

    def rows(self, chosen: np.ndarray) -> "Stored":
        """Those at these positions, which are in order."""
        mask = np.zeros(len(self.chosen), "bool")
        mask[np.flatnonzero(self.chosen)[chosen]] = True
        return Stored(self.paths, mask)

    def followed_by(self, other: "Stored") -> "Stored":
        """These, then the others."""
        return Stored([*self.paths, *other.paths], np.append(self.chosen, other.chosen))

    def batches(self) -> Iterator[pd.DataFrame]:
        """Tables indexed by record id, none of them empty."""
        for part, (start, end) in zip(self.paths, pairwise(self.bounds), strict=True):
            if not self.chosen[start:end].any():
                continue
            for batch in table_batches(part):
                here = self.chosen[start : start + len(batch)]
                start += len(batch)
                if here.any():
                    yield as_named(batch if here.all() else batch[here])

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, name: str) -> pd.Series:
        return self._columns[name].reset_index(drop=True)[self.chosen]

    @cached_property
    def _columns(self) -> Columns:
        return Columns(*self.paths, names=self._names)

    @cached_property
    def _names(self) -> dict[str, str]:
        """The name that each column has in the files, by its own name."""
        written = [name for name in names_of(self.paths[0]) if name != RECORD_ID]
        empty = pd.DataFrame(columns=[RECORD_ID, *written])
        return dict(zip(as_named(empty).columns, written, strict=True))


@dataclass(frozen=True)
class Streamed:
    """Records of which labels (int8), groups and weights are in memory; as of `assay.modelling.records.Records`."""

    X: Stored
    y: pd.Series
    groups: pd.Series | None = None
    weight: Weight = None

    def rows(self, chosen: np.ndarray) -> "Streamed":
        """The records at these positions, which are in order."""
        groups = None if self.groups is None else self.groups.iloc[chosen]
        weight = None if self.weight is None else self.weight[chosen]
        return Streamed(self.X.rows(chosen), pd.Series(self.y.to_numpy()[chosen]), groups, weight)

    def followed_by(self, other: "Streamed") -> "Streamed":
        """These records, then the others."""
        groups, weight = None, None
        if self.groups is not None and other.groups is not None:
            groups = pd.concat([self.groups, other.groups], ignore_index=True)
        if self.weight is not None and other.weight is not None:
            weight = np.append(self.weight, other.weight)
        y = pd.concat([self.y, other.y], ignore_index=True)
        return Streamed(self.X.followed_by(other.X), y, groups, weight)

    def in_memory(self) -> Records:
        """The same records with the table of their features."""
        X = pd.concat(self.X.batches(), ignore_index=True)
        return Records(X, self.y.astype("int64"), self.groups, self.weight)


def read_streamed(name: str) -> Streamed:
    """The records of a fold ("train" or "validation"); AssayError unless features and labels are of the same ones."""
    require_features(name)
    found = read_table(fold(SPLIT, name), ["label"], optional=[GROUP, WEIGHT])
    weight = found[WEIGHT].to_numpy() if WEIGHT in found else None
    return Streamed(Stored([fold(FEATURES, name)]), found["label"].astype("int8"), found.get(GROUP), weight)


class OutOfCore:
    """Fits and scores batch by batch; folder: for what is on disk meanwhile."""

    sample = 0

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fitted(self, model: dict[str, Any], records: Streamed) -> Any:
        """As of `assay.modelling.fitting.Fitting`."""
        return self._fitted(model, records, None)[0]

    def watched(self, model: dict[str, Any], train: Streamed, validation: Streamed) -> tuple[Any, Curve]:
        """As of `Fitting`."""
        return self._fitted(model, train, validation)

    def scored(self, estimator: Any, records: Streamed) -> tuple[np.ndarray, np.ndarray]:
        """As of `Fitting`."""
        scores, odds = zip(*(score_and_log_odds(estimator, X) for X in records.X.batches()), strict=True)
        return np.concatenate(scores), np.concatenate(odds)

    def _fitted(self, model: dict[str, Any], train: Streamed, validation: Streamed | None) -> tuple[Any, Curve]:
        estimator = build(model)
        fit = way(estimator)
        assert fit, "asked before, in `fitting`"
        watched = None if validation is None else _source(validation).of(estimator)
        return fit(estimator, _source(train).of(estimator), watched, self.folder)


class Whole:
    """Has all records in memory for each fit, and for their scores: so these are those of `engine=local`."""

    sample = 0

    def fitted(self, model: dict[str, Any], records: Streamed) -> Any:
        """As of `assay.modelling.fitting.Fitting`."""
        return IN_MEMORY.fitted(model, records.in_memory())

    def watched(self, model: dict[str, Any], train: Streamed, validation: Streamed) -> tuple[Any, Curve]:
        """As of `Fitting`."""
        return IN_MEMORY.watched(model, train.in_memory(), validation.in_memory())

    def scored(self, estimator: Any, records: Streamed) -> tuple[np.ndarray, np.ndarray]:
        """As of `Fitting`."""
        return IN_MEMORY.scored(estimator, records.in_memory())


class Sampled(OutOfCore):
    """Has in memory for each fit the same number of its records, drawn without regard to anything.

    AssayError if no record of a class is among them.
    """

    def __init__(self, folder: Path, sample: int) -> None:
        super().__init__(folder)
        self.sample = sample

    def _fitted(self, model: dict[str, Any], train: Streamed, validation: Streamed | None) -> tuple[Any, Curve]:
        if validation is None:
            return IN_MEMORY.fitted(model, self._drawn(train)), {}
        return IN_MEMORY.watched(model, self._drawn(train), self._drawn(validation))

    def _drawn(self, records: Streamed) -> Records:
        n = len(records.y)
        drawn = np.random.default_rng(SEED).choice(n, min(n, self.sample), replace=False, shuffle=False)
        found = records.rows(np.sort(drawn))
        if found.y.nunique() < records.y.nunique():
            what = f"of the {self.sample} records that a model would learn from, all have the same label"
            raise AssayError(what, where="engine.sample", todo="choose a larger sample")
        return found.in_memory()


def fitting(model: dict[str, Any], engine: "Engine", folder: Path) -> Fitting:
    """How a model is fitted on the features of the line; AssayError if it needs more memory than it may have."""
    if way(build(model)):
        return OutOfCore(folder)
    need = sum(needed(fold(FEATURES, name)) for name in (TRAIN, VALIDATION))
    if need <= in_bytes(engine.memory):
        return Whole()
    if engine.sample:
        return Sampled(folder, engine.sample)
    what = f"{model['name']} cannot train out of core, and needs about {need / GIB:.1f} GiB: more than engine.memory"
    todo = "engine.sample=200000 lets it learn from so many records, or engine.memory gives it more (docs/scale.md)"
    raise AssayError(what, where=str(FEATURES), todo=todo)


def _source(records: Streamed) -> Source:
    return Source(records.X.batches, records.y.to_numpy(), records.weight)
