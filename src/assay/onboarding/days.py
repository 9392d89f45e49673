"""The format of a column of dates."""

import re
from datetime import datetime
from itertools import product
from typing import Any

import pandas as pd

from assay.config.dataset import DAY
from assay.config.questions import OPEN
from assay.contract.times import day
from assay.onboarding.spelling import listed

NUMERIC = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d")
SHORT = ("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%b-%Y", "%d %b %Y", "%d%b%Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")
TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M", "T%H:%M:%S", "T%H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
FORMATS = tuple(
    f"{one}{time}{zone}" for one, time, zone in product((*NUMERIC, *SHORT), TIMES, ("", "%z")) if time or not zone
)
BEGINNING = 1000  # values among which those are looked for
FIRST, ENOUGH = 3, 0.9  # values by which formats are chosen; share of values that are dates, at least
SHORTEST, LONGEST = 6, 40  # letters
YEARS = (pd.Timestamp("1850-01-01"), pd.Timestamp("2150-01-01"))


def days(there: "pd.Series[str]") -> dict[str, Any] | None:
    """What the contract is to say of a column of dates, None if it is none; with a question where that is not clear."""
    some = there.head(BEGINNING).drop_duplicates()
    first = [str(text) for text in (some if len(some) >= FIRST else there.drop_duplicates()).head(FIRST)]
    like = list(filter(_is_like_a_date, first))
    forms = [form for form in FORMATS if any(_is_of(text, form) for text in like)]
    if not forms:
        return None
    distinct = there.drop_duplicates()
    read = {form: _read(distinct, form) for form in forms}
    best = max((one.notna().sum() for one in read.values()), default=0)
    fitting = [form for form, one in read.items() if one.notna().sum() == best]
    if not fitting or best < ENOUGH * len(distinct):
        return None
    entry: dict[str, Any] = {"type": DAY, "format": fitting[0]}
    others = distinct[read[fitting[0]].isna()]
    if len(others):
        counts = there[there.isin(others)].value_counts()
        entry["missing"] = [f"{OPEN}{listed(counts)} are no dates: list here what means no value"]
    odd = next((form for form in fitting[1:] if _differ(read[form], read[fitting[0]]).any()), None)
    if odd:
        text = distinct[_differ(read[odd], read[fitting[0]])].iloc[0]
        one, two = (f"{form} if {text!r} is {_in_words(text, form)}" for form in (fitting[0], odd))
        entry["format"] = f"{OPEN}{one}, {two}"
    return entry


def _is_like_a_date(text: str) -> bool:
    """Whether it is worth while to try all formats."""
    if text.isdigit() or not any(map(str.isdigit, text)) or not SHORTEST <= len(text) <= LONGEST:
        return bool(re.fullmatch(r"(18|19|20|21)\d{6}", text))
    return not re.fullmatch(r"[+-]?\d*[.,]?\d*", text)


def _is_of(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def _read(texts: "pd.Series[str]", form: str) -> "pd.Series[Any]":
    read = pd.Series(day(texts, form), texts.index)
    return read.where(read.between(*YEARS))


def _differ(one: "pd.Series[Any]", other: "pd.Series[Any]") -> "pd.Series[bool]":
    return one.ne(other) & one.notna()


def _in_words(text: str, form: str) -> str:
    return f"{day([text], form)[0]:%d %B %Y}"
