"""How a column writes numbers, and which of them stand for no value."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from assay.config.dataset import Written
from assay.config.questions import OPEN
from assay.contract.number_formats import WrittenNumbers
from assay.contract.numbers import held, number
from assay.onboarding.number_doubts import (
    LONGEST_UNIT,
    MOSTLY_NUMBERS,
    PARTS,
    all_grouped,
    doubtful_unit,
    points_between_thousands,
)
from assay.onboarding.spelling import listed

LOOKED_AT = 100  # values, of which more different ones than codes are no codes
MOST_CODED = 12  # different numbers that may be codes
FEW_NUMBERS = 5  # different numbers, at least, if there are other texts too
BRACKETS = (("(", ")"), ("[", "]"), ("'", "'"), ('"', '"'))
NINES = (9, 99, 999, 9999, 99999, 77, 777, 7777, 88, 888, 8888, 99.9, 999.9)
SENTINELS = [sign * code for code in NINES for sign in (-1, 1)]
SENTINELS += [-1.0, 32767, -32768, 65535, 2147483647, -2147483648]
REFUSED = (7, 8)  # in questionnaires, where 9 is "does not know"
CODES = (*SENTINELS, *REFUSED)
CURRENCIES = ("USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "AUD", "CAD", "SEK", "NOK", "DKK", "Rs", "US$", "kr")


@dataclass(frozen=True)
class Numbers:
    """The contract's entry for a column of numbers, remarks, and the values as numbers (NaN: no value)."""

    values: "pd.Series[float]"
    entry: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def numbers(there: "pd.Series[str]", missing: list[str], decimal_comma: bool = False) -> Numbers | None:
    """The column as numbers, or None if it is none; there: its values. missing: the markers of the whole table.

    decimal_comma: whether other columns of the table have one. What is not clear becomes a question in the entry.
    """
    plain = _read(there, Written())
    if np.isfinite(plain).all() and not decimal_comma:
        question = points_between_thousands(there)
        entry: dict[str, Any] = {"written": question} if question else {}
        return _coded(pd.Series(plain, there.index), entry, [], missing)
    counts = there.value_counts()
    texts = [str(text) for text in counts.index]
    written, question = _written(texts, decimal_comma)
    if _are_ranges(counts, written):
        return None
    values = pd.Series(_read(texts, written), counts.index)
    others = counts[values.isna()]
    if counts[values.notna()].sum() < MOSTLY_NUMBERS * len(there) or (len(others) and values.nunique() < FEW_NUMBERS):
        return None
    entry = {"written": _as_entry(written)} if written != Written() else {}
    remarks = _how(written, there) if entry else []
    question = question or doubtful_unit(there, written.after, _as_entry(written))
    if question:
        entry["written"] = question
    if len(others):
        question = f"{listed(others)} are no numbers: list here what means no value, or set type: category"
        return Numbers(there.map(values), {**entry, "missing": [f"{OPEN}{question}"]}, remarks)
    return _coded(there.map(values), entry, remarks, missing)


def _are_ranges(counts: "pd.Series[int]", written: Written) -> bool:
    """Whether most values are the same few limits, such as <6 and >6: these are classes, and no measurements."""
    limits = counts[counts.index.str.contains("[<>≤≥]")] if written.limits else counts[:0]
    return len(counts) < FEW_NUMBERS and 2 * limits.sum() > counts.sum()


def _coded(values: "pd.Series[float]", entry: dict[str, Any], remarks: list[str], missing: list[str]) -> Numbers:
    """The column without the numbers that stand for no value, which are said."""
    if not (codes := sentinels(values)):
        return Numbers(values, entry, [*remarks, *_alone_below_zero(values), *_apart(values)])
    counts = values[values.isin(codes)].map("{:g}".format).value_counts()
    said = f"{listed(counts)}: read as no value, far from all others"
    entry = {**entry, "missing": [*missing, *(f"{code:g}" for code in codes)]}
    return Numbers(values.mask(values.isin(codes)), entry, [*remarks, said])


def _alone_below_zero(values: "pd.Series[float]") -> list[str]:
    """A remark on -1, where it is the only number below 0 and occurs twice or more: it often means no value."""
    below = values.to_numpy()[values.to_numpy() < 0]
    if len(below) < 2 or not (below == -1).all() or values.nunique() <= FEW_NUMBERS:
        return []
    return [f"-1 {len(below)} is the only number below 0: if it means no value, list it under missing"]


def _apart(values: "pd.Series[float]") -> list[str]:
    """A remark on codes such as 9 beside 0 and 1: numbers of a questionnaire that often mean no value.

    >>> _apart(pd.Series([0.0, 1, 9, 1])), _apart(pd.Series([4.0, 6, 8]))
    (['9 1 stands apart from 0 to 1: if it means no value, list it under missing'], [])
    """
    if values.head(LOOKED_AT).nunique() > MOST_CODED:  # as of most columns: to look at all would take its time
        return []
    found = values.value_counts().sort_index()
    if not 3 <= len(found) <= MOST_CODED or (found.index % 1 != 0).any():
        return []
    counted = found.index[found.index >= 0]
    run = [value for place, value in enumerate(counted) if value == counted[0] + place]
    codes = found[~found.index.isin(run)]
    if len(run) < 2 or codes.empty or not codes.index.isin(CODES).all():
        return []
    said = listed(codes.rename("{:g}".format))
    return [f"{said} stands apart from {run[0]:g} to {run[-1]:g}: if it means no value, list it under missing"]


def has_decimal_comma(text: "pd.Series[str]") -> bool:
    """Whether the column, "" for no value, can only be read with a decimal comma."""
    if not text.str.contains(",", regex=False).any():
        return False
    texts = [str(one) for one in text[text != ""].unique()]
    written, question = _written(texts, decimal_comma=False)
    return not question and written.decimal == "," and bool(np.isfinite(_read(texts, written)).mean() >= MOSTLY_NUMBERS)


