"""Who is screened, and the groups by which results are reported."""

import pandas as pd

from assay.datasets.thyroid.columns import LABS, TREATMENTS

AGE_BANDS = {"under 40": (0, 40), "40 to 59": (40, 60), "60 to 74": (60, 75), "75 and over": (75, 200)}
NO_RESULT = "no laboratory result"


def exclusions(records: pd.DataFrame) -> "pd.Series[str]":
    """Why a record is outside the population, the first reason that holds, or "".

    Screening looks for disease that nobody knows of yet, so treated people are outside; without any
    laboratory result there is nothing to judge by.
    """
    reason = pd.Series("", index=records.index, dtype="str")
    for treatment in reversed(TREATMENTS):
        reason = reason.mask(records[treatment], f"treated: {treatment}")
    unmeasured = records[list(LABS)].isna().all(axis=1)
    return reason.mask((reason == "") & unmeasured, NO_RESULT)


def slices(records: pd.DataFrame) -> pd.DataFrame:
    """Sex, age band and referral source of each record, as texts; "unknown" where missing."""
    age = pd.Series("unknown", index=records.index, dtype="str")
    for band, (low, high) in AGE_BANDS.items():
        age = age.mask(records["age"].ge(low) & records["age"].lt(high), band)
    return pd.DataFrame(
        {
            "sex": records["sex"].astype("str").fillna("unknown"),
            "age": age,
            "referral_source": records["referral_source"].astype("str").fillna("unknown"),
        }
    )
