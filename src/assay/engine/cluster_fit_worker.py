"""The part of a fit on a cluster that runs on a worker, which has one partition of the features on its disk.

A partition stays with the process that made it; `run_packed` of `assay.engine.parallel` calls what follows on it.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from uuid import uuid4

import numpy as np
import pandas as pd

from assay.engine.stored import Stored
from assay.modelling.building import build
from assay.modelling.early_stopping import Curve
from assay.modelling.matrices import Source
from assay.modelling.out_of_core import meeting, streamed_fit
from assay.modelling.weights import Weight


class LostError(Exception):
    """A worker is gone, and with it the partition that it had."""


class Place(NamedTuple):
    """Which partition it is, from 0, of how many; host: the worker's address, for the others."""

    partition: int
    partitions: int
    host: str


class Partition:
    """Rows of tables of features, in files that are removed with it. ticket: no other partition has the same."""

    def __init__(self, place: Place) -> None:
        from distributed import get_worker

        self.place, self.ticket = place, uuid4().hex
        self.folder = tempfile.TemporaryDirectory(dir=get_worker().local_directory)
        self.meeting: Any = None

    def __reduce__(self) -> NoReturn:
        raise LostError  # a scheduler that gives it to another worker, as when this one retires

    def files(self, tables: Sequence[int]) -> list[Path]:
        """The files of some tables, in the order in which they came."""
        return [file for table in tables for file in sorted(Path(self.folder.name).glob(f"{table}-*"))]


@dataclass(frozen=True)
class Piece:
    """Rows of a table that are sent to a partition; number: its place among all pieces."""

    table: int
    number: int
    rows: pd.DataFrame


@dataclass(frozen=True)
class Chosen:
    """Records of a fit: which rows (bool) of a partition's tables; their labels, and weights as the estimator takes."""

    tables: list[int]
    rows: np.ndarray
    y: np.ndarray
    weight: Weight

    def source(self, partition: Partition, estimator: Any) -> Source:
        """The records, with features from the files of the partition."""
        stored = Stored(partition.files(self.tables), self.rows)
        return Source(stored.batches, self.y, self.weight).named_for(estimator)


@dataclass(frozen=True)
class Fit:
    """A fit of a model by processes that meet at these addresses; train, validation: the records of this process."""

    model: dict[str, Any]
    addresses: list[Any]
    train: Chosen
    validation: Chosen | None


def new_partition(place: Place) -> Partition:
    """An empty partition on this worker."""
    return Partition(place)


def ticket(_: None, partition: Partition) -> str:
    """The ticket of a partition: requests name it, so that a partition made later in its place refuses them."""
    return partition.ticket


def add(request: tuple[str, Piece], partition: Partition) -> None:
    """Take rows of a table."""
    piece = _content(request, partition)
    path = Path(partition.folder.name, f"{piece.table}-{piece.number:06}.parquet")
    piece.rows.to_parquet(path, index=False)


def address(request: tuple[str, dict[str, Any]], partition: Partition) -> Any:
    """Where this process will meet the others to fit a model."""
    meets = meeting(build(_content(request, partition)))
    assert meets, "checked before, by the stage"
    partition.meeting = meets(*partition.place)
    return partition.meeting.address


def fitted(request: tuple[str, Fit], partition: Partition) -> tuple[Any, Curve]:
    """The estimator, fitted together with the processes of the other partitions, and the losses of each round here."""
    from distributed import get_worker

    fit = _content(request, partition)
    estimator = build(fit.model)
    threads, own = get_worker().state.nthreads, estimator.n_jobs
    train = fit.train.source(partition, estimator)
    watched = fit.validation and fit.validation.source(partition, estimator)
    with partition.meeting.joined(fit.addresses) as more:
        fit_streamed = streamed_fit(estimator)
        assert fit_streamed, "checked before, by the stage"
        estimator.set_params(n_jobs=threads)
        found, curve = fit_streamed(estimator, train, watched, Path(partition.folder.name), more)
    estimator.set_params(n_jobs=own)
    return found if partition.place.partition == 0 else None, curve


def _content(request: tuple[str, Any], partition: Partition) -> Any:
    """The content of a request after its ticket; LostError if it is for a partition that is gone."""
    wanted, content = request
    if wanted != partition.ticket:
        raise LostError
    return content
