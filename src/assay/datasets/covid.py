"""What only the COVID-19 tests know: what becomes of two results of one person on one day."""

import pandas as pd

from assay.records.changes import WHOLE_RECORD, Change, change
from assay.records.columns import CODE, RECORD_ID

SAME_DAY = ["subject_id", "pan_day"]
POSITIVE, NEGATIVE = "positive", "negative"


def summarise(records: pd.DataFrame) -> pd.DataFrame:
    """The persons and days with a positive result: the columns `SAME_DAY`."""
    return records.loc[records[CODE] == POSITIVE, SAME_DAY].drop_duplicates()


def repair(records: pd.DataFrame, summary: pd.DataFrame) -> tuple[pd.DataFrame, list[Change]]:
    """Drop the negative results of a person who tested positive on the same day: the swab missed what another found."""
    positive = pd.MultiIndex.from_frame(summary)
    missed = pd.MultiIndex.from_frame(records[SAME_DAY]).isin(positive) & (records[CODE] == NEGATIVE).to_numpy()
    ids = records.loc[missed, RECORD_ID].tolist()
    why = "the same person tested positive on the same day"
    return records[~missed], [change("discordant_same_day", WHOLE_RECORD, "drop record", ids, why)]
