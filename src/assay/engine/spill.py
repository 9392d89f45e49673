"""Tables on disk while a stage runs: appended to in batches, read again in batches, in the same or in another order."""

import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import chain, count, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from assay.errors import about
from assay.files import WRITING

if TYPE_CHECKING:
    from assay.engine.parallel import Each

BUCKET = 1 << 17  # rows that are sorted at a time, about
MOST_BUCKETS = 256  # files that are open at a time
PIECE = 1 << 11  # rows of a bucket that are written at a time, about
Change = Callable[[pd.DataFrame], pd.DataFrame]
SAMPLE_STEP = 64  # of so many rows the value of one is noted: these values say where to divide the others


@contextmanager
def scratch(parent: Path) -> Iterator[Path]:
    """A folder within `parent`, and so on its disk, which is removed at the end.

    Errors of the system there name `parent`.
    """
    parent.mkdir(parents=True, exist_ok=True)
    with about(parent, WRITING), tempfile.TemporaryDirectory(prefix=WRITING, dir=parent) as folder:
        yield Path(folder)


class Spill:
    """Batches of a table without their indexes; each is read again with the types that the first one had.

    Of batches without any row, one is read again.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.rows = path, 0
        self.types: pd.Series[Any] | None = None
        self.open = ExitStack()
        self.writer: Any = None

    def add(self, batch: pd.DataFrame) -> None:
        """Append a batch, with the columns of the others."""
        table = pa.Table.from_pandas(batch, preserve_index=False).combine_chunks()
        if self.types is None:
            self.types = batch.dtypes
            stream = self.open.enter_context(self.path.open("wb"))
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            self.writer = self.open.enter_context(pa.ipc.new_stream(stream, table.schema, options=options))
        self.writer.write_table(table)
        self.rows += len(batch)

    def __iter__(self) -> Iterator[pd.DataFrame]:
        self.open.close()
        if self.types is None:
            return
        with self.path.open("rb") as stream, pa.ipc.open_stream(stream) as batches:
            nothing = [] if self.rows else [batches.schema.empty_table()]
            for table in chain(nothing, (pa.Table.from_batches([batch]) for batch in batches)):
                yield _typed(table.to_pandas(), self.types)

    def whole(self) -> pd.DataFrame:
        """All rows in one table; at least one batch was added."""
        self.open.close()
        assert self.types is not None
        with self.path.open("rb") as stream, pa.ipc.open_stream(stream) as batches:
            return _typed(batches.read_all().to_pandas(), self.types)

    def __getstate__(self) -> dict[str, Any]:
        """For another process, which reads it."""
        self.open.close()
        return {**vars(self), "open": ExitStack(), "writer": None}

    def remove(self) -> None:
        """Delete it from the disk."""
        self.open.close()
        self.path.unlink(missing_ok=True)


def _typed(batch: pd.DataFrame, types: "pd.Series[Any]") -> pd.DataFrame:
    """The batch with just these types: two equal categorical types may still be written as different bytes."""
    columns = {
        name: pd.Categorical.from_codes(batch[name].cat.codes, dtype=kind)
        if isinstance(kind, pd.CategoricalDtype)
        else batch[name].astype(kind)
        for name, kind in types.items()
    }
    return pd.DataFrame(columns, index=batch.index)


class Sorted:
    """A table that is read again in the order of a value that each row was added with; equal ones stay as they came.

    The rows go into buckets by their values, a file each; one bucket after another is sorted in memory. A table that
    came in order is only read again.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self.key = folder, ""
        self.spill = Spill(folder / "whole")
        self.noted: list[Any] = []
        self.last: Any = None
        self.in_order = True

    @property
    def rows(self) -> int:
        """How many were added."""
        return self.spill.rows

    def add(self, batch: pd.DataFrame, values: Any) -> None:
        """Append a batch, of whose rows each has one of the values: texts or whole numbers."""
        self.key = self.key or unused(batch.columns)
        keyed = batch.assign(**{self.key: values})
        values = keyed[self.key]
        self.noted += values.iloc[::SAMPLE_STEP].tolist()
        if len(values):
            follows = self.last is None or self.last <= values.iloc[0]
            self.in_order = self.in_order and bool(follows) and values.is_monotonic_increasing
            self.last = values.iloc[-1]
        self.spill.add(keyed)

    def as_they_came(self) -> Iterator[pd.DataFrame]:
        """The rows in the order in which they were added."""
        return (batch.drop(columns=self.key) for batch in self.spill)

    def batches(self, changed: Change = lambda batch: batch, each: "Each" = map) -> Iterator[pd.DataFrame]:
        """The rows in order; `changed` is called on each batch as it came, and may leave rows out.

        each: where buckets are sorted.
        """
        if self.in_order:
            yield from map(changed, self.as_they_came())
            return
        buckets = [one for one in self._buckets(changed) if one.rows]
        for bucket, found in zip(buckets, each(partial(sorted_by, key=self.key), buckets), strict=True):
            yield found
            bucket.remove()

    def _buckets(self, changed: Change) -> list[Spill]:
        bounds = self._bounds()
        buckets = [Spill(self.folder / f"{number}") for number in range(len(bounds) + 1)]
        for found in self._several(changed, PIECE * len(buckets)):
            ordered = found.sort_values(self.key, kind="stable")
            places = [0, *np.searchsorted(ordered[self.key].to_numpy(), bounds, side="right"), len(ordered)]
            for bucket, (start, end) in zip(buckets, pairwise(places), strict=True):
                if start < end:
                    bucket.add(ordered.iloc[start:end])
        self.spill.remove()
        return buckets

    def _several(self, changed: Change, rows: int) -> Iterator[pd.DataFrame]:
        """The changed batches with their keys, so many rows at a time: a bucket gets few pieces, and not too small."""
        waiting: list[pd.DataFrame] = []
        for batch in self.spill:
            found = changed(batch.drop(columns=self.key))
            waiting.append(found.assign(**{self.key: batch.loc[found.index, self.key]}))
            if sum(map(len, waiting)) >= rows:
                yield pd.concat(waiting)
                waiting = []
        if waiting:
            yield pd.concat(waiting)

    def _bounds(self) -> np.ndarray:
        """The values that divide the table into buckets of about the same number of rows."""
        several = min(MOST_BUCKETS, -(-self.rows // BUCKET))
        noted = np.array(sorted(self.noted), dtype=object if isinstance(self.noted[0], str) else None)
        return np.unique(noted[[len(noted) * number // several for number in range(1, several)]])


def sorted_by(bucket: Spill, key: str) -> pd.DataFrame:
    """The rows of a bucket in the order of a column, without it; rows with equal values as they came."""
    return bucket.whole().sort_values(key, kind="stable", ignore_index=True).drop(columns=key)


def unused(names: Collection[str]) -> str:
    """A name that no column has."""
    return next(name for number in count() if (name := f"_order_{number}") not in names)
