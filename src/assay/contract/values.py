"""Texts to values, column by column as the contract says; nothing is judged here but whether a text can be read."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from assay.config.dataset import DAY, FLAG, NUMBER
from assay.records.columns import DATE

if TYPE_CHECKING:
    from assay.config.dataset import Column, Dataset, Time

# What people write for yes and no, in lower case, where a flag declares no values of its own.
YES, NO = ("true", "t", "yes", "y", "1", "1.0", "on"), ("false", "f", "no", "n", "0", "0.0", "off")


@dataclass(frozen=True)
class Values:
    """A raw table read by its contract: texts ("" for no value), values, where a text could not be read, ids.

    `records` has a `date` where the contract has a time. All are indexed alike.
    """

    texts: pd.DataFrame
    records: pd.DataFrame
    unread: pd.DataFrame
    ids: "pd.Series[str]"


def read_values(raw: pd.DataFrame, dataset: "Dataset") -> Values:
    """Read a table of texts that has the contract's columns."""
    texts = blanked(raw, dataset.missing)
    records, unread = typed(texts, dataset)
    if dataset.time:
        records[DATE] = dates(texts, dataset.time)
    ids = texts[dataset.key] if dataset.key else pd.Series([f"{row:09}" for row in texts.index], texts.index)
    return Values(texts, records, unread, ids)


def blanked(raw: pd.DataFrame, missing: list[str]) -> pd.DataFrame:
    """The raw texts with every text that means no value made ""."""
    return raw.mask(raw.isin(missing), "")


def typed(raw: pd.DataFrame, dataset: "Dataset") -> tuple[pd.DataFrame, pd.DataFrame]:
    """The columns of the contract as values, missing where a text cannot be read; and a table of where that is.

    raw: texts, "" for no value. Numbers become float64, flags bool (or nullable boolean), dates datetime64[s];
    categories are texts still.
    """
    values = {name: read(raw[name], column) for name, column in dataset.columns.items()}
    unread = {name: values[name].isna() & (raw[name] != "") for name in values}
    return pd.DataFrame(values), pd.DataFrame(unread)


def read(text: "pd.Series[str]", column: "Column") -> pd.Series:
    """One column of texts as values."""
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
    """Texts as categories, missing where a text is not among them."""
    return pd.Categorical(values.where(values.isin(categories)), categories=categories)


def dates(raw: pd.DataFrame, time: "Time") -> pd.Series:
    """The date of each record, missing where it cannot be read."""
    part = raw[time.column].str.extract(f"^{time.pattern}$", expand=False)
    return _day(part, time.format)


def _flag(there: pd.Series, column: "Column") -> pd.Series:
    yes, no = ([column.values[0]], [column.values[1]]) if column.values else (YES, NO)
    spelled = there if column.values else there.str.strip().str.lower()
    flag = spelled.map({**dict.fromkeys(no, False), **dict.fromkeys(yes, True)}).astype("boolean")
    return flag if column.nullable or flag.isna().any() else flag.astype("bool")


def _day(text: pd.Series, form: str) -> pd.Series:
    return pd.to_datetime(text, format=form, errors="coerce").astype("datetime64[s]")
