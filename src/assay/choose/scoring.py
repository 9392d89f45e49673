"""Scores all candidates out of fold, in processes that import once; what is scored already is not scored again."""

import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assay.choose.blocks import parts_of
from assay.choose.candidates import Candidate
from assay.choose.nested import block_scores
from assay.config.dataset import stated
from assay.errors import AssayError
from assay.files import write_bytes
from assay.machine import of_the_system
from assay.modelling.records import Records
from assay.processes import leave_with

Scores = dict[str, list[np.ndarray]]  # by candidate, for each seed: (records,)


@dataclass(frozen=True)
class Task:
    """A block of records to score by a candidate with one seed."""

    candidate: Candidate
    model: dict[str, Any]
    seed: int
    block: int

    def key(self, basis: Mapping[str, Any]) -> str:
        """A hash of everything that the scores depend on; basis: what is common to all tasks."""
        config, tuning = self.candidate.config, self.candidate.tuning
        own = {
            "dataset": stated(config.dataset),
            "features": asdict(config.features),
            "model": self.model,
            "search": asdict(tuning.search) if tuning else None,
            "block": self.block,
        }
        return hashlib.sha256(json.dumps({**basis, **own}, sort_keys=True).encode()).hexdigest()

    def scores(self, records: Records, folds: int) -> np.ndarray:
        """The scores of the block's records; AssayError naming the candidate if it cannot be fitted."""
        name = self.candidate.name
        try:
            return block_scores(self.model, self.candidate.tuning, records, folds, self.block)
        except AssayError as error:
            raise AssayError(f"{name}: {error.what}", where=error.where, rows=error.rows, todo=error.todo) from error
        except Exception as error:  # whatever an estimator raises
            if of_the_system(error):
                raise
            reason = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
            raise AssayError(
                f"{name} cannot be fitted: {reason}",
                where=f"conf/model/{self.model['name']}.yaml",
                todo="correct its parameters, or leave it out",
            ) from error


@dataclass(frozen=True)
class Store:
    """Scores on disk, one file per task: a choice that was interrupted goes on."""

    folder: Path

    def read(self, key: str) -> np.ndarray | None:
        """The scores of a task; None if there are none, or a machine that went down has left half of them."""
        try:
            return np.load(self._path(key), allow_pickle=False)
        except (FileNotFoundError, ValueError, EOFError):
            return None

    def write(self, key: str, scores: np.ndarray) -> None:
        """Keep the scores of a task, whole or not at all."""
        content = io.BytesIO()
        np.save(content, scores, allow_pickle=False)
        write_bytes(self._path(key), content.getvalue())

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.npy"


def tasks(found: Sequence[Candidate], seeds: int, folds: int) -> list[Task]:
    """Every block of every candidate and seed; searches first, because they take longest."""
    listed = [
        Task(one, model, seed, block)
        for one in found
        for seed, model in enumerate(one.seeded(seeds))
        for block in range(folds)
    ]
    return sorted(listed, key=lambda task: task.candidate.tuning is None)


def computed(
    listed: Sequence[Task],
    records: Mapping[str, Records],
    store: Store,
    basis: Mapping[str, Any],
    folds: int,
    jobs: int,
) -> Iterator[tuple[Task, np.ndarray]]:
    """Each task with its scores, those that the store has first. records: by the name of the candidate."""
    keys = [task.key(basis) for task in listed]
    kept = {number: scores for number, key in enumerate(keys) if (scores := store.read(key)) is not None}
    yield from ((listed[number], scores) for number, scores in kept.items())
    work = [(number, task, records[task.candidate.name]) for number, task in enumerate(listed) if number not in kept]
    for number, scores in _in_processes(work, folds, jobs):
        store.write(keys[number], scores)
        yield listed[number], scores


def out_of_fold(found: Sequence[tuple[Task, np.ndarray]], records: Records, folds: int) -> Scores:
    """The scores of all records, by candidate and seed, from those of the blocks."""
    parts = parts_of(records, folds)
    joined: dict[str, dict[int, np.ndarray]] = {}
    for task, scores in found:
        runs = joined.setdefault(task.candidate.name, {})
        runs.setdefault(task.seed, np.empty(len(records.y)))[parts[task.block]] = scores
    return {name: [runs[seed] for seed in sorted(runs)] for name, runs in joined.items()}


def _in_processes(work: Sequence[tuple[int, Task, Records]], folds: int, jobs: int) -> Iterator[tuple[int, np.ndarray]]:
    """The number and the scores of each task, in the order in which they are done, a thread for each process."""
    from joblib import Parallel, delayed, parallel_config

    with parallel_config(backend="loky", inner_max_num_threads=1, initializer=leave_with, initargs=(os.getpid(),)):
        pool = Parallel(n_jobs=max(1, min(jobs, len(work))), return_as="generator_unordered")
        yield from pool(delayed(_scored)(number, task, records, folds) for number, task, records in work)


def _scored(number: int, task: Task, records: Records, folds: int) -> tuple[int, np.ndarray]:
    return number, task.scores(records, folds)
