"""Reads texts as values of the contract's types, column by column, and notes which cannot be read. Checks no rule."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from assay.config.dataset import DAY, FLAG, NUMBER
from assay.records.columns import DATE

if TYPE_CHECKING:
    from assay.config.dataset import Column, Dataset, Time

# Spellings of yes and no, in lower case, for a flag that declares no values of its own.
YES, NO = ("true", "t", "yes", "y", "1", "1.0", "on"), ("false", "f", "no", "n", "0", "0.0", "off")


@dataclass(frozen=True)
class Values:
    """A raw table, read by its contract. All have the index of the raw table.

    texts: the contract's columns (str), "" for a missing value. records: the values, as from `typed`, and `date`
    (datetime64[s]) if the contract has a time. unread: bool, True for a text that is not of its column's type. ids:
    str.
    """

    texts: pd.DataFrame
    records: pd.DataFrame
    unread: pd.DataFrame
    ids: "pd.Series[str]"


def read_values(raw: pd.DataFrame, dataset: "Dataset") -> Values:
    """Read a table of texts that has the contract's columns.

    >>> from assay.config.dataset import Column, Dataset
    >>> contract = Dataset(columns={"age": Column(type="number")}, missing=["", "?"])
    >>> values = read_values(pd.DataFrame({"age": ["40", "?", "old"]}), contract)
    >>> values.records["age"].tolist(), values.unread["age"].tolist(), values.ids.tolist()
    ([40.0, nan, nan], [False, False, True], ['000000000', '000000001', '000000002'])
    """
    texts = blanked(raw, dataset.missing)
    records, unread = typed(texts, dataset)
    if dataset.time:
        records[DATE] = dates(texts, dataset.time)
    ids = texts[dataset.key] if dataset.key else pd.Series([f"{row:09}" for row in texts.index], texts.index)
    return Values(texts, records, unread, ids)


def blanked(raw: pd.DataFrame, missing: list[str]) -> pd.DataFrame:
    """The raw texts with "" in place of every text that means no value.

    >>> blanked(pd.DataFrame({"age": ["40", "?"]}), missing=["", "?"])["age"].tolist()
    ['40', '']
    """
    return raw.mask(raw.isin(missing), "")


def typed(raw: pd.DataFrame, dataset: "Dataset") -> tuple[pd.DataFrame, pd.DataFrame]:
    """The contract's columns as values, and a bool table that is True for each text that is not of its column's type.

    raw: texts, "" for a missing value. Numbers become float64, flags bool (boolean if nullable or with missing values),
    dates datetime64[s], categories and texts str. A text that cannot be read becomes missing.
    """
    values = {name: read(raw[name], column) for name, column in dataset.columns.items()}
    unread = {name: values[name].isna() & (raw[name] != "") for name in values}
    return pd.DataFrame(values), pd.DataFrame(unread)


def read(text: "pd.Series[str]", column: "Column") -> pd.Series:
    """One column of texts ("" if missing) as values of its type; a text that cannot be read becomes missing.

    >>> from assay.config.dataset import Column
    >>> read(pd.Series(["Yes", "0", ""]), Column(type="flag")).tolist()
    [True, False, <NA>]
    >>> read(pd.Series(["1.5", "1,5", "inf"]), Column(type="number")).tolist()
    [1.5, nan, nan]
    """
    there = text.where(text != "")
    if column.type == NUMBER:
        number = pd.to_numeric(there, errors="coerce").astype("float64")
        return number.mask(number.isin([float("inf"), float("-inf")]))
    if column.type == FLAG:
        return _flag(there, column)
    if column.type == DAY:
        return _day(there, column.format)
    return there.astype("str")


def categorical(values: pd.Series, categories: list[str]) -> pd.Categorical:
    """Texts as categories; any other text becomes missing.

    >>> categorical(pd.Series(["F", "x"]), ["F", "M"]).tolist()
    ['F', nan]
    """
    return pd.Categorical(values.where(values.isin(categories)), categories=categories)


def dates(raw: pd.DataFrame, time: "Time") -> pd.Series:
    """The date of each record (datetime64[s]), missing if it cannot be read.

    >>> from assay.config.dataset import Time
    >>> time = Time(column="id", pattern="([0-9]{6})[0-9]{3}", format="%y%m%d")
    >>> dates(pd.DataFrame({"id": ["840801013", "x"]}), time).tolist()
    [Timestamp('1984-08-01 00:00:00'), NaT]
    """
    part = raw[time.column].str.extract(f"^{time.pattern}$", expand=False)
    return _day(part, time.format)


def _flag(there: pd.Series, column: "Column") -> pd.Series:
    yes, no = ([column.values[0]], [column.values[1]]) if column.values else (YES, NO)
    spelled = there if column.values else there.str.strip().str.lower()
    flag = spelled.map({**dict.fromkeys(no, False), **dict.fromkeys(yes, True)}).astype("boolean")
    return flag if column.nullable or flag.isna().any() else flag.astype("bool")


def _day(text: pd.Series, form: str) -> pd.Series:
    return pd.to_datetime(text, format=form, errors="coerce").astype("datetime64[s]")
