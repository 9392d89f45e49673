"""Makes the matrices of the boosting libraries batch by batch: never are all features in memory as a table.

XGBoost: quantile bins in pages on the disk, from which each round reads them (its guide, "Using XGBoost External Memory
Version"). LightGBM: bins in memory, a byte for each value. Both give the model that the whole table gives, bit for bit.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import xgboost

from assay.bundle.model_names import for_model
from assay.disk import require_room
from assay.memory import require_addresses
from assay.modelling.weights import Weight, of_fit

Batches = Callable[[], Iterator[pd.DataFrame]]  # gives the same batches of features whenever it is called
BATCH = 65_536  # rows that LightGBM gets at a time
PAGE = 262_144  # rows of a page of XGBoost, at least: of smaller ones a round takes up to twice as long
VALUE_BYTES, ROW_BYTES, FEATURE_BYTES = 7, 8, 8192  # of a page, at most: as measured
ADDRESSES = 512 << 20  # bytes of addresses, without which the threads of XGBoost that read pages do not start


@dataclass(frozen=True)
class Source:
    """Records whose features come in batches, as an estimator takes them. y: (n,), 0 or 1; weight: (n,) or None."""

    batches: Batches
    y: np.ndarray
    weight: Weight

    def of(self, estimator: Any) -> "Source":
        """The same with the names and the weights that the estimator takes; AssayError if it takes no weights."""
        return Source(self.batches, self.y, weight_of(estimator, self.weight)).named_for(estimator)

    def named_for(self, estimator: Any) -> "Source":
        """The same with the names that the estimator takes."""
        return Source(lambda: (for_model(estimator, batch) for batch in self.batches()), self.y, self.weight)


def weight_of(estimator: Any, weight: Weight) -> Weight:
    """The weights (n,) of all records of a fit as an estimator takes them; AssayError if it takes none."""
    return next(iter(of_fit(estimator, weight).values()), None)


class Pages(xgboost.DataIter):
    """Batches for `xgboost.ExtMemQuantileDMatrix`, which reads them four times, then its own pages at `cache`.

    It writes a page before it asks for the next batch, and where there is no room ends the process: so an OSError says
    before that there is none.
    """

    def __init__(self, source: Source, cache: Path) -> None:
        super().__init__(cache_prefix=str(cache))
        self.source, self.cache = source, cache
        self.reset()

    def reset(self) -> None:
        """Begin again."""
        self.left, self.row = rebatched(self.source.batches(), PAGE), 0

    def next(self, input_data: Callable[..., None]) -> bool:
        """Hand over a batch; False after the last one."""
        batch = next(self.left, None)
        if batch is None:
            return False
        require_room(self.cache, self._written(), most_of_a_page(*batch.shape))
        here = slice(self.row, self.row + len(batch))
        self.row = here.stop
        weight = None if self.source.weight is None else self.source.weight[here]
        input_data(data=batch, label=self.source.y[here], weight=weight)
        return True

    def _written(self) -> int:
        return sum(file.stat().st_size for file in self.cache.parent.glob(f"{self.cache.name}*"))


def most_of_a_page(rows: int, features: int) -> int:
    """The bytes that a page of XGBoost takes at most on the disk."""
    return rows * (features * VALUE_BYTES + ROW_BYTES) + features * FEATURE_BYTES


class RowSequence(lightgbm.Sequence):
    """The rows of all batches in ascending order: LightGBM draws some for the bounds of its bins, then reads all."""

    def __init__(self, source: Source) -> None:
        self.source, self.batch_size = source, BATCH
        self._begin()

    def __len__(self) -> int:
        return len(self.source.y)

    def __getitem__(self, index: Any) -> np.ndarray:
        if isinstance(index, slice):
            return self._between(index.start, index.stop)
        return self._between(index, index + 1)[0]

    def _begin(self) -> None:
        self.left, self.start, self.matrix = self.source.batches(), 0, np.empty((0, 0))

    def _between(self, start: int, end: int) -> np.ndarray:
        if start < self.start:
            self._begin()
        found = []
        while start < end:
            while start >= self.start + len(self.matrix):
                self.start, self.matrix = self.start + len(self.matrix), matrix(next(self.left))
            found.append(self.matrix[start - self.start : end - self.start])
            start += len(found[-1])
        return found[0] if len(found) == 1 else np.concatenate(found)


def rebatched(batches: Iterator[pd.DataFrame], rows: int) -> Iterator[pd.DataFrame]:
    """The same rows in batches of at least so many, but for the last one."""
    waiting: list[pd.DataFrame] = []
    for batch in batches:
        waiting.append(batch)
        if sum(map(len, waiting)) >= rows:
            yield pd.concat(waiting)
            waiting = []
    if waiting:
        yield pd.concat(waiting)


def matrix(batch: pd.DataFrame) -> np.ndarray:
    """Numbers as LightGBM makes them of a table, (n, features) float64: categories by their places, NaN if missing."""
    columns = [batch.iloc[:, number] for number in range(batch.shape[1])]
    return np.column_stack([_places(one) if one.dtype == "category" else one.to_numpy("float64") for one in columns])


def _places(column: pd.Series) -> np.ndarray:
    codes = column.cat.codes.to_numpy("float64")
    return np.where(codes < 0, np.nan, codes)


def lightgbm_dataset(source: Source, params: dict[str, Any], reference: Any = None) -> lightgbm.Dataset:
    """The bins of the records; params: of the training; reference: the dataset whose bins these are to be."""
    first = next(source.batches())
    categories = [number for number, kind in enumerate(first.dtypes) if kind == "category"]
    found = lightgbm.Dataset(
        RowSequence(source),
        label=source.y,
        weight=source.weight,
        reference=reference,
        feature_name=list(first.columns),
        categorical_feature=categories,
        params=params,
    )
    found.pandas_categorical = [list(first.iloc[:, number].cat.categories) for number in categories]
    return found


def xgboost_matrix(
    source: Source, cache: Path, estimator: xgboost.XGBClassifier, reference: Any = None
) -> xgboost.ExtMemQuantileDMatrix:
    """The bins of the records, in files whose names begin with `cache`, and which the caller removes."""
    require_addresses(ADDRESSES, "XGBoost, out of core,", where="")
    return xgboost.ExtMemQuantileDMatrix(
        Pages(source, cache),
        missing=estimator.missing,
        nthread=estimator.n_jobs,
        max_bin=estimator.max_bin,
        ref=reference,
        enable_categorical=estimator.enable_categorical,
    )
