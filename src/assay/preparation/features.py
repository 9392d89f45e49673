"""Features, the columns that a model learns from: those of the contract, and those that a dataset's module derives."""

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
OTHER = "(other)"  # stands for the less frequent values of a column with more than `MOST_CATEGORIES`


def features(records: pd.DataFrame, dataset: "Dataset", config: "Features") -> pd.DataFrame:
    """The feature table: a row per record, a column per available feature of the contract, then the derived ones.

    records: cleaned records, as `prepare` gives them, with any index. Result: the same index; numbers, nullable flags
    and dates (as days since 1970) float64, other flags bool, categories with declared values category, others str. Each
    record is computed by itself. AssayError if `config.drop` names a column that is no feature.

    >>> from assay.config.dataset import Column, Dataset
    >>> from assay.config.schema import Features
    >>> contract = Dataset(columns={"age": Column(type="number"), "born": Column(type="date"), "id": Column(role="id")})
    >>> records = pd.DataFrame({"age": [40.0], "born": pd.to_datetime(["1970-01-11"]), "id": ["a"]})
    >>> features(records, contract, Features(name="all", derived=True, drop=[]))
        age  born
    0  40.0  10.0
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
    """The categories of each text feature, sorted: its values in train; of many, the most frequent ones and `OTHER`.

    >>> vocabularies(pd.DataFrame({"ward": ["B", "A", "B"], "age": [1.0, 2.0, 3.0]}))
    {'ward': ['A', 'B']}
    """
    found = {}
    for name in train.columns[[pd.api.types.is_string_dtype(column) for column in train.dtypes]]:
        counts = train[name].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        kept = sorted(map(str, counts.index[:MOST_CATEGORIES]))
        found[str(name)] = [*kept, OTHER] if len(counts) > MOST_CATEGORIES else kept
    return found


def categorised(table: pd.DataFrame, vocabulary: dict[str, list[str]]) -> pd.DataFrame:
    """The table with its text features as categories; any other value becomes `OTHER` if that is one, else missing.

    >>> categorised(pd.DataFrame({"ward": ["A", "C"]}), {"ward": ["A", "B"]})["ward"].tolist()
    ['A', nan]
    """
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
