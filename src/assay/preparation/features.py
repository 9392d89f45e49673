"""Features, the columns that a model learns from: those of the contract, and those that a dataset's module derives."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.config.dataset import DAY, FEATURE, LIMIT, cleaned_name, has_limits
from assay.contract.categories import Categories
from assay.datasets import Knowledge, knowledge
from assay.errors import AssayError

if TYPE_CHECKING:
    from assay.config.dataset import Dataset
    from assay.config.schema import Features
    from assay.contract.arrays import Array

MOST_CATEGORIES = 50
OTHER = "(other)"  # stands for the less frequent values of a column with more than `MOST_CATEGORIES`


def features(records: pd.DataFrame, dataset: "Dataset", config: "Features") -> pd.DataFrame:
    """The feature table of one batch; see `Featurizer`, which reads the contract once for many.

    records: cleaned records, as `prepare` gives them, with any index; the result has the same.

    >>> from assay.config.dataset import Column, Dataset
    >>> from assay.config.schema import Features
    >>> contract = Dataset(columns={"age": Column(type="number"), "born": Column(type="date"), "id": Column(role="id")})
    >>> records = pd.DataFrame({"age": [40.0], "born": pd.to_datetime(["1970-01-11"]), "id": ["a"]})
    >>> features(records, contract, Features(name="all", derived=True, drop=[]))
        age  born
    0  40.0  10.0
    """
    columns = arrays(records)
    return pd.DataFrame(Featurizer(dataset, config)(columns, records.index), index=records.index)


class Featurizer:
    """Computes the features of any number of batches, each record by itself.

    A column per available feature of the contract, then those that tell limits of detection and the derived ones,
    without those that `config.drop` names. own: the dataset's own code, by default the installed one.
    """

    def __init__(self, dataset: "Dataset", config: "Features", own: Knowledge | None = None) -> None:
        self.derived = (own or knowledge(dataset)) if config.derived else Knowledge()
        self.drop = config.drop
        self.types = {
            name: (cleaned_name(dataset, name), column.type)
            for name, column in dataset.columns.items()
            if column.role == FEATURE and column.available
        }
        limited = (name for name in self.types if has_limits(dataset.columns[name]))
        self.limits = [f"{name}{LIMIT}" for name in limited] if config.derived else []

    def __call__(self, records: "Mapping[str, Array]", index: pd.Index) -> "dict[str, Array]":
        """The features as arrays by name.

        records: the columns of `assay.preparation.prepare.Prepared.records`. Result: numbers, nullable flags and dates
        (as days since 1970) float64, other flags bool, categories with declared values category, others str.
        AssayError if `config.drop` names a column that is no feature.
        """
        columns = {name: _as_feature(records[there], kind) for name, (there, kind) in self.types.items()}
        columns |= {name: records[name] for name in self.limits}
        if self.derived.derives:
            found = self.derived.derived(pd.DataFrame(dict(records), index=index))
            columns |= arrays(found)
        if unknown := [name for name in self.drop if name not in columns]:
            raise AssayError(
                f"no feature {', '.join(unknown)}",
                where="features.drop",
                todo=f"choose among: {', '.join(columns)}",
            )
        return {name: columns[name] for name in columns if name not in self.drop}


def arrays(table: pd.DataFrame) -> "dict[str, Array]":
    """The columns of a table by name."""
    if set(table.dtypes) == {np.dtype("float64")}:  # one array, so that no object is made for each column
        return dict(zip(map(str, table.columns), table.to_numpy().T, strict=True))
    return {str(name): column.array for name, column in table.items()}


def vocabularies(train: pd.DataFrame) -> dict[str, list[str]]:
    """The categories of each text feature, sorted: its values in train; of many, the most frequent ones and `OTHER`.

    Where train has no value it is `OTHER` alone, because no booster takes a feature that has no category.

    >>> vocabularies(pd.DataFrame({"ward": ["B", "A", "B"], "age": [1.0, 2.0, 3.0]}))
    {'ward': ['A', 'B']}
    """
    return {name: vocabulary(counts) for name, counts in text_counts(train).items()}


def text_counts(table: pd.DataFrame) -> "dict[str, pd.Series[int]]":
    """How often each value of each text feature is there."""
    texts = table.columns[[pd.api.types.is_string_dtype(column) for column in table.dtypes]]
    return {str(name): table[name].value_counts() for name in texts}


def vocabulary(counts: "pd.Series[int]") -> list[str]:
    """The categories of one text feature, of which each value is there so often."""
    ordered = counts.sort_index().sort_values(ascending=False, kind="stable")
    kept = sorted(map(str, ordered.index[:MOST_CATEGORIES]))
    return [*kept, OTHER] if len(counts) > MOST_CATEGORIES or not kept else kept


def categorised(table: pd.DataFrame, vocabulary: Mapping[str, list[str]]) -> pd.DataFrame:
    """The table with its text features as categories; any other value becomes `OTHER` if that is one, else missing.

    >>> categorised(pd.DataFrame({"ward": ["A", "C"]}), {"ward": ["A", "B"]})["ward"].tolist()
    ['A', nan]
    """
    columns = dict(table.items()) | {name: known(table[name], categories) for name, categories in vocabulary.items()}
    return pd.DataFrame(columns, index=table.index)


def known(values: "pd.Series | Array", categories: list[str]) -> pd.Categorical:
    """Texts as these categories; any other value becomes `OTHER` if that is one, else missing."""
    texts = pd.Series(values)
    if OTHER in categories:
        texts = texts.where(texts.isin(categories) | texts.isna(), OTHER)
    return Categories(categories)(texts)


def matrix(columns: "Mapping[str, Array]", vocabulary: Mapping[str, list[str]]) -> np.ndarray:
    """Features as numbers, (n, features) float64: flags as 0 and 1, categories as their places in the vocabulary.

    A missing value is NaN, and so is a category that the vocabulary does not have.

    >>> matrix({"age": np.array([40.0, np.nan]), "ward": pd.array(["B", "C"])}, {"ward": ["A", "B"]})
    array([[40.,  1.],
           [nan, nan]])
    """
    return np.column_stack([_numbers(values, vocabulary.get(name)) for name, values in columns.items()])


def _numbers(values: "Array", categories: list[str] | None) -> np.ndarray:
    if categories is None and not isinstance(values, pd.Categorical):
        return np.asarray(values, "float64")
    found = values if isinstance(values, pd.Categorical) else known(values, categories or [])
    codes = found.codes.astype("float64")
    codes[codes < 0] = np.nan
    return codes


def _as_feature(values: "Array", kind: str) -> "Array":
    if kind == DAY:
        days: pd.Series[Any] = pd.Series(values)
        return ((days - pd.Timestamp(0)) / pd.Timedelta(days=1)).array
    return values.to_numpy("float64", na_value=np.nan) if values.dtype == "boolean" else values