def sentinels(values: "pd.Series[float]") -> list[float]:
    """The numbers that stand for no value: codes such as -999 that occur twice or more, far from all other values."""
    codes = list[float]()
    if (suspected := np.isin(values.to_numpy(), SENTINELS)).any():  # in few columns
        counts = values[suspected].value_counts()
        codes = [code for code in SENTINELS if counts.get(code, 0) > 1]
    if not codes:
        return []
    rest = values[~values.isin(codes)]
    if rest.nunique() < FEW_NUMBERS:
        return []
    low, high = float(rest.min()), float(rest.max())
    return sorted(code for code in codes if is_far(code, low, high))


def is_far(code: float, low: float, high: float) -> bool:
    """Whether a number is far from all others, which are from low to high."""
    if code < -1 and low >= 0:
        return True
    return code < low - 2 * (high - low) or code > high + 2 * (high - low)


def _written(texts: list[str], decimal_comma: bool) -> tuple[Written, str | None]:
    """How most of these texts write numbers; a question if that is not clear."""
    if np.isfinite(_read(texts, Written())).all() and not (decimal_comma and all_grouped(texts, ".")):
        return Written(), None
    found = [one for one in map(PARTS.fullmatch, texts) if one]
    before = _most([one[2] for one in found if _is_currency(one[2])])
    after = _most([one[4] for one in found if len(one[4]) <= LONGEST_UNIT and not _closes(one[4])])
    decimal, thousands, question = _marks([one[3].lstrip("+-") for one in found], decimal_comma)
    limits = any(one[1] for one in found)
    return Written(decimal, thousands, before, after, limits), question


def _closes(text: str) -> bool:
    """Whether a text after a number ends what began before it, as in (5), where it is no unit."""
    return any(text.endswith(end) and start not in text[:-1] for start, end in BRACKETS)


def _is_currency(text: str) -> bool:
    """Whether a text before a number is one of money: other letters make it a name, like P0001."""
    return text in CURRENCIES or (len(text) == 1 and unicodedata.category(text) == "Sc")


def _marks(digits: list[str], decimal_comma: bool) -> tuple[str, str, str | None]:
    """The marks of decimals and of thousands, and a question if they are not clear."""
    spaced = next((mark for mark in (" ", "\u00a0", "\u202f", "'", "’", "_") if any(mark in one for one in digits)), "")
    if spaced:
        return ("," if any("," in one for one in digits) else "."), (" " if spaced.isspace() else spaced), None
    both = [one for one in digits if "," in one and "." in one]
    if both:
        decimal = max(",.", key=both[0].rfind)
        return decimal, ".,"[decimal == "."], None
    if any("," in one for one in digits):
        return _one_mark(digits, ",", decimal_comma)
    if all_grouped(digits, ".") and (decimal_comma or any(one.count(".") > 1 for one in digits)):
        return _one_mark(digits, ".", decimal_comma)
    return ".", "", None


def _one_mark(digits: list[str], mark: str, decimal_comma: bool) -> tuple[str, str, str | None]:
    """The same where only a comma, or only a point that may stand between thousands, is there."""
    other = "." if mark == "," else ","
    marked = [one for one in digits if mark in one]
    if any(one.count(mark) > 1 for one in marked):
        return other, mark, None
    if not all_grouped(marked, mark) or any(one.startswith("0") for one in marked):
        return mark, "", None
    plain = [one for one in digits if mark not in one]
    if plain and all(len(one) <= 3 for one in plain) and len(marked) >= FEW_NUMBERS and not decimal_comma:
        return other, mark, None
    one = marked[0]
    whole, part = one.split(mark)
    grouped = f"{{thousands: '{mark}', decimal: '{other}'}} if it is {whole}{part}"
    return mark, "", f"{OPEN}{{decimal: '{mark}'}} if {one} is {whole}.{part}, {grouped}"


def _read(texts: "Sequence[str] | pd.Series[str]", written: Written) -> np.ndarray:
    """The texts as numbers, NaN where they are none, or not finite."""
    if written == Written():
        values = number(np.asarray(texts, "object"))
    else:
        plain, _ = WrittenNumbers(written)(pa.array(texts, pa.large_string()))
        values = number(plain.to_numpy(zero_copy_only=False))
    return np.where(held(values), values, np.nan)


def _how(written: Written, there: "pd.Series[str]") -> list[str]:
    """The remarks on the way of writing, with counts."""
    said = []
    if written.limits:
        marked = there[there.str.contains("[<>≤≥]")].value_counts()
        said.append(f"{int(marked.sum())} limits of detection, read as numbers: {listed(marked)}")
    for mark, meaning in ((written.decimal, "a decimal mark"), (written.thousands, "between thousands")):
        if mark and mark != ".":
            said.append(f"{mark!r} is {meaning} in {int(there.str.contains(mark, regex=False).sum())} values")
    if written.thousands == ".":
        said.append(f"'.' is between thousands in {int(there.str.contains('.', regex=False).sum())} values")
    for text in filter(None, (written.before, written.after)):
        with_it = int(there.str.contains(text, regex=False).sum())
        said.append(f"{text!r} beside the number is left out in {with_it} of {len(there)} values")
    return said


def _as_entry(written: Written) -> dict[str, Any]:
    usual = vars(Written())
    return {name: value for name, value in vars(written).items() if value != usual[name]}


def _most(parts: list[str]) -> str:
    """The most frequent text, if any is there; the empty one does not count."""
    there = Counter(filter(None, parts))
    return there.most_common(1)[0][0] if there else ""
