"""The records of train and validation with the features that a candidate asks for; the test fold is not read."""

from dataclasses import astuple

import pandas as pd

from assay.choose.candidates import Candidate
from assay.config.dataset import Dataset
from assay.config.schema import Features
from assay.files import md5, read_table
from assay.lineage.checks import require
from assay.modelling.records import Records, joined, labelled
from assay.paths import CLEANED, SPLIT, fold
from assay.preparation.features import categorised, features, vocabularies
from assay.records.columns import RECORD_ID
from assay.records.folds import TRAIN, VALIDATION

SOURCES = (CLEANED, fold(SPLIT, TRAIN), fold(SPLIT, VALIDATION))


def of_candidates(candidates: list[Candidate]) -> dict[str, Records]:
    """The records of each candidate by its name: all alike but for the features."""
    require(*SOURCES)
    labels = {name: read_table(fold(SPLIT, name)).set_index(RECORD_ID) for name in (TRAIN, VALIDATION)}
    cleaned = read_table(CLEANED).set_index(RECORD_ID)
    made: dict[str, Records] = {}
    for one in candidates:
        key = repr(astuple(one.config.features))
        made[key] = made.get(key) or _records(cleaned, labels, one.config.dataset, one.config.features)
    return {one.name: made[repr(astuple(one.config.features))] for one in candidates}


def hashes() -> dict[str, str]:
    """The MD5 of each file that candidates are judged on, by path."""
    return {path.as_posix(): md5(path) for path in SOURCES}


def _records(cleaned: pd.DataFrame, labels: dict[str, pd.DataFrame], dataset: Dataset, config: Features) -> Records:
    """As `featurize` makes them, without the test fold."""
    ids = labels[TRAIN].index.append(labels[VALIDATION].index)
    table = features(cleaned.loc[ids], dataset, config)
    vocabulary = vocabularies(table.loc[labels[TRAIN].index])
    folds = [labelled(categorised(table.loc[part.index], vocabulary), part) for part in labels.values()]
    return joined(*folds)
