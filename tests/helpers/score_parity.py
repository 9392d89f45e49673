"""What `assay score` gives for every record of a line's raw file, beside what the line gave."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from assay.bundle.loading import Bundle
from assay.paths import FEATURES, LABELS, fold
from assay.records.columns import RECORD_ID
from assay.records.folds import FOLDS
from assay.scoring.scorer import POPULATION
from assay.tables import read_table

SCORED = ""


def line_says(line: Path, bundle: Bundle) -> pd.DataFrame:
    """By record id: the score by the features of the line (NaN without), and why the line excludes the record."""
    features = pd.concat([read_table(fold(line / FEATURES, name)) for name in FOLDS]).set_index(RECORD_ID)
    scores = pd.Series(bundle.score(features), features.index, name="score")
    excluded = read_table(line / LABELS, [RECORD_ID, "excluded"]).set_index(RECORD_ID)["excluded"]
    return pd.concat([scores, excluded], axis="columns")


def differences(line: Path, bundle: Bundle, out: pd.DataFrame) -> Counter[str]:
    """How many records have another score or reason, by what the line and `assay score` say.

    out: the rows of a file of scores. A record that the line dropped, as it does with repeats, is
    "dropped by the line"; the scores of ungradable ones, which the line gives in the test fold, are not compared.
    """
    expected = line_says(line, bundle).reindex(out[RECORD_ID])
    said = expected["excluded"].fillna("dropped by the line").to_numpy("object")
    here = out["not_scored"].str.removeprefix(f"{POPULATION}: ").to_numpy("object")
    differing = (said != here) | ((said == SCORED) & ~_same_bits(expected["score"], out["score"]))
    pairs = zip(said[differing], here[differing], strict=True)
    return Counter(f"{one or 'scored'} / {other or 'scored'}" for one, other in pairs)


def _same_bits(one: pd.Series, other: pd.Series) -> np.ndarray:
    return one.to_numpy("float64").view("int64") == other.to_numpy("float64").view("int64")
