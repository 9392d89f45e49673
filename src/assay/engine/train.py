"""train, out of core: how models are fitted on records whose features stay on the disk, here or on a cluster."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assay.bundle.scoring import score_and_log_odds
from assay.config.schema import DaskEngine
from assay.config.targets import MEMBERS
from assay.engine.parallel import on_workers
from assay.engine.stored import Streamed
from assay.errors import AssayError
from assay.memory import sized
from assay.modelling.building import build
from assay.modelling.early_stopping import Curve
from assay.modelling.fitting import IN_MEMORY, Fitting
from assay.modelling.matrices import Source
from assay.modelling.out_of_core import ALONE, meeting, of_members, streamed_fit
from assay.modelling.records import Records
from assay.paths import FEATURES, fold
from assay.records.batches import rows_of
from assay.records.database import in_bytes
from assay.records.folds import TRAIN, VALIDATION
from assay.tables import needed

if TYPE_CHECKING:
    from assay.config.schema import Engine
    from assay.engine.cluster_fit import Partitions

SEED = 0  # of the sample that a model learns from which cannot learn from all


class OutOfCore:
    """Fits and scores batch by batch; folder: for what is on disk meanwhile."""

    sample, partitions = 0, 1

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
        fit = streamed_fit(estimator)
        assert fit, "checked before, in `fitting`"
        watched = None if validation is None else _source(validation).of(estimator)
        return fit(estimator, _source(train).of(estimator), watched, self.folder, ALONE)


class Whole:
    """Reads all records into memory for each fit and to score them: so the results are those of `engine=local`."""

    sample, partitions = 0, 1

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
    """Fits in memory on so many of the records of each fit, drawn at random whatever they are.

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


class InPartitions(OutOfCore):
    """Fits on workers of a cluster, each with a partition of the records, where the library can; else out of core.

    Scores are made here, batch by batch.
    """

    def __init__(self, folder: Path, workers: "Partitions") -> None:
        super().__init__(folder)
        self.workers, self.partitions = workers, workers.count

    def __getstate__(self) -> dict[str, Any]:
        """All that a model depends on: a sweep remembers trainings by the content of their arguments."""
        return {"partitions": self.partitions}

    def _fitted(self, model: dict[str, Any], train: Streamed, validation: Streamed | None) -> tuple[Any, Curve]:
        estimator = build(model)
        if hasattr(estimator, "members"):
            members = model[MEMBERS]
            return of_members(estimator, lambda name, _: self.fitted(members[name], train), train.y), {}
        if not meeting(estimator):
            return super()._fitted(model, train, validation)
        return self.workers.fit(model, train, validation)


@contextmanager
def fittings(engine: "Engine", folder: Path) -> Iterator[Callable[[dict[str, Any]], Fitting]]:
    """How each model is fitted on the features of the line: see `fitting`."""
    if not isinstance(engine, DaskEngine) or engine.partitions == 1:
        yield lambda model: fitting(model, engine, folder)
        return
    from assay.engine.cluster_fit import Partitions

    with on_workers(engine) as workers:
        partitions = Partitions(workers, engine.partitions)
        yield lambda model: fitting(model, engine, folder, partitions)


def fitting(model: dict[str, Any], engine: "Engine", folder: Path, workers: "Partitions | None" = None) -> Fitting:
    """How a model is fitted on the features of the line; AssayError if it needs more memory than it may have."""
    estimator = build(model)
    if streamed_fit(estimator):
        on_cluster = workers and any(map(meeting, getattr(estimator, "members", {"": estimator}).values()))
        return InPartitions(folder, workers) if workers and on_cluster else OutOfCore(folder)
    tables = [fold(FEATURES, name) for name in (TRAIN, VALIDATION)]
    need, there, rows = sum(map(needed, tables)), in_bytes(engine.memory), sum(map(rows_of, tables))
    if need <= there or engine.sample >= rows:
        return Whole()
    if engine.sample:
        return Sampled(folder, engine.sample)
    what = f"{model['name']} cannot train out of core, and needs about {sized(need)}: more than engine.memory"
    fit = _rounded_down(rows * there / need)
    todo = (
        f"engine.sample={fit} lets it learn from so many of {rows} records, as fit into {engine.memory}; "
        "or engine.memory gives it more (docs/scale.md)"
    )
    raise AssayError(what, where=str(FEATURES), todo=todo)


def _rounded_down(count: float) -> int:
    """To two digits, and at least 1."""
    unit = 10 ** max(0, len(str(int(count))) - 2)
    return max(1, int(count) // unit * unit)


def _source(records: Streamed) -> Source:
    return Source(records.X.batches, records.y.to_numpy(), records.weight)
