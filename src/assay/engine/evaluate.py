"""evaluate, on tables of any size: of each record some numbers are in memory, a column at a time, and no text.

A table with many columns or long texts needs no more memory than another one: some tens of bytes a record.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assay.config.dataset import cleaned_name
from assay.contract.population import slices
from assay.files import read_json
from assay.paths import CLEANED, FEATURES, PREDICTIONS, SCORE, SPLIT, fold, score_column
from assay.records.batches import Columns, numbers_of, require_memory_of, rows_of, table_batches
from assay.records.columns import CODE_RESOLVED, DATE, RECORD_ID, WEIGHT, stored
from assay.records.feature_table import as_named, feature_column
from assay.records.folds import TEST, TRAIN, VALIDATION
from assay.records.places import places, require_features, require_same_records

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

BYTES_PER_RECORD = 130  # of memory, for each cleaned record, as measured: docs/scale.md
KNOWN_FOLDS = (TRAIN, VALIDATION)
OUT_OF_FOLD, OF_TEST = PREDICTIONS / "out_of_fold.parquet", PREDICTIONS / "test.parquet"
THRESHOLDS = PREDICTIONS / "thresholds.json"
TRAIN_AGAIN = "dvc repro train"


def thresholds() -> dict[str, float]:
    """The threshold of each model, by its name."""
    return {name: cut["value"] for name, cut in read_json(THRESHOLDS).items()}


def read_test(models: Iterable[str]) -> pd.DataFrame:
    """The test records in order: `label` (0 or 1), `excluded`, the scores of these models, and weights if there are.

    AssayError if the scores are those of other records, or if there is no room for what the stage reads.
    """
    require_memory_of(CLEANED, BYTES_PER_RECORD)
    labels = fold(SPLIT, TEST)
    require_same_records([labels], [OF_TEST], todo=TRAIN_AGAIN)
    scores = Columns(OF_TEST)
    found = {score_column(name): scores[score_column(name)] for name in models}
    excluded = Columns(labels)["excluded"].astype("category")
    return pd.DataFrame({**_labels(labels), "excluded": excluded, **found}, copy=False)


def read_seen() -> pd.DataFrame:
    """The records of train, then of validation: `label`, `fold`, the model's score out of fold, weights if there are.

    AssayError if they are other records than those of the split.
    """
    require_same_records([fold(SPLIT, name) for name in KNOWN_FOLDS], [OUT_OF_FOLD], todo=TRAIN_AGAIN)
    columns = Columns(OUT_OF_FOLD)
    found = {**_labels(OUT_OF_FOLD), "fold": columns["fold"].astype("category"), SCORE: columns[SCORE]}
    return pd.DataFrame(found, copy=False)


def seen_and_test(seen: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """The seen records, then the graded ones of test: `label`, `fold`, the model's score, weights if there are."""
    kinds = pd.CategoricalDtype([TEST, *sorted(KNOWN_FOLDS)])
    graded = test[test["excluded"] == ""].assign(fold=pd.Series(TEST, test.index, dtype=kinds))
    return pd.concat([seen.astype({"fold": kinds}), graded[list(seen)]], ignore_index=True)


def read_dates(graded: np.ndarray) -> pd.Series:
    """The days of the records of `seen_and_test`; graded: which of the test records are, (n,) bool."""
    if DATE not in Columns(fold(SPLIT, TEST)):
        seen = sum(rows_of(fold(SPLIT, name)) for name in KNOWN_FOLDS)
        return pd.Series(pd.NaT, range(seen + int(graded.sum())))
    return _of_all(_folds(SPLIT), DATE, graded)


def test_slices(dataset: "Dataset") -> pd.DataFrame:
    """The slices of the test records, in order, as categories."""
    columns = [RECORD_ID, *dict.fromkeys(cleaned_name(dataset, name) for name in dataset.slices)]
    where = places(CLEANED, fold(SPLIT, TEST))
    records = int((where >= 0).sum())
    found = {name: Groups(records) for name in dataset.slices}
    start = 0
    for batch in table_batches(CLEANED, columns):
        place = where[start : start + len(batch)]
        start += len(batch)
        for name, groups in slices(batch[place >= 0], dataset).items():
            found[str(name)].put(place[place >= 0], groups)
    return pd.DataFrame({name: groups.taken() for name, groups in found.items()}, index=range(records))


class Groups:
    """The group of each of many records, kept as its number: four bytes a record."""

    def __init__(self, records: int) -> None:
        self.names: dict[str, int] = {}
        self.codes = np.zeros(records, "int32")

    def put(self, places: np.ndarray, groups: pd.Series) -> None:
        """Note the groups (n,) of the records at these places (n,)."""
        codes, names = pd.factorize(groups)
        numbers = np.array([self.names.setdefault(name, len(self.names)) for name in names], "int32")
        self.codes[places] = numbers[codes]

    def taken(self) -> pd.Series:
        """All groups."""
        return pd.Series(pd.Categorical.from_codes(self.codes, dtype=pd.CategoricalDtype(list(self.names))))


class Numbers(Mapping[str, pd.Series]):
    """Features that are numbers of the cleaned table, of the records of `seen_and_test`; read when one is asked for.

    described: the names of the model's features. graded: as of `read_dates`. AssayError if the features are those of
    other records than the split.
    """

    def __init__(self, described: Sequence[str], graded: np.ndarray) -> None:
        self.graded = graded
        there = set(numbers_of(CLEANED))
        self.names = [name for name in described if {name, stored(name)} & there]
        for name in (*KNOWN_FOLDS, TEST):
            require_features(name)
        self.columns = _folds(FEATURES)

    def __getitem__(self, name: str) -> pd.Series:
        return _of_all(self.columns, feature_column(name), self.graded)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def in_batches(test: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The test records with their ids, codes, labels and the model's scores, some at a time."""
    start, scores = 0, test[SCORE].to_numpy()
    for batch in table_batches(fold(SPLIT, TEST), [RECORD_ID, CODE_RESOLVED, "label", "excluded"]):
        yield batch.assign(**{SCORE: scores[start : start + len(batch)]})
        start += len(batch)


def features_of(ids: Sequence[str]) -> pd.DataFrame:
    """The features of some test records, in this order."""
    found = [batch[batch[RECORD_ID].isin(ids)] for batch in table_batches(fold(FEATURES, TEST))]
    return as_named(pd.concat(found)).loc[list(ids)]


def _of_all(columns: Columns, name: str, graded: np.ndarray) -> pd.Series:
    """A column of the records of `seen_and_test`. columns: of all folds; graded: which of the test records are."""
    whole = columns[name]
    kept = np.concatenate([np.ones(len(whole) - len(graded), bool), graded])
    return whole[kept].reset_index(drop=True)


def _folds(folder: Path) -> Columns:
    """The columns of the records of all folds, those of test last."""
    return Columns(*(fold(folder, name) for name in (*KNOWN_FOLDS, TEST)))


def _labels(path: Path) -> dict[str, pd.Series]:
    columns = Columns(path)
    weight = {WEIGHT: columns[WEIGHT]} if WEIGHT in columns else {}
    return {"label": columns["label"].astype("int64"), **weight}
