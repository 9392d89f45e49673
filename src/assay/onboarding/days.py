"""The format of a column of dates."""

import re
from datetime import datetime
from itertools import islice, product
from typing import Any

import pandas as pd

from assay.config.dataset import DAY
from assay.config.questions import OPEN
from assay.contract.times import day
from assay.onboarding.spelling import listed

NUMERIC = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d")
TWO_DIGIT_YEARS = ("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%m-%d-%y", "%y-%m-%d", "%y/%m/%d", "%y.%m.%d")
NAMED = ("%d-%b-%Y", "%d %b %Y", "%d%b%Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")
TIME_FORMATS = (
    "",
    " %H:%M",
    " %H:%M:%S",
    " %H:%M:%S.%f",
    "T%H:%M",
    "T%H:%M:%S",
    "T%H:%M:%S.%f",
    " %I:%M %p",
    " %I:%M:%S %p",
)
FORMATS = tuple(
    f"{one}{time}{zone}"
    for one, time, zone in product((*NUMERIC, *TWO_DIGIT_YEARS, *NAMED), TIME_FORMATS, ("", "%z"))
    if time or not zone
)
BEGINNING = 1000  # values among which those are looked for
FIRST, MOSTLY_DATES = 3, 0.9  # values by which formats are chosen; share of values that are dates, at least
SHORTEST, LONGEST = 6, 40  # letters
ZONE_AT_END = r"(Z|[+-]\d{2}:?\d{2})$"
NO_DAY = ("1900-01-0", "1970-01-01", "1899-12-3", "01/01/1900", "01.01.1900", "1/1/1900", "01/01/1970", "01.01.1970")
YEARS = (pd.Timestamp("1850-01-01"), pd.Timestamp("2150-01-01"))


def days(there: "pd.Series[str]") -> dict[str, Any] | None:
    """The contract's entry for a column of dates, None if it is none; with a question where that is not clear."""
    some = dict.fromkeys(there.head(BEGINNING).tolist())
    first = [str(text) for text in islice(some if len(some) >= FIRST else there.drop_duplicates(), FIRST)]
    like = list(filter(_is_like_a_date, first))
    forms = [form for form in FORMATS if any(_is_of(text, form) for text in like)]
    if not forms:
        return None
    distinct = there.drop_duplicates()
    read = {form: _read(distinct, form) for form in forms}
    best = max((one.notna().sum() for one in read.values()), default=0)
    fitting = _of_few_years({form: one for form, one in read.items() if one.notna().sum() == best})
    if not best:
        return None
    others = distinct[read[fitting[0]].isna()]
    if several := _several(there, distinct[~distinct.isin(others)], fitting[0], others):
        return {"type": several}
    if best < MOSTLY_DATES * len(distinct):
        return None
    entry: dict[str, Any] = {"type": DAY, "format": fitting[0]}
    if len(others):
        counts = there[there.isin(others)].value_counts()
        entry["missing"] = [f"{OPEN}{listed(counts)} are no dates: list here what means no value"]
    odd = next((form for form in fitting[1:] if _differ(read[form], read[fitting[0]]).any()), None)
    if odd:
        text = distinct[_differ(read[odd], read[fitting[0]])].iloc[0]
        one, two = (f"{form} if {text!r} is {_in_words(text, form)}" for form in (fitting[0], odd))
        entry["format"] = f"{OPEN}{one}, {two}"
    elif late := _in_the_future(distinct, read[fitting[0]], fitting[0]):
        entry["format"] = late
    return entry


def _of_few_years(read: "dict[str, pd.Series[Any]]") -> list[str]:
    """The formats, without those of a year in two digits that would be of many more years than another such format.

    So 24-01-31 is of 2024 and not the 24th, and 31/12/24 is not of 2031. Where that does not tell, a person is asked.
    """
    years = {form: one.dt.year.nunique() for form, one in read.items() if "%y" in form}
    fewest = min(years.values(), default=0)
    return [form for form in read if form not in years or years[form] < 2 * fewest]


def doubts_of_days(there: "pd.Series[str]", form: str) -> list[str]:
    """Remarks on dates of this format: several zones, whose times are not comparable; days that stand for no value."""
    zoned = there if form.endswith("%z") else there[:0]
    zones = zoned.str.extract(ZONE_AT_END, expand=False).value_counts()
    said = [f"several zones, each read as its clock showed it: {listed(zones)}"] * (len(zones) > 1)
    counts = there[there.str.startswith(NO_DAY)].value_counts()
    if len(counts) and counts.iloc[0] > 1 and counts.sum() < len(there) / 2:
        said.append(f"{listed(counts)}: if that means no value, list it under missing")
    return said


def _several(there: "pd.Series[str]", dates: "pd.Series[str]", form: str, others: "pd.Series[str]") -> str | None:
    """A question, where most values are dates in several ways: dates, of this format, and some of the others."""
    total = len(dates) + len(others)
    ways = [f"{dates.iloc[0]} ({form})"]
    while first := [str(text) for text in others.head(FIRST) if _is_like_a_date(str(text))]:
        read = {one: _read(others, one).notna() for one in FORMATS if any(_is_of(text, one) for text in first)}
        if not (found := {one: part for one, part in read.items() if part.any()}):
            break
        other = max(found, key=lambda one: int(found[one].sum()))
        ways.append(f"{others[found[other]].iloc[0]} ({other})")
        others = others[~found[other]]
    if len(ways) == 1 and len(others) <= (1 - MOSTLY_DATES) * total:
        return None
    if total - len(others) < FIRST or 2 * there.isin(others).sum() > len(there):
        return None
    rest = f" and {len(others)} other texts, as {others.iloc[0]}" if len(others) else ""
    ask = "write dates in one way in the table, or set type: text, role: ignore"
    return f"{OPEN}dates in several ways: {', '.join(ways)}{rest}: {ask}"


def _in_the_future(distinct: "pd.Series[str]", read: "pd.Series[Any]", form: str) -> str | None:
    """A question, where a year of two digits may be of this century or of the last: what is to come is read."""
    late = distinct[read > pd.Timestamp.now()] if "%y" in form else distinct[:0]
    if late.empty:
        return None
    said = f"{late.iloc[0]!r} is {_in_words(str(late.iloc[0]), form)}"
    return f"{OPEN}{form} if {said}; if it is a hundred years before, write years with four digits in the table"


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
