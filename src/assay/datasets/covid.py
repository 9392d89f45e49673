"""What only the COVID-19 tests know: what becomes of two results of one person on one day."""

import pandas as pd

from assay.records.changes import WHOLE_RECORD, Change, change
from assay.records.columns import CODE, RECORD_ID

SAME_DAY = ["subject_id", "pan_day"]
POSITIVE, NEGATIVE = "positive", "negative"


def repair(records: pd.DataFrame) -> tuple[pd.DataFrame, list[Change]]:
    """Drop the negative results of a person who tested positive on the same day: the swab missed what another found."""
    both = [
        records[CODE].eq(result).groupby([records[name] for name in SAME_DAY]).transform("any")
        for result in (POSITIVE, NEGATIVE)
    ]
    missed = both[0] & both[1] & (records[CODE] == NEGATIVE)
    ids = records.loc[missed, RECORD_ID].tolist()
    why = "the same person tested positive on the same day"
    return records[~missed], [change("discordant_same_day", WHOLE_RECORD, "drop record", ids, why)]
