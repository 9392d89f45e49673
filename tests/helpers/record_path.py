"""The features of raw records by `prepare` and `features` alone, in batches, beside those that the line made."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from assay.config.load import load
from assay.paths import FEATURES, RAW, SPLIT, fold
from assay.preparation.features import categorised, features, vocabularies
from assay.preparation.prepare import Preparer
from assay.preparation.reduced_contract import collected
from assay.preparation.request import request_contract, without_optional
from assay.records.columns import RECORD_ID
from assay.records.folds import FOLDS, TRAIN
from assay.records.formats import raw_file
from assay.records.reading import read
from assay.tables import write_table


def batches(raw: pd.DataFrame, size: int, seed: int) -> Iterator[pd.DataFrame]:
    """The records in batches of `size`, in an order of chance."""
    order = np.random.default_rng(seed).permutation(len(raw))
    for start in range(0, len(order), size):
        yield raw.iloc[order[start : start + size]]


def by_itself(line: Path, rows: slice, size: int, *, labelled: bool = True) -> pd.DataFrame:
    """The features of these rows of the raw file, by record id; each batch knows nothing of the others.

    Without labels they are prepared as requests are.
    """
    config, raw = load(line / "params.yaml"), read(raw_file(line / RAW)).iloc[rows]
    if not labelled:
        raw = raw.drop(columns=config.dataset.target)
    request = without_optional(request_contract(collected(config.dataset), derived=True))
    found, prepare = [], Preparer(config.dataset, None if labelled else request)
    for batch in batches(raw, size, seed=size):
        records = prepare(batch, "batch").records
        found.append(features(records.set_index(RECORD_ID), config.dataset, config.features))
    return pd.concat(found)


def differences(line: Path, table: pd.DataFrame, scratch: Path) -> list[str]:
    """The folds whose table is not, byte for byte, what the line made of the same records."""
    made = {name: pd.read_parquet(fold(line / FEATURES, name)) for name in FOLDS}
    train = pd.read_parquet(fold(line / SPLIT, TRAIN))[RECORD_ID]
    vocabulary = vocabularies(table.loc[train[train.isin(table.index)]])
    differing = []
    for name, expected in made.items():
        ids = expected.loc[expected[RECORD_ID].isin(table.index), RECORD_ID]
        write_table(scratch / "found.parquet", categorised(table.loc[ids], vocabulary).reset_index())
        write_table(scratch / "expected.parquet", expected.set_index(RECORD_ID).loc[ids].reset_index())
        if (scratch / "found.parquet").read_bytes() != (scratch / "expected.parquet").read_bytes():
            differing.append(name)
    return differing
