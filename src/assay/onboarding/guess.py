"""What the columns of a table that nobody has described yet seem to be."""

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from assay.config.dataset import CATEGORY, DAY, FEATURE, FLAG, ID, IGNORE, NUMBER, PERSONAL, TEXT
from assay.contract.numbers import EXACT, number, rounded_texts
from assay.contract.values import NO, YES
from assay.statistics.metrics import METRICS
from assay.statistics.resampled import Scored

MARKERS = ("NA", "N/A", "n/a", "nan", "NaN", "null", "NULL", "None", "none", "?", "#N/A", "missing", "unknown")
NUMBER_MARKERS = ("-", ".")  # no value where the rest of the column is numbers, and a value elsewhere
DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
PERSONAL_NAME = re.compile(r"name|e-?mail|phone|address|street|birth_?da|dob|passport|ssn|insurance", re.IGNORECASE)
ID_NAME = re.compile(r"(?i:(^|[_\W])(id|key|uuid|mrn)$)|[a-z]I[dD]$")
ROW_NAME = re.compile(r"row_?(name|number|id)?s?|unnamed: 0", re.IGNORECASE)  # as R and pandas write them
REFERENCE = "${"  # what the configuration would look up, in a value too
MOST_LISTED, LONG = 20, 40  # values of a category that are listed; letters on average above which a text is prose
WHEN = "if it says when the record was made: set role ignore, enter it as time, and choose split=temporal"
LEAKING = 0.99  # area under the ROC curve that no honest measurement reaches alone


@dataclass
class Guess:
    """The entry of a column in the contract, and remarks for the person who decides."""

    entry: dict[str, Any]
    remarks: list[str] = field(default_factory=list)

    @property
    def role(self) -> str:
        return self.entry.get("role", FEATURE)


def markers(raw: pd.DataFrame) -> list[str]:
    """The texts that seem to mean no value."""
    values = {str(value) for _, column in raw.items() for value in column.unique()}
    found = [value for value in values if value in MARKERS or not value.strip()]
    found += [marker for marker in NUMBER_MARKERS if any(_numbers_but(column, marker) for _, column in raw.items())]
    return sorted({"", *found})


def stored_as(values: pd.Series) -> str | None:
    """The type that a column of Parquet has by its own schema; None for numbers and texts, which can mean anything."""
    if pd.api.types.is_bool_dtype(values):
        return FLAG
    if pd.api.types.is_datetime64_any_dtype(values):
        return DAY
    whole = values.dropna() if pd.api.types.is_integer_dtype(values) else values[:0]
    return TEXT if any(abs(int(one)) > EXACT for one in (whole.min(), whole.max()) if len(whole)) else None


def guess(name: str, text: "pd.Series[str]", kind: str | None = None) -> Guess:
    """What a column of texts ("" for no value) seems to be, by its name and its values; kind: as `stored_as` says."""
    there = text[text != ""]
    if there.empty:
        return Guess({"type": TEXT, "role": IGNORE, "nullable": True}, ["has no value at all"])
    found = _by_name(name, there) or _by_kind(kind) or _by_values(there)
    if len(there) < len(text):
        found.entry["nullable"] = True
    return found


def separation(text: "pd.Series[str]", positive: "pd.Series[bool]", kind: str) -> float:
    """How well a column alone separates the classes: area under the ROC curve, 0.5 to 1 (Mann & Whitney 1947).

    A category counts as the share of positives among its values. Whether a value is missing counts, if that says more.
    """
    values = pd.to_numeric(text, errors="coerce") if kind == NUMBER else text.map(positive.groupby(text).mean())
    return max(_area(one, positive) for one in (values, text.eq("").astype("float64")))


def is_unique(text: "pd.Series[str]") -> bool:
    """Whether every record has a value of its own."""
    return bool(text.is_unique and text.ne("").all())


def _by_name(name: str, there: "pd.Series[str]") -> Guess | None:
    if ROW_NAME.fullmatch(name) and is_unique(there):
        return Guess({"type": TEXT, "role": ID})
    if PERSONAL_NAME.search(name) and there.nunique() > MOST_LISTED:
        return Guess({"type": TEXT, "role": PERSONAL}, ["looks personal: it will not even be collected"])
    if not ID_NAME.search(name):
        return None
    repeats = "values repeat, as of one person or device: as group, split=group keeps its records in one fold"
    return Guess({"type": TEXT, "role": ID}, [] if is_unique(there) else [repeats])


def _by_kind(kind: str | None) -> Guess | None:
    if kind == DAY:
        return Guess({"type": DAY}, [WHEN])
    if kind == TEXT:
        return _long_numbers()
    return Guess({"type": kind}) if kind else None


def _long_numbers() -> Guess:
    return Guess(
        {"type": TEXT, "role": IGNORE}, [f"numbers above {EXACT}, kept as text: if an identifier, set role id"]
    )


def _by_values(there: "pd.Series[str]") -> Guess:
    spelled = set(there.str.strip().str.lower())
    if len(spelled) == 2 and not spelled.isdisjoint(YES) and not spelled.isdisjoint(NO):
        return Guess({"type": FLAG})
    if _is_number(there):
        each = there.to_numpy("object")
        if rounded_texts(each, number(each)).any():
            return _long_numbers()
        counting = is_unique(there) and len(there) > MOST_LISTED and not there.str.contains(".", regex=False).any()
        return Guess({"type": NUMBER}, ["another number in each record: if an identifier, set role id"] * counting)
    for form in DATE_FORMATS:
        if pd.to_datetime(there, format=form, errors="coerce").notna().all():
            return Guess({"type": DAY, "format": form}, [WHEN])
    return _of_texts(there)


def _of_texts(there: "pd.Series[str]") -> Guess:
    values = sorted(map(str, there.unique()))
    if any(REFERENCE in value for value in values) and len(values) <= MOST_LISTED:
        return Guess(
            {"type": CATEGORY}, [f"no values are listed: one has {REFERENCE}, a reference in the configuration"]
        )
    if len(values) <= MOST_LISTED:
        return Guess({"type": CATEGORY, "values": values})
    if len(values) > len(there) / 2 or there.str.len().mean() > LONG:
        return Guess({"type": TEXT, "role": IGNORE}, ["free text: no feature"])
    return Guess({"type": CATEGORY}, [f"{len(values)} different values: the most frequent of train will be kept"])


def _is_number(there: "pd.Series[str]") -> bool:
    return bool(np.isfinite(pd.to_numeric(there, errors="coerce").astype("float64")).all())


def _numbers_but(text: "pd.Series[str]", marker: str) -> bool:
    rest = text[~text.isin(["", marker, *MARKERS])]
    return bool(len(rest) and text.eq(marker).any() and _is_number(rest))


def _area(values: pd.Series, positive: "pd.Series[bool]") -> float:
    there = values.dropna()
    sick = positive[there.index]
    if sick.nunique() < 2:
        return 0.5
    area = METRICS["roc_auc"].of(Scored(sick.to_numpy(dtype=int), there.to_numpy(dtype=float), 0.0))
    return max(area, 1 - area)
