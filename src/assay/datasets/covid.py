"""The COVID-19 tests: one person may have two different results on one day."""

import pandas as pd

from assay.records.changes import WHOLE_RECORD, Change, change
from assay.records.columns import CODE, RECORD_ID

SAME_DAY = ["subject_id", "pan_day"]
POSITIVE, NEGATIVE = "positive", "negative"


def summarise(records: pd.DataFrame) -> pd.DataFrame:
    """The columns `SAME_DAY` of the persons and days with a positive result."""
    return records.loc[records[CODE] == POSITIVE, SAME_DAY].drop_duplicates()


def repair(records: pd.DataFrame, summary: pd.DataFrame) -> tuple[pd.DataFrame, list[Change]]:
    """Drop the negative results of people who tested positive on the same day: that swab missed the virus.

    records: `record_id`, `code`, `subject_id` and `pan_day`. summary: from `summarise`.

    >>> pairs = pd.DataFrame({"record_id": ["1", "2"], "code": [NEGATIVE, POSITIVE], "subject_id": "a", "pan_day": 3})
    >>> repair(pairs, summarise(pairs))[0]["record_id"].tolist()
    ['2']
    """
    positive = pd.MultiIndex.from_frame(summary)
    missed = pd.MultiIndex.from_frame(records[SAME_DAY]).isin(positive) & (records[CODE] == NEGATIVE).to_numpy()
    ids = records.loc[missed, RECORD_ID].tolist()
    why = "the same person tested positive on the same day"
    return records[~missed], [change("discordant_same_day", WHOLE_RECORD, "drop record", ids, why)]
