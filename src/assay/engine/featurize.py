"""featurize, out of core: features batch by batch, then by fold, in its order, with the categories of all of train."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assay.engine.parallel import Each
from assay.engine.spill import Sorted
from assay.errors import AssayError
from assay.preparation.features import categorised, text_counts, vocabulary
from assay.records.columns import RECORD_ID
from assay.records.feature_table import as_named, as_stored
from assay.records.folds import FOLDS, TRAIN
from assay.records.parts import Parts

Featurize = Callable[[pd.DataFrame], pd.DataFrame]


class FeaturesByFold:
    """Computes the features of one table, record by record with `featurize`, and divides them into the folds.

    folder, each: as of `assay.engine.clean`.
    """

    def __init__(self, featurize: Featurize, folder: Path, each: Each = map) -> None:
        self.featurize, self.folder, self.each = featurize, folder, each
        self.counts: dict[str, pd.Series[int]] = {}
        self.found = {name: Sorted(folder / name) for name in FOLDS}

    def __call__(
        self, records: Iterable[pd.DataFrame], ids: Mapping[str, Iterable["pd.Series[str]"]], folds: Mapping[str, Parts]
    ) -> None:
        """Write the features of each fold in its order.

        records: in order of their ids. ids: of each fold, the ids of its records in its order, in batches.

        AssayError if a fold names a record that is not there.
        """
        self._divide(records, ids)
        vocabularies = {name: vocabulary(counts) for name, counts in self.counts.items()}
        for name, table in self.found.items():
            for batch in table.batches():
                folds[name].add(as_stored(categorised(as_named(batch), vocabularies)))

    def _divide(self, records: Iterable[pd.DataFrame], ids: Mapping[str, Iterable["pd.Series[str]"]]) -> None:
        of_folds = Sorted(self.folder / "folds")
        for some in _numbered(ids):
            of_folds.add(some, some[RECORD_ID])
        placed = with_folds(records, of_folds.batches())
        for found in self.each(partial(of_folds_in, featurize=self.featurize), placed):
            for one in found:
                self._add(*one)

    def _add(self, name: str, features: pd.DataFrame, places: Any) -> None:
        self.found[name].add(as_stored(features), places)
        if name == TRAIN:
            for text, counts in text_counts(features).items():
                known = self.counts.get(text)
                self.counts[text] = counts if known is None else known.add(counts, fill_value=0).astype("int64")


def with_folds(
    records: Iterable[pd.DataFrame], of_folds: Iterable[pd.DataFrame]
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Batches of records, and of each record `fold` and `place`, -1 if it is in no fold; both come in order of ids.

    AssayError at the end if a fold names a record that is not there.
    """
    left, lost = iter(of_folds), 0
    waiting = pd.DataFrame({RECORD_ID: pd.Series(dtype="str"), "fold": 0, "place": 0})
    for batch in records:
        last = batch[RECORD_ID].iloc[-1]
        while waiting.empty or waiting[RECORD_ID].iloc[-1] <= last:
            if (more := next(left, None)) is None:
                break
            waiting = pd.concat([waiting, more], ignore_index=True)
        here = int(np.searchsorted(waiting[RECORD_ID].to_numpy("object"), last, side="right"))
        found = batch[[RECORD_ID]].merge(waiting[:here], on=RECORD_ID, how="left", validate="one_to_one")
        lost += here - int(found["fold"].count())
        yield batch, found[["fold", "place"]].fillna(-1).astype("int64")
        waiting = waiting[here:]
    require_none(lost + len(waiting) + sum(map(len, left)))


def require_none(lost: int) -> None:
    """AssayError if so many records of the folds are not among the cleaned ones."""
    if lost:
        what = f"{lost} records of the folds are not among the cleaned ones"
        raise AssayError(what, where="data/split", todo="dvc repro split")


def of_folds_in(placed: tuple[pd.DataFrame, pd.DataFrame], featurize: Featurize) -> list[tuple[str, pd.DataFrame, Any]]:
    """The features of a batch for each fold that it has records of, and their places there."""
    records, found = placed
    several = []
    for number, name in enumerate(FOLDS):
        here = found["fold"].to_numpy() == number
        if here.any():
            several.append((name, featurize(records[here].set_index(RECORD_ID)), found["place"].to_numpy()[here]))
    return several


def _numbered(ids: Mapping[str, Iterable["pd.Series[str]"]]) -> Iterator[pd.DataFrame]:
    place = 0
    for number, name in enumerate(FOLDS):
        for some in ids[name]:
            yield pd.DataFrame({RECORD_ID: some, "fold": number, "place": range(place, place + len(some))})
            place += len(some)
