"""Tables to sample from, written in different ways, and what must come out by an independent reckoning."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from assay.config.sample import Sample
from assay.sampling.allocation import allocate


def source_table(n: int = 30_000, seed: int = 0) -> pd.DataFrame:
    """n rows: a text key, a day, a site with gaps, a code that is positive in one of 100, numbers that go with it."""
    generator = np.random.default_rng(seed)
    code = np.where(generator.random(n) < 0.01, generator.choice(["F", "H"], n), "-")
    table = pd.DataFrame(
        {
            "key": [f"r{number:08}" for number in generator.permutation(n)],
            "day": pd.to_datetime("1985-01-01") + pd.to_timedelta(generator.integers(0, 365, n), "D"),
            "site": generator.choice(["STMW", "SVI", "other", None], n, p=[0.5, 0.3, 0.15, 0.05]),
            "code": code,
            "TSH": np.round(generator.lognormal(0.5 + 2 * (code != "-"), 1), 3),
            "T3": np.where(generator.random(n) < 0.3, np.nan, np.round(generator.normal(2, 0.5, n), 2)),
            "visits": generator.integers(0, 9, n),
            "sick": generator.random(n) < 0.1,
        }
    )
    return table.assign(day=table["day"].astype("datetime64[s]"))


def write_files(table: pd.DataFrame, folder: Path, files: int = 1, seed: int | None = None, rows: int = 10_000) -> Path:
    """The table in a folder of so many files, in row groups of `rows`; with `seed`, the rows shuffled first."""
    folder.mkdir(parents=True)
    if seed is not None:
        table = table.iloc[np.random.default_rng(seed).permutation(len(table))]
    for number, part in enumerate(np.array_split(np.arange(len(table)), files)):
        table.iloc[part].to_parquet(folder / f"part-{number}.parquet", index=False, row_group_size=rows)
    return folder


def expected(table: pd.DataFrame, spec: Sample) -> dict[object, float]:
    """Key to weight of each row of the sample, by plain Python and hashlib."""
    rows: dict[tuple[str | None, ...], list] = {}
    told = [spec.key, *filter(None, (spec.label, spec.time)), *spec.strata]
    for record in table[told].to_dict("records"):
        rows.setdefault(stratum(record, spec), []).append(record[spec.key])
    order = sorted(rows, key=lambda values: [(value is not None, value or "") for value in values])
    whole = [spec.keep_positives and values[0] == "true" for values in order]
    shares = allocate([len(rows[one]) for one in order], spec.rows, at_least=spec.min_per_stratum, whole=whole)
    drawn = {}
    for one, share in zip(order, shares, strict=True):
        placed = sorted(rows[one], key=lambda key: hashlib.md5(f"{spec.seed}:{key}".encode()).hexdigest())
        drawn |= {key: len(placed) / share for key in placed[:share]}
    return drawn


def stratum(record: dict, spec: Sample) -> tuple[str | None, ...]:
    """The stratum of a row."""
    values = []
    if spec.label:
        value = record[spec.label]
        values.append(None if pd.isna(value) else str(value in spec.positive).lower())
    if spec.time:
        day = record[spec.time]
        values.append(None if pd.isna(day) else f"{day:%Y-%m}")
    return (*values, *(None if pd.isna(record[name]) else str(record[name]) for name in spec.strata))
