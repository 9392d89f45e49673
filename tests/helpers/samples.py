"""Small raw tables that obey the thyroid contract, and the repository's root."""

import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assay.config.dataset import Dataset
from assay.config.load import load
from assay.config.load import plain as committed

ROOT = Path(__file__).parents[2]
THYROID: Dataset = load(ROOT / "params.yaml").dataset
STAGES = [
    "clean",
    "annotate",
    "split",
    "profile",
    "featurize",
    "train",
    "audit",
    "evaluate",
    "cards",
    "review",
]  # after collect
LABS = ("TSH", "T3", "TT4", "T4U", "FTI", "TBG")
MEASURED = tuple(f"{lab}_measured" for lab in LABS)
FLAGS = tuple(name for name, column in THYROID.columns.items() if column.type == "flag" and name not in MEASURED)
REFERRAL_SOURCES = tuple(THYROID.columns["referral_source"].values)


def plain(**changes: Any) -> dict[str, Any]:
    """The committed configuration with `a__b=value` put at a.b."""
    config = deepcopy(committed(ROOT / "params.yaml"))
    for key, value in changes.items():
        *above, last = key.split("__")
        place = config
        for name in above:
            place[name] = place.get(name) or {}
            place = place[name]
        place[last] = deepcopy(value)
    return config


def raw_record(record_id: str, **values: str) -> dict[str, str]:
    """One raw thyroid record as texts: a healthy woman of 40 with every result but TBG, changed by `values`.

    `X_measured` follows from whether X stands there.
    """
    record = {
        "patient_id": record_id,
        "age": "40",
        "sex": "F",
        **dict.fromkeys(FLAGS, "f"),
        **dict(zip(LABS, ("1.5", "2.0", "100", "1.0", "100", ""), strict=True)),
        "referral_source": "other",
        "target": "-",
        **values,
    }
    measured = {flag: "t" if record[lab] else "f" for lab, flag in zip(LABS, MEASURED, strict=True)}
    return {**measured, **record}


def raw_table(*records: dict[str, str]) -> pd.DataFrame:
    """A raw table as `clean` reads it: every value a text."""
    return pd.DataFrame(list(records), dtype="str")


def synthetic_raw(n: int = 420, seed: int = 0) -> pd.DataFrame:
    """n raw records from 1985 to 1987: a tenth hypothyroid, some ungradable or treated, gaps everywhere."""
    generator = np.random.default_rng(seed)
    days = pd.date_range("1985-01-01", "1987-01-19", periods=n).strftime("%y%m%d")
    records = []
    for number, day in enumerate(days):
        ill, odd = generator.random() < 0.1, generator.random()
        values = {
            "age": str(generator.integers(1, 97)),
            "sex": generator.choice(["F", "M", ""], p=[0.6, 0.35, 0.05]),
            "TSH": f"{generator.lognormal(2.5 if ill else 0.5, 0.8):.3f}",
            "T3": generator.choice(["", f"{generator.normal(2, 0.4):.2f}"]),
            "FTI": f"{max(2, generator.normal(55 if ill else 105, 15)):.1f}",
            "TBG": "30" if odd > 0.95 else "",
            "on_thyroxine": "t" if odd < 0.05 else "f",
            "referral_source": generator.choice(REFERRAL_SOURCES),
            "target": "F" if ill else ("R" if 0.05 < odd < 0.1 else "-"),
        }
        records.append(raw_record(f"{day}{number:03}", **values))
    return raw_table(*records)


def forget_statements() -> None:
    """What the stages said of the files here: for a test that writes one itself."""
    shutil.rmtree("data/lineage")


def calibrated(n: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Labels drawn with the probability that the logit says, and scores that are twice too extreme."""
    generator = np.random.default_rng(seed)
    logit = generator.normal(-1, 1, n)
    y = (generator.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    return y, 1 / (1 + np.exp(-2 * logit))
