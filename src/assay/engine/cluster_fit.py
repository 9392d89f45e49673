"""Fits on the workers of a cluster, each of which has a partition of the records.

The record at place i of its table is in partition i modulo their number. So every worker has about as many records of
any fit, and from all of its time. Every worker has all of validation, because a process of LightGBM measures the loss
by which it stops on its own records.

The features go to the workers once, batch by batch, through dask, and stay there on the disk; a fit sends which rows it
takes. A fit of which a worker dies begins again, on workers that are left or were started again.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assay.cluster import JOINING
from assay.engine import cluster_fit_worker as at_worker
from assay.engine.cluster_fit_worker import Chosen, Fit, LostError, Piece, Place
from assay.engine.parallel import AHEAD, OnWorkers
from assay.engine.stored import Stored, Streamed
from assay.errors import AssayError
from assay.modelling.building import build
from assay.modelling.early_stopping import Curve
from assay.modelling.matrices import weight_of
from assay.modelling.weights import Weight
from assay.paths import FEATURES, fold
from assay.records.batches import table_batches
from assay.records.folds import TRAIN, VALIDATION

if TYPE_CHECKING:
    from distributed import Future

TABLES = (TRAIN, VALIDATION)
POLL_SECONDS = 1  # between two looks whether the workers of a fit are there
PATIENCE = 10  # seconds for the scheduler to notice a dead worker, and for what should come at once


class Partitions:
    """Workers of a cluster, one for each partition; they get the features of the line when a model is fitted first."""

    def __init__(self, workers: OnWorkers, partitions: int) -> None:
        self.workers, self.client, self.count = workers, workers.client, partitions
        self.tables = {
            path: number for number, name in enumerate(TABLES) for path in Stored([fold(FEATURES, name)]).paths
        }
        self.starts = _starts([Stored([fold(FEATURES, name)]) for name in TABLES])
        self._remote: _RemotePartitions | None = None

    def fit(self, model: dict[str, Any], train: Streamed, validation: Streamed | None) -> tuple[Any, Curve]:
        """The estimator, fitted by all workers together, and the losses of each round, if there is `validation`.

        AssayError if a partition has no record, there are too few workers, or workers die again and again.
        """
        import dask

        failures = dask.config.get("distributed.scheduler.allowed-failures")
        for _ in range(failures + 1):
            with suppress(LostError), self.workers.reached(), self.client.as_current():
                return self._fit(model, train, validation)
            self._remote = None
        what = f"a worker of the cluster died in each of {failures + 1} fits of {model['name']}"
        raise AssayError(what, where=self.workers.where, todo="give the workers more memory")

    def _fit(self, model: dict[str, Any], train: Streamed, validation: Streamed | None) -> tuple[Any, Curve]:
        remote = self._remote = self._remote or self._sent()
        weights = [weight_of(build(model), one.weight) for one in (train, validation) if one]
        divided = self._divided(train, weights[0])
        watched = self._whole(validation, weights[1]) if validation else None
        with remote.alone():
            addresses = remote.each(at_worker.address, [model] * self.count)
            found = remote.each(at_worker.fitted, [Fit(model, addresses, chosen, watched) for chosen in divided])
        estimators, curves = zip(*found, strict=True)
        return estimators[0], _mean_curve(curves, [_sum(chosen) for chosen in divided])

    def _sent(self) -> "_RemotePartitions":
        """New partitions on workers, with the features of the line."""
        remote = _RemotePartitions(self.workers, self.count)
        numbers = count()
        for path, table in self.tables.items():
            start = self.starts[path]
            for batch in table_batches(path):
                number = next(numbers)
                for partition in range(self.count):
                    rows = batch if table else batch[_in_partition(partition, start, len(batch), self.count)]
                    if len(rows):
                        remote.send(partition, Piece(table, number, rows))
                start += len(batch)
        remote.sent()
        return remote

    def _divided(self, records: Streamed, weight: Weight) -> list[Chosen]:
        """The records of a fit in each partition; AssayError if one has none."""
        tables, places, of_train = self._where(records.X)
        y, found = records.y.to_numpy(), []
        for partition in range(self.count):
            here = places % self.count == partition
            mine = here[records.X.chosen]
            if not mine.any():
                what = f"of {len(y)} records, partition {partition} of {self.count} has none"
                raise AssayError(what, where="engine.partitions", todo="choose fewer partitions")
            rows = (records.X.chosen & here)[here | ~of_train]
            found.append(Chosen(tables, rows, y[mine], None if weight is None else weight[mine]))
        return found

    def _whole(self, records: Streamed, weight: Weight) -> Chosen:
        """All records of validation, which every partition has."""
        tables, _, of_train = self._where(records.X)
        assert not of_train.any(), "train is divided"
        return Chosen(tables, records.X.chosen, records.y.to_numpy(), weight)

    def _where(self, stored: Stored) -> tuple[list[int], np.ndarray, np.ndarray]:
        """The tables of these features; of each row its place in its table (n,), and whether it is of train (n,)."""
        rows = np.diff(stored.bounds)
        starts = np.repeat([self.starts[path] for path in stored.paths], rows)
        places = starts + np.arange(len(starts)) - np.repeat(stored.bounds[:-1], rows)
        tables = [self.tables[path] for path in stored.paths]
        return list(dict.fromkeys(tables)), places, np.repeat(np.array(tables) == 0, rows)


class _RemotePartitions:
    """Partitions that workers hold, one each; AssayError if there are fewer workers."""

    def __init__(self, workers: OnWorkers, partitions: int) -> None:
        self.workers, self.client = workers, workers.client
        self.addresses = self._chosen(partitions)
        places = [Place(number, partitions, _host(one)) for number, one in enumerate(self.addresses)]
        self.partitions = [
            workers.submit(at_worker.new_partition, place, worker=address)
            for place, address in zip(places, self.addresses, strict=True)
        ]
        self.tickets = self._results([self._submit(at_worker.ticket, None, number) for number in range(partitions)])
        self.waiting: deque[Future] = deque()

    def send(self, partition: int, piece: Piece) -> None:
        """Send a partition a piece of a table; waits only if many are on the way."""
        self.waiting.append(self._submit(at_worker.add, (self.tickets[partition], piece), partition))
        if len(self.waiting) >= AHEAD * len(self.partitions):
            self._results([self.waiting.popleft()])

    def sent(self) -> None:
        """Wait until all pieces have arrived."""
        self._results(list(self.waiting))
        self.waiting.clear()

    def each(self, function: Any, contents: Sequence[Any]) -> list[Any]:
        """The results of a function that all partitions run at the same time; LostError if a worker is gone."""
        requests = zip(self.tickets, contents, strict=True)
        futures = [self._submit(function, one, number) for number, one in enumerate(requests)]
        try:
            return self._results(futures)
        except BaseException:  # a worker is lost, a fit failed, Ctrl-C: others of the fit would wait for it
            self._start_again(futures)
            raise

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold a lock of the cluster: two fits at a time could each wait for workers that the other one has."""
        from distributed import Lock

        with Lock("assay: a fit in partitions"):
            yield

    def _submit(self, function: Any, request: Any, number: int) -> "Future":
        return self.workers.submit(function, request, self.partitions[number], worker=self.addresses[number])

    def _results(self, futures: Sequence["Future"]) -> list[Any]:
        """The results of tasks that wait for one another; LostError if a worker is gone before all have ended."""
        from distributed import wait

        patience = PATIENCE
        while patience > 0 and not all(future.done() for future in futures):
            with suppress(TimeoutError):
                wait(futures, POLL_SECONDS)
            self._require_all()
            patience -= POLL_SECONDS * any(future.status == "error" for future in futures)
        faults = [future.exception() for future in futures if future.status == "error"]
        if lost := [fault for fault in faults if isinstance(fault, LostError)]:
            raise lost[0]
        if not faults:
            return [self._result(future) for future in futures]
        if isinstance(faults[0], AssayError):
            raise faults[0]
        said = str(faults[0]).splitlines()[0]
        raise AssayError(f"a fit on the cluster failed: {said}", where=self.workers.where) from faults[0]

    def _result(self, future: "Future") -> Any:
        """The result of a task that has ended; LostError if its worker is gone: dask would wait for that worker."""
        while True:
            self._require_all()
            with suppress(TimeoutError):
                return future.result(PATIENCE)

    def _require_all(self) -> None:
        if not set(self.addresses) <= self._there():
            raise LostError

    def _start_again(self, futures: Sequence["Future"]) -> None:
        """Start workers again that still wait for a process of the fit that is gone: they would wait without end."""
        from distributed import wait

        left = {one: future for one, future in zip(self.addresses, futures, strict=True) if one in self._there()}
        with suppress(TimeoutError):
            wait(list(left.values()), PATIENCE)
        stuck = sorted({one for one, future in left.items() if not future.done()} & self._there())
        self.client.cancel(list(futures))
        try:
            with suppress(KeyError):  # one has left by itself
                self.client.restart_workers(stuck, raise_for_error=False)
        except ValueError as error:
            what = f"workers wait for another of the fit, and have no nanny that starts them again: {', '.join(stuck)}"
            raise AssayError(what, where=self.workers.where, todo="start them again, each with a nanny") from error

    def _there(self) -> set[str]:
        with self.workers.reached():
            return set(self.client.nthreads())

    def _chosen(self, partitions: int) -> list[str]:
        try:
            self.client.wait_for_workers(partitions, JOINING)
        except TimeoutError as error:
            there = len(self._there())
            what = (
                f"engine.partitions={partitions} needs as many workers, and after {JOINING} seconds there are {there}"
            )
            todo = "start more: dask worker ADDRESS --nthreads 1; or choose fewer partitions"
            raise AssayError(what, where=self.workers.where, todo=todo) from error
        return sorted(self._there())[:partitions]


def _starts(tables: Sequence[Stored]) -> dict[Path, int]:
    """The place of the first row of each file in its table."""
    return {path: int(start) for table in tables for path, start in zip(table.paths, table.bounds[:-1], strict=True)}


def _in_partition(partition: int, start: int, rows: int, partitions: int) -> np.ndarray:
    return np.arange(start, start + rows) % partitions == partition


def _host(address: str) -> str:
    from distributed.comm import get_address_host

    return get_address_host(address)


def _sum(chosen: Chosen) -> float:
    return float(len(chosen.y) if chosen.weight is None else chosen.weight.sum())


def _mean_curve(curves: Sequence[Curve], weights: Sequence[float]) -> Curve:
    """The losses on all records: on train the mean of what each worker measured on its own (LightGBM) or on all."""
    if not curves[0]:
        return {}
    train = np.average([curve["train"] for curve in curves], axis=0, weights=weights)
    return {"train": [float(v) for v in train], "validation": curves[0]["validation"]}
