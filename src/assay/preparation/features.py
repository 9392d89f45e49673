"""What a model sees of a record: the contract's features, and those that the dataset's own knowledge derives."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from assay.config.dataset import DAY, FEATURE
from assay.contract.values import Categories
from assay.datasets import knowledge
from assay.errors import AssayError

if TYPE_CHECKING:
    from assay.config.dataset import Dataset
    from assay.config.schema import Features

MOST_CATEGORIES = 50
OTHER = "(other)"  # the values of a column with more of them than that


def features(records: pd.DataFrame, dataset: "Dataset", config: "Features") -> pd.DataFrame:
    """The feature table, one row per record: what the contract calls a feature and knows in time, then what is derived.

    Numbers, days since 1970 and nullable flags are floats, flags booleans; a category without declared values is a text
    still. AssayError if `config.drop` names what is no feature.
    """
    columns = {
        name: _as_feature(records[name], column.type)
        for name, column in dataset.columns.items()
        if column.role == FEATURE and column.available
    }
    if config.derived:
        columns |= {str(name): values.array for name, values in knowledge(dataset).derived(records).items()}
    if unknown := [name for name in config.drop if name not in columns]:
        raise AssayError(
            f"no feature {', '.join(unknown)}",
            where="features.drop",
            todo=f"choose among: {', '.join(columns)}",
        )
    return pd.DataFrame({name: columns[name] for name in columns if name not in config.drop}, index=records.index)


def vocabularies(train: pd.DataFrame) -> dict[str, list[str]]:
    """The categories of each text feature: its values in train, or if there are many, the most frequent and `OTHER`."""
    found = {}
    for name in train.columns[[pd.api.types.is_string_dtype(column) for column in train.dtypes]]:
        counts = train[name].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        kept = sorted(map(str, counts.index[:MOST_CATEGORIES]))
        found[str(name)] = [*kept, OTHER] if len(counts) > MOST_CATEGORIES else kept
    return found


def categorised(table: pd.DataFrame, vocabulary: dict[str, list[str]]) -> pd.DataFrame:
    """Text features as categories; a value that is not among them is `OTHER` where there is that, else missing."""
    columns = {}
    for name, categories in vocabulary.items():
        values = table[name]
        if OTHER in categories:
            values = values.where(values.isin(categories) | values.isna(), OTHER)
        columns[name] = Categories(categories)(values)
    return table.assign(**columns)


def _as_feature(values: pd.Series, kind: str) -> Any:
    """The values as an array."""
    if kind == DAY:
        values = (values - pd.Timestamp(0)) / pd.Timedelta(days=1)
    return (values.astype("float64") if values.dtype == "boolean" else values).array
