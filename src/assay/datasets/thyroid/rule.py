"""The clinical hand rule: what a careful reader of the laboratory sheet would send for a second look."""

import pandas as pd

HIGH_TSH, LOW_FTI = 6.0, 65.0
LOW_TSH, HIGH_FTI, HIGH_T3 = 0.3, 155.0, 2.9


def suspicious(features: pd.DataFrame) -> "pd.Series[bool]":
    """True where the results fit overt hypo- or hyperthyroidism.

    Hypothyroid: TSH above 6 mU/L with FTI below 65, or no FTI. Hyperthyroid: FTI above 155 or T3 above
    2.9 nmol/L, unless TSH contradicts it (a missing TSH does not). A result that is no feature is missing.
    """
    results = features.reindex(columns=["TSH", "FTI", "T3"])
    tsh, fti, t3 = results["TSH"], results["FTI"], results["T3"]
    hypothyroid = (tsh > HIGH_TSH) & ((fti < LOW_FTI) | fti.isna())
    hyperthyroid = ((fti > HIGH_FTI) | (t3 > HIGH_T3)) & ((tsh <= LOW_TSH) | tsh.isna())
    return hypothyroid | hyperthyroid
