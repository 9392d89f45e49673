"""Reads dates and times, to the second."""

from typing import Any

import pandas as pd

ZONE = r"\s*(?:[Zz]|UTC|[+-]\d{2}:?\d{2})$"


def day(each: Any, form: str) -> Any:
    """Texts (or None) as datetime64[s]: missing what is not of this format.

    A zone at the end, `%z`, must be there and is left out: a time is what the clock showed.
    """
    if form.endswith("%z"):
        texts = pd.Series(each, dtype="str")
        each, form = texts.str.replace(ZONE, "", regex=True).where(texts.str.contains(ZONE)), form[:-2].rstrip()
    return pd.to_datetime(each, format=form, errors="coerce").astype("datetime64[s]").array


def seconds(raw: pd.Series) -> Any:
    """Times as datetime64[s], as the clock showed them in the zone that they name; a part of a second is dropped."""
    return raw.dt.tz_localize(None).dt.floor("s").astype("datetime64[s]").array
