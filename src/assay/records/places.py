"""Finds the records of one table in another by hashes of their ids, which take less memory than the ids.

Two ids may have the same hash. That is seen, and then other hashes are taken: what is found is exact.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from assay.errors import AssayError
from assay.files import MAKE_AGAIN
from assay.paths import FEATURES, SPLIT, fold
from assay.records.batches import table_batches
from assay.records.columns import RECORD_ID

KEYS = tuple(f"hash key {number:07}" for number in range(4))  # of 16 letters, as the hash wants them


def places(path: Path, among: Path) -> np.ndarray:
    """For each record of the table `path` its row in the table `among`, from 0, or -1 if it is not there; (n,) int64.

    Memory: 8 bytes for each record of `path`, some 30 for each of `among`. AssayError if a record of `among` is not in
    `path`, or an id stands twice in one of them.
    """
    for key in KEYS:
        index = pd.Index(hashes(among, key))
        if not index.is_unique:
            continue
        found = np.concatenate([index.get_indexer(some) for some in _of_batches(path, key)])
        hits = np.bincount(found[found >= 0], minlength=len(index))
        if not (lost := int((hits == 0).sum())) and (hits == 1).all():
            return found
        if lost:
            raise AssayError(f"{lost} of its records are not in {path}", where=str(among), todo=MAKE_AGAIN)
    raise AssayError(f"a record id stands twice, there or in {path}", where=str(among), todo=MAKE_AGAIN)


def hashes(path: Path, key: str = KEYS[0]) -> np.ndarray:
    """A hash of the id of each record of a table, (n,) uint64."""
    return np.concatenate(list(_of_batches(path, key)))


def require_same_records(first: list[Path], others: list[Path], todo: str) -> None:
    """AssayError unless two lists of tables have, one table after the other, the same records in the same order."""
    if not _same_records(first, others):
        what = f"not the records of {', '.join(map(str, first))}, or not in their order"
        raise AssayError(what, where=", ".join(map(str, others)), todo=todo)


def require_features(name: str) -> None:
    """AssayError unless the features of a fold are those of its records, in their order."""
    features = fold(FEATURES, name)
    if not _same_records([fold(SPLIT, name)], [features]):
        what = "not the features of the records of data/split"
        raise AssayError(what, where=str(features), todo="dvc repro featurize")


def _same_records(first: list[Path], others: list[Path]) -> bool:
    one, other = (np.concatenate([hashes(path) for path in paths]) for paths in (first, others))
    return np.array_equal(one, other)


def _of_batches(path: Path, key: str) -> Iterator[np.ndarray]:
    for batch in table_batches(path, [RECORD_ID]):
        yield pd.util.hash_array(batch[RECORD_ID].to_numpy(object), hash_key=key, categorize=False)
