"""audit: stop the line if it leaks, before any result is published.

Like `evaluate` it reads the labels of the test fold and only judges: nothing that learns or chooses depends on it.
"""

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from assay.audit.checks import as_data, audit, refuse, remarks
from assay.audit.evidence import Evidence, identity, outcome, own_features
from assay.config.dataset import cleaned_name
from assay.config.schema import Config
from assay.config.start import stage
from assay.errors import warn
from assay.files import read_table, write_json
from assay.joins.future import entered
from assay.joins.raw import joiner
from assay.paths import AUDIT, CLEANED, FEATURES, LABELS, PREDICTIONS, RAW, SPLIT, fold
from assay.preparation.features import categorised, features, vocabularies
from assay.records.columns import RECORD_ID
from assay.records.folds import FOLDS, TEST, TIME
from assay.records.formats import raw_file
from assay.records.reading import read
from assay.records.tables import read_features

if TYPE_CHECKING:
    from assay.config.dataset import Dataset


@stage
def main(config: Config) -> None:
    """Read all tables of the line, write reports/audit.json; AssayError, and nothing written, if there is a leak."""
    verdicts = audit(read_evidence(config), config.audit.accept)
    for remark in remarks(verdicts):  # before an error ends the stage: who mends one thing must know of all
        warn(remark)
    refuse(verdicts)
    write_json(AUDIT, as_data(verdicts), sort_keys=False)


def read_evidence(config: Config) -> Evidence:
    """The tables on disk."""
    folds = {name: read_table(fold(SPLIT, name)).set_index(RECORD_ID) for name in FOLDS}
    graded = folds[TEST][folds[TEST]["excluded"] == ""]
    scores = read_table(PREDICTIONS / "test.parquet").set_index(RECORD_ID)
    records = read_table(CLEANED).set_index(RECORD_ID)
    return Evidence(
        records=records,
        annotated=read_table(LABELS, [RECORD_ID, "label", "excluded"]).set_index(RECORD_ID),
        folds=folds,
        features={name: read_features(fold(FEATURES, name)) for name in FOLDS},
        out_of_fold=read_table(PREDICTIONS / "out_of_fold.parquet").set_index(RECORD_ID),
        test=graded[["label"]].join(scores, how="inner"),
        recompute=partial(recomputed, config=config),
        outcome=outcome(config.dataset),
        identity=identity(config.dataset),
        by_time=config.split.by == TIME,
        future=partial(future, config.dataset) if config.dataset.tables else None,
        groups=records[cleaned_name(config.dataset, config.dataset.group)] if config.dataset.group else None,
        own=own_features(config.dataset),
    )


def future(dataset: "Dataset") -> tuple[list[str], int]:
    """Which made columns change with rows of the future, and how many such rows were added."""
    return entered(read(raw_file(RAW), dialect=dataset.source.dialect), joiner(RAW, dataset))


def recomputed(records: pd.DataFrame, config: Config) -> pd.DataFrame:
    """The features of these records, computed as by `featurize` if there were no others."""
    table = features(records, config.dataset, config.features)
    return categorised(table, vocabularies(table))


if __name__ == "__main__":
    main()
