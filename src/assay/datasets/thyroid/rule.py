"""The clinical hand rule: which laboratory sheets a careful reader would send for a second look."""

import pandas as pd

HIGH_TSH, LOW_FTI = 6.0, 65.0
LOW_TSH, HIGH_FTI, HIGH_T3 = 0.3, 155.0, 2.9


def suspicious(features: pd.DataFrame) -> "pd.Series[bool]":
    """True for each record whose results fit overt hypo- or hyperthyroidism; the index of `features`.

    features: TSH (mU/L), FTI and T3 (nmol/L), float64; a column that is not there counts as missing. Hypothyroid: TSH
    above 6 with FTI below 65 or missing. Hyperthyroid: FTI above 155 or T3 above 2.9, with TSH at most 0.3 or missing.

    >>> suspicious(pd.DataFrame({"TSH": [10.0, 1.5, 0.1], "FTI": [60.0, 100.0, 160.0]})).tolist()
    [True, False, True]
    """
    results = features.reindex(columns=["TSH", "FTI", "T3"])
    tsh, fti, t3 = results["TSH"], results["FTI"], results["T3"]
    hypothyroid = (tsh > HIGH_TSH) & ((fti < LOW_FTI) | fti.isna())
    hyperthyroid = ((fti > HIGH_FTI) | (t3 > HIGH_T3)) & ((tsh <= LOW_TSH) | tsh.isna())
    return hypothyroid | hyperthyroid
