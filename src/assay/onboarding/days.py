"""The format of a column of dates."""

from datetime import datetime
from itertools import product

import pandas as pd

from assay.config.questions import OPEN
from assay.contract.times import day

NUMERIC = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d")
SHORT = ("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%b-%Y", "%d %b %Y", "%d%b%Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")
TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M", "T%H:%M:%S", "T%H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
FORMATS = tuple(
    f"{one}{time}{zone}" for one, time, zone in product((*NUMERIC, *SHORT), TIMES, ("", "%z")) if time or not zone
)
YEARS = (pd.Timestamp("1850-01-01"), pd.Timestamp("2150-01-01"))


def date_format(there: "pd.Series[str]") -> str | None:
    """The format of all values, None if they are no dates; a question if more than one fits, with another result."""
    distinct = there.drop_duplicates()
    fitting = [form for form in FORMATS if _is_of(str(distinct.iloc[0]), form)]  # of most columns none: this is quick
    fitting = [form for form in fitting if _fits(distinct, form)]
    if not fitting:
        return None
    first, *others = fitting
    read = day(distinct, first)
    other = next((form for form in others if (day(distinct, form) != read).any()), None)
    if not other:
        return first
    odd = distinct[day(distinct, other) != read].iloc[0]
    one, two = (f"{form} if {odd!r} is {day([odd], form)[0].strftime('%-d %B %Y')}" for form in (first, other))
    return f"{OPEN}{one}, {two}"


def _is_of(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def _fits(values: "pd.Series[str]", form: str) -> bool:
    read = pd.Series(day(values, form))
    return bool(read.notna().all() and read.between(*YEARS).all())
