"""featurize, out of core: features batch by batch, then by fold, in its order, with the categories of all of train."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from assay.engine.spill import Sorted
from assay.engine.spread import Each
from assay.errors import AssayError
from assay.preparation.features import categorised, text_counts, vocabulary
from assay.records.answer import ROWS, asked, stored
from assay.records.columns import RECORD_ID
from assay.records.folds import FOLDS, TRAIN
from assay.records.parts import Parts
from assay.records.tables import as_named, as_stored

FOLD = """
    SELECT coalesce(fold, -1) AS fold, coalesce(folds."row", -1) AS place
    FROM rows LEFT JOIN ({folds}) AS folds USING (record_id) ORDER BY rows."row"
"""
FOUND = "SELECT (SELECT count(*) FROM ({folds})) - count(*) FROM rows JOIN ({folds}) AS folds USING (record_id)"
Featurize = Callable[[pd.DataFrame], pd.DataFrame]
Batches = Callable[[], Iterable[pd.DataFrame]]  # gives the same batches whenever it is called


class FeaturesByFold:
    """Computes the features of one table, record by record with `featurize`, and divides them into the folds.

    folder, memory, each: as of `assay.engine.clean`.
    """

    def __init__(self, featurize: Featurize, folder: Path, memory: str, each: Each = map) -> None:
        self.featurize, self.folder, self.memory, self.each = featurize, folder, memory, each
        self.counts: dict[str, pd.Series[int]] = {}
        self.found = {name: Sorted(folder / name) for name in FOLDS}

    def __call__(
        self, records: Batches, ids: Mapping[str, Iterable["pd.Series[str]"]], folds: Mapping[str, Parts]
    ) -> None:
        """Write the features of each fold in its order. ids: of each fold, the ids of its records, in batches.

        AssayError if a fold names a record that is not there.
        """
        self._divide(records, ids)
        vocabularies = {name: vocabulary(counts) for name, counts in self.counts.items()}
        for name, table in self.found.items():
            for batch in table.batches():
                folds[name].add(as_stored(categorised(as_named(batch), vocabularies)))

    def _divide(self, records: Batches, ids: Mapping[str, Iterable["pd.Series[str]"]]) -> None:
        of_folds = stored(_numbered(ids), self.folder / "folds")
        rows = ({RECORD_ID: batch[RECORD_ID]} for batch in records())
        query, lost = FOLD.format(folds=of_folds), FOUND.format(folds=of_folds)
        with asked(rows, query, lost, self.folder / ROWS, self.memory, "split") as (answer, (missing,)):
            if missing:
                what = f"{missing} records of the folds are not among the cleaned ones"
                raise AssayError(what, where="data/split", todo="dvc repro split")
            placed = ((batch, answer.take(len(batch))) for batch in records())
            for found in self.each(partial(of_folds_in, featurize=self.featurize), placed):
                for one in found:
                    self._add(*one)

    def _add(self, name: str, features: pd.DataFrame, places: Any) -> None:
        self.found[name].add(as_stored(features), places)
        if name == TRAIN:
            for text, counts in text_counts(features).items():
                known = self.counts.get(text)
                self.counts[text] = counts if known is None else known.add(counts, fill_value=0).astype("int64")


def of_folds_in(
    placed: tuple[pd.DataFrame, Mapping[str, Any]], featurize: Featurize
) -> list[tuple[str, pd.DataFrame, Any]]:
    """The features of a batch for each fold that it has records of, and their places there."""
    records, found = placed
    several = []
    for number, name in enumerate(FOLDS):
        here = found["fold"] == number
        if here.any():
            several.append((name, featurize(records[here].set_index(RECORD_ID)), found["place"][here]))
    return several


def _numbered(ids: Mapping[str, Iterable["pd.Series[str]"]]) -> Iterator[dict[str, Any]]:
    for number, name in enumerate(FOLDS):
        for some in ids[name]:
            yield {RECORD_ID: some, "fold": number}
