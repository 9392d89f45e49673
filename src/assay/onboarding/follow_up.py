"""Columns that may say how long a record was seen, so that no event by then is no answer: it may have come later."""

import re

import pandas as pd

FOLLOWED = (
    r"fu|follow[ _.-]?up|surv|survival|event|observ(ed|ation)|os|pfs|dfs|rfs|efs|censor(ing|ed)?|exit|stop|end|life"
)
DURATION = r"time|days|weeks|months|years|yrs|period|duration|length"
NAME = re.compile(
    rf"({FOLLOWED})[ _.-]?({DURATION})|"
    r"(time|days|weeks|months|years)[ _.-]?to[ _.-]?\w+|[a-z]{0,2}time|follow[ _.-]?up|tenure|duration|stop|exit|"
    r"(os|pfs|dfs|rfs|efs)",
    re.IGNORECASE,
)
FOLLOW_UP = "if it says how long a record was seen, or when the event came, it is no feature: set role leak"
FEWEST = 6  # different times, at least


def times(raw: pd.DataFrame) -> list[str]:
    """The columns of a table of texts that are called like a follow-up, and whose values are numbers from 0."""
    return [str(name) for name in raw if NAME.fullmatch(str(name).strip()) and _are_times(raw[name])]


def _are_times(text: "pd.Series[str]") -> bool:
    values = pd.to_numeric(text, errors="coerce").dropna()
    return values.nunique() >= FEWEST and bool((values >= 0).all())
