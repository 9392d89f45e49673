"""Derived features of a thyroid record, each a function of that one record: nothing is fitted."""

import numpy as np
import pandas as pd

LABS = ["TSH", "T3", "TT4", "T4U", "FTI", "TBG"]
HISTORY = [
    "query_on_thyroxine",
    "sick",
    "pregnant",
    "query_hypothyroid",
    "query_hyperthyroid",
    "lithium",
    "goitre",
    "tumor",
    "hypopituitary",
    "psych",
]
# Floors and units keep logarithms finite: the assays' lower detection limits, and 1 for none.
TSH_FLOOR = 0.005
DECIMALS = 6


def derived(records: pd.DataFrame) -> pd.DataFrame:
    """Logarithms, ratios and counts.

    A low FTI with a high TSH is hypothyroidism, a high one with a low TSH hyperthyroidism: the feedback loop
    makes log TSH against log FTI close to a line in health. Rounded, so that the last bit of a processor's
    logarithm is no part of the data.
    """
    column = {name: records[name].to_numpy() for name in (*LABS, *HISTORY)}  # arrays: a request is a single record
    log_tsh = np.log(column["TSH"].clip(min=TSH_FLOOR))
    log_t3, log_tt4, log_t4u, log_fti = (np.log(column[name]) for name in ("T3", "TT4", "T4U", "FTI"))
    table = {
        "log_TSH": log_tsh,
        "log_FTI": log_fti,
        "log_T3": log_t3,
        "log_TT4": log_tt4,
        "log_TSH_plus_log_FTI": log_tsh + log_fti,
        "log_TSH_minus_log_FTI": log_tsh - log_fti,
        "log_T3_per_TT4": log_t3 - log_tt4,
        "log_T3_per_FTI": log_t3 - log_fti,
        "FTI_residual": log_fti - (log_tt4 - log_t4u),
        "n_labs": np.sum([~np.isnan(column[name]) for name in LABS], axis=0, dtype="float64"),
        "n_flags": np.sum([column[name] for name in HISTORY], axis=0, dtype="float64"),
    }
    return pd.DataFrame({name: values.round(DECIMALS) for name, values in table.items()}, index=records.index)
