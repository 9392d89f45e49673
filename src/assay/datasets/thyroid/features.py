"""Derived features of a thyroid record, each computed from that record alone: nothing is fitted."""

import numpy as np
import pandas as pd

from assay.datasets import Title

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
# The assay's lower detection limit, in mU/L: keeps the logarithm finite.
TSH_FLOOR = 0.005
DECIMALS = 6
TITLES = {
    "log_TSH": Title("TSH", logarithm=True),
    "log_FTI": Title("FTI", logarithm=True),
    "log_T3": Title("T3", logarithm=True),
    "log_TT4": Title("TT4", logarithm=True),
    "log_TSH_plus_log_FTI": Title("TSH x FTI", logarithm=True),
    "log_TSH_minus_log_FTI": Title("TSH / FTI", logarithm=True),
    "log_T3_per_TT4": Title("T3 / TT4", logarithm=True),
    "log_T3_per_FTI": Title("T3 / FTI", logarithm=True),
    "FTI_residual": Title("FTI / (TT4 / T4U)", logarithm=True),
    "n_labs": Title("number of results"),
    "n_flags": Title("number of history entries"),
}


def derived(records: pd.DataFrame) -> pd.DataFrame:
    """Logarithms, ratios and counts: eleven float64 columns with the index of `records`.

    records: the columns `LABS` (float64, in the units of the contract) and `HISTORY` (bool). A feature is missing if
    one of its results is, or is 0 (but for TSH). Low FTI with high TSH indicates hypothyroidism, high FTI with low TSH
    hyperthyroidism; in health log TSH against log FTI is close to a line. Values are rounded, because the last bit of a
    logarithm depends on the processor.

    >>> results = dict(zip(LABS, (10.0, 2.0, 60.0, 1.0, 60.0, np.nan)))
    >>> records = pd.DataFrame([results | dict.fromkeys(HISTORY, False)])
    >>> derived(records)[["log_TSH", "log_TSH_minus_log_FTI", "n_labs"]]
        log_TSH  log_TSH_minus_log_FTI  n_labs
    0  2.302585              -1.791759     5.0
    """
    column = {name: records[name].to_numpy() for name in (*LABS, *HISTORY)}  # arrays: a request is a single record
    log_tsh = np.log(column["TSH"].clip(min=TSH_FLOOR))
    log_t3, log_tt4, log_t4u, log_fti = (_log(column[name]) for name in ("T3", "TT4", "T4U", "FTI"))
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


def _log(values: np.ndarray) -> np.ndarray:
    """The logarithm; missing for a result of 0, which says that it was below what the assay detects."""
    return np.log(np.where(values > 0, values, np.nan))
