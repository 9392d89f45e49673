"""Reads dates and times, to the second."""

from typing import Any

import pandas as pd


def day(each: Any, form: str) -> Any:
    """Texts (or None) as datetime64[s]: missing what is not of this format."""
    return pd.to_datetime(each, format=form, errors="coerce").astype("datetime64[s]").array


def seconds(raw: pd.Series) -> Any:
    """Times as datetime64[s], as the clock showed them in the zone that they name; a part of a second is dropped."""
    return raw.dt.tz_localize(None).dt.floor("s").astype("datetime64[s]").array
