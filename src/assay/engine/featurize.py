"""featurize, out of core: features batch by batch, then by fold, in its order, with the categories of all of train."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from assay.engine.answer import ROWS, asked, stored
from assay.engine.spill import Sorted
from assay.errors import AssayError
from assay.preparation.features import categorised, text_counts, vocabulary
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

    folder, memory: as of `assay.engine.clean`.
    """

    def __init__(self, featurize: Featurize, folder: Path, memory: str) -> None:
        self.featurize, self.folder, self.memory = featurize, folder, memory
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
            for batch in records():
                self._add(batch, answer.take(len(batch)))

    def _add(self, records: pd.DataFrame, found: Mapping[str, Any]) -> None:
        for number, name in enumerate(FOLDS):
            here = found["fold"] == number
            if not here.any():
                continue
            features = self.featurize(records[here].set_index(RECORD_ID))
            self.found[name].add(as_stored(features), found["place"][here])
            if name == TRAIN:
                for text, counts in text_counts(features).items():
                    known = self.counts.get(text)
                    self.counts[text] = counts if known is None else known.add(counts, fill_value=0).astype("int64")


def _numbered(ids: Mapping[str, Iterable["pd.Series[str]"]]) -> Iterator[dict[str, Any]]:
    for number, name in enumerate(FOLDS):
        for some in ids[name]:
            yield {RECORD_ID: some, "fold": number}
