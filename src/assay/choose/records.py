"""The records of train and validation with the features that a candidate asks for; the test fold is not read."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple

import pandas as pd

from assay.choose.candidates import Candidate
from assay.config.load import plain
from assay.errors import AssayError
from assay.files import md5
from assay.lineage.checks import Known, require, require_order
from assay.lineage.graph import graph
from assay.modelling.records import Records, joined, labelled
from assay.paths import CLEANED, SPLIT, fold
from assay.preparation.features import categorised, features, vocabularies
from assay.records.columns import RECORD_ID
from assay.records.folds import TRAIN, VALIDATION
from assay.tables import read_table

SOURCES = (CLEANED, fold(SPLIT, TRAIN), fold(SPLIT, VALIDATION))
READER = "featurize"  # the stage that reads the same files


def of_candidates(candidates: Sequence[Candidate]) -> dict[str, Records]:
    """The records of each candidate by its name: all alike but for the features, and one object where these are equal.

    AssayError if the files are not what params.yaml and the code give, or a candidate leaves out what is no feature.
    """
    require_up_to_date()
    labels = {name: read_table(fold(SPLIT, name)).set_index(RECORD_ID) for name in (TRAIN, VALIDATION)}
    cleaned = read_table(CLEANED).set_index(RECORD_ID)
    made: dict[str, Records] = {}
    for one in candidates:
        if (key := _features(one)) not in made:
            found = _records(cleaned, labels, one)
            made[key] = next((other for other in made.values() if other.X.equals(found.X)), found)
    return {one.name: made[_features(one)] for one in candidates}


def distinct(candidates: Sequence[Candidate], records: Mapping[str, Records]) -> list[Candidate]:
    """The candidates without those that repeat an earlier one: the same model and search, on equal features.

    records: as `of_candidates` gives them. Sets of features with other names may select the same columns.
    """
    found: dict[tuple[str, int], Candidate] = {}
    for one in candidates:
        found.setdefault((repr((one.model, one.tuning)), id(records[one.name])), one)
    return list(found.values())


def hashes() -> dict[str, str]:
    """The MD5 of each file that candidates are judged on, by path; AssayError if one is missing."""
    return {path.as_posix(): md5(path) for path in SOURCES}


def require_up_to_date() -> None:
    """AssayError unless the files are as their stages made them, from the present params.yaml, code and labels."""
    require(*SOURCES)
    require_order(Known(graph()), READER, plain(), when="since the data were made")


def _features(one: Candidate) -> str:
    return repr(astuple(one.config.features))


def _records(cleaned: pd.DataFrame, labels: dict[str, pd.DataFrame], one: Candidate) -> Records:
    """As `featurize` makes them, without the test fold."""
    ids = labels[TRAIN].index.append(labels[VALIDATION].index)
    try:
        table = features(cleaned.loc[ids], one.config.dataset, one.config.features)
    except AssayError as error:
        raise AssayError(f"{one.name}: {error.what}", where=error.where, todo=error.todo) from error
    vocabulary = vocabularies(table.loc[labels[TRAIN].index])
    folds = [labelled(categorised(table.loc[part.index], vocabulary), part) for part in labels.values()]
    return joined(*folds)
