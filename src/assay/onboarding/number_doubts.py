"""Questions about numbers that may mean others than they seem to: units of some, signs, marks of thousands."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from assay.config.questions import OPEN
from assay.onboarding.spelling import listed

MOSTLY_NUMBERS = 0.9  # share of values that are numbers, from which a column is one of numbers
LONGEST_UNIT = 12  # letters of a unit
MOST_CLASSES = 20  # texts that may be classes with a number each
MOST_MARKS = 6  # different texts after numbers that may be marks
FEW_POINTS = 5  # numbers with a point, from which it may stand between thousands
DIGITS = r"[+-]?(?:\d[\d.,'’_ \u00a0\u202f]*\d|[.,]?\d+)(?:[eE][+-]?\d+)?"
PARTS = re.compile(rf"\s*([<>]=?|[≤≥])?\s*([^\d\s.,+-]*)\s*({DIGITS})\s*(\D*?)\s*")  # limit, before, digits, after
GROUPED = r"\d{1,3}(?:[%s]\d{3})+"
DASHES = {"-", "\u2013", "\u2212"}  # after a number: a minus
SCALE = re.compile(
    r"%|‰|cr|dr|k|m|b|bn|mn|mm|mio\.?|mrd\.?|tsd\.?|thousands?|millions?|billions?|hundreds?|dozens?", re.IGNORECASE
)
PLAIN_SIGNS = str.maketrans({**dict.fromkeys(DASHES, "-"), "`": "'", "\u2019": "'", "\u2018": "'"})
INDIAN = r"\d{1,2}(?:,\d{2})+,\d{3}"  # lakh and crore: 12,34,567
LIKE_A_NUMBER = re.compile(rf"'?[~≈]?\(?[+-]?[$€£¥]?\(?(?:{INDIAN}|\d{{1,3}}(?:[.,' ]?\d{{3}})*)(?:[.,]\d+)?\)?'?")


def doubtful_unit(there: "pd.Series[str]", after: str, written: Mapping[str, Any]) -> str | None:
    """A question, where a text after the numbers may change them: a sign, or a scale or unit of a part of them.

    written: how the column writes numbers, if that text says nothing.
    """
    with_it = there[there.str.endswith(after)] if after else there[:0]
    without = len(there) - len(with_it)
    some = without > 0 and (SCALE.fullmatch(after) or len(with_it) < MOSTLY_NUMBERS * len(there))
    if with_it.empty or not (some or after in DASHES):
        return None
    as_is = ", ".join(f"{name}: {value!r}" for name, value in written.items())
    said = f"{after!r} stands after {len(with_it)} of {len(there)} numbers, as in {with_it.iloc[0]}"
    return f"{OPEN}{said}: if it changes nothing, {{{as_is}}}; if it is a sign, a scale or a unit, mend the table"


def points_between_thousands(there: "pd.Series[str]") -> str | None:
    """A question, where a column without commas writes 950 and 1.234: a point between thousands, or decimals.

    Thousands, if always three digits follow, and the numbers without a point would mostly be greater than the others.
    """
    pointed = there.str.contains(".", regex=False)
    if pointed.all() or not pointed.any():
        return None
    digits = [text.strip().lstrip("+-") for text in there[pointed].unique()]
    if len(digits) < FEW_POINTS or not all_grouped(digits, ".") or any(one.startswith("0") for one in digits):
        return None
    size = pd.to_numeric(there, errors="coerce").abs()
    short = there[~pointed].str.fullmatch(r"\s*[+-]?\d{1,3}\s*").all()
    if not short or size[~pointed].median() <= size[pointed].median():
        return None
    one = digits[0]
    return f"{OPEN}{{thousands: '.', decimal: ','}} if {one} is {one.replace('.', '')}, {{decimal: '.'}} if it is {one}"


def all_grouped(digits: Sequence[str], mark: str) -> bool:
    """Whether three digits follow each of these marks, as between thousands."""
    marked = [one.lstrip("+-") for one in digits if mark in one]
    return bool(marked) and all(re.fullmatch(GROUPED % re.escape(mark), one) for one in marked)


def different_units(there: "pd.Series[str]") -> str | None:
    """A question, where numbers have different texts after them. None for classes, as 0_no and 1_yes."""
    found = [PARTS.fullmatch(text) for text in there]
    if len({*there}) <= MOST_CLASSES and len({(one[3], one[4]) for one in found if one}) == len(
        {one[3] for one in found if one}
    ):
        return None
    units = Counter(one[4] for one in found if one and one[4])
    # Of many different texts, a few marks beside some of the numbers are no classes: 5.2, 5.2 H, 0.03*.
    marked = len({*there}) > MOST_CLASSES and len(units) <= MOST_MARKS
    numbers = sum(one is not None for one in found) if marked else units.total()
    if len(units) < 2 or numbers < MOSTLY_NUMBERS * len(there) or max(map(len, units)) > LONGEST_UNIT:
        return None
    said = f"numbers with different units, or marks: {listed(units)}"
    return f"{OPEN}{said}: bring them to one in the table, marks to a column of their own, or set type: category"


def another_form(there: "pd.Series[str]") -> str | None:
    """A question, where almost all are like numbers, each for itself, though no one way of writing reads them.

    Such are (10.00) for -10.00, '10, the minus and the digits of typography, and 1,5 among 1.5.
    """
    like = there.map(_is_like_a_number).to_numpy(bool)
    if like.mean() < MOSTLY_NUMBERS or there[like].nunique() < FEW_POINTS:
        return None
    odd = there[like & np.isnan(pd.to_numeric(there, errors="coerce").to_numpy("float64"))]
    if odd.empty:
        return None
    return (
        f"{OPEN}numbers in a form that is not known, as {odd.iloc[0]}: write them like -1234.5, or set type: category"
    )


def _is_like_a_number(text: str) -> bool:
    return LIKE_A_NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip().translate(PLAIN_SIGNS)) is not None
