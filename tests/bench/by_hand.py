"""The steps from raw table to model as one would write them in pandas: what bench_scale.py measures the line beside.

python by_hand.py ROUNDS, in a folder with data/raw/records.parquet of thyroid records. No log, no quarantine, no
report, no check that says where a fault is; the whole table is in memory.
"""

import sys

import numpy as np
import pandas as pd
import xgboost

from assay.datasets.thyroid.features import HISTORY, LABS, derived

RANGES = {"age": 120, "TSH": 1000, "T3": 100, "TT4": 1000, "T4U": 10, "FTI": 2000, "TBG": 1000}
POSITIVE, UNGRADABLE = "[ABCDEFH]", "R"
VALIDATION_FROM = "1986-01-01"
MODEL = {"objective": "binary:logistic", "tree_method": "hist", "max_depth": 4, "learning_rate": 0.03, "subsample": 0.8}


def main(rounds: int) -> None:
    """Read, clean, label, divide, make features and fit."""
    X, y = features(labelled(cleaned(pd.read_parquet("data/raw/records.parquet"))))
    matrix = xgboost.QuantileDMatrix(X, y, enable_categorical=True)
    xgboost.train(MODEL, matrix, rounds).save_model("model.ubj")


def cleaned(raw: pd.DataFrame) -> pd.DataFrame:
    """Typed records with values in range, each key and each record once, in the order of their keys."""
    assert raw["patient_id"].is_unique
    for name, most in RANGES.items():
        numbers = pd.to_numeric(raw[name], errors="coerce")
        raw[name] = numbers.where(numbers.between(0, most))
    for name in HISTORY:
        raw[name] = raw[name].eq("t")
    raw["sex"] = raw["sex"].where(raw["sex"].isin(["F", "M"])).astype("category")
    raw["date"] = pd.to_datetime(raw["patient_id"].str[:6], format="%y%m%d")
    records = raw.sort_values("patient_id", ignore_index=True)
    return records[~records.duplicated(records.columns.difference(["patient_id", "date"]).tolist())]


def labelled(records: pd.DataFrame) -> pd.DataFrame:
    """The records of train, the earliest, with their labels."""
    code = records["target"].str.rsplit("|", n=1).str[-1]
    known = records.assign(label=code.str.contains(POSITIVE))[~code.str.contains(UNGRADABLE)]
    return known[known["date"] < VALIDATION_FROM].sort_values("date", kind="stable")


def features(records: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """What the model learns from."""
    X = pd.concat([records[["age", "sex", *LABS, *HISTORY]], derived(records)], axis=1)
    return X, records["label"].to_numpy("int8")


if __name__ == "__main__":
    main(int(sys.argv[1]))
