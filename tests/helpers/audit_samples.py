"""A small clean line as evidence for the audit, and the leaks that can be planted into it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from assay.audit.evidence import Evidence
from assay.records.folds import FOLDS, TEST, TRAIN, VALIDATION

SIZES = {TRAIN: 900, VALIDATION: 300, TEST: 400}
Compute = Callable[[pd.DataFrame], pd.DataFrame]


def features(records: pd.DataFrame) -> pd.DataFrame:
    """Each from its own record: three results, a ratio, age and sex."""
    return records[["age", "sex", "TSH", "FTI", "T3"]].assign(ratio=(records["TSH"] / records["FTI"]).round(6))


def clean(seed: int = 0) -> Evidence:
    """1,600 records in order of time, an eighth of them positive, with gaps; nothing leaks."""
    generator = np.random.default_rng([seed, 1985])
    n = sum(SIZES.values())
    y = generator.random(n) < 0.125
    records = pd.DataFrame(
        {
            "date": pd.date_range("1985-01-01", periods=n, freq="12h").normalize(),
            "age": generator.integers(1, 97, n).astype(float),
            "sex": pd.Categorical(generator.choice(["F", "M"], n)),
            "TSH": generator.lognormal(0.5 + 1.5 * y, 1).round(3),
            "FTI": generator.normal(100 - 20 * y, 15).round(1),
            "T3": generator.normal(2, 0.4, n).round(2),
            "biopsy": generator.normal(2.0 * y, 1).round(2),
            "code": np.where(y, "F", "-"),
        },
        index=pd.Index([f"{10000 + 7 * number:08}" for number in range(n)], name="record_id"),
    )
    for column, share in (("TSH", 0.1), ("FTI", 0.3)):
        records.loc[generator.random(n) < share, column] = np.nan
    return line(records, pd.Series(y, index=records.index), generator, features)


def line(records: pd.DataFrame, y: "pd.Series[bool]", generator: np.random.Generator, compute: Compute) -> Evidence:
    """The tables that the stages would write for these records, split by time."""
    annotated = pd.DataFrame({"label": y, "excluded": "", "date": records["date"]})
    edges = np.cumsum([0, *SIZES.values()])
    folds = {name: annotated.iloc[edges[i] : edges[i + 1]] for i, name in enumerate(FOLDS)}
    scores = pd.Series(np.round(1 / (1 + np.exp(2 - 3 * y - generator.normal(0, 1, len(y)))), 6), index=y.index)
    scored = pd.DataFrame({"label": y, "score": scores})
    return Evidence(
        records=records,
        annotated=annotated,
        folds=folds,
        features={name: compute(records).loc[fold.index] for name, fold in folds.items()},
        out_of_fold=scored.iloc[: edges[2]],
        test=scored.iloc[edges[2] :],
        recompute=compute,
        outcome=("code", "label", "biopsy"),
        identity=("record_id", "date"),
        by_time=True,
    )


def with_fold(evidence: Evidence, name: str, table: pd.DataFrame) -> Evidence:
    """Another table for a fold."""
    return replace(evidence, folds={**evidence.folds, name: table})


def with_features(evidence: Evidence, compute: Compute) -> Evidence:
    """Features as `compute` makes them, everywhere."""
    table = compute(evidence.records)
    made = {name: table.loc[fold.index] for name, fold in evidence.folds.items()}
    return replace(evidence, features=made, recompute=compute)


def with_feature(evidence: Evidence, **made: Callable[[pd.DataFrame], Any]) -> Evidence:
    """One more feature, or several, each a function of the records."""

    def compute(records: pd.DataFrame) -> pd.DataFrame:
        more = pd.DataFrame({name: make(records) for name, make in made.items()}, index=records.index)
        return pd.concat([features(records).drop(columns=list(made), errors="ignore"), more], axis=1)

    return with_features(evidence, compute)


def with_column(evidence: Evidence, **made: Callable[[pd.DataFrame], Any]) -> Evidence:
    """One more column of the table that is a feature, or several, each a function of the records."""
    records = evidence.records.assign(**{name: make(evidence.records) for name, make in made.items()})
    return with_features(
        replace(evidence, records=records), lambda table: features(table).assign(**{n: table[n] for n in made})
    )


def positive(records: pd.DataFrame) -> np.ndarray:
    """1.0 where the record is positive."""
    return (records["code"] == "F").to_numpy(dtype=float)


def noise(records: pd.DataFrame) -> np.ndarray:
    """A number for each record that depends on its id alone, like a normal one."""
    return np.array([np.random.default_rng(int(name)).standard_normal() for name in records.index])
