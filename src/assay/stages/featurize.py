"""featurize: compute the features of each record, without its label."""

from contextlib import ExitStack

import numpy as np
import pandas as pd

from assay.config.schema import Config
from assay.config.start import stage
from assay.engine.featurize import FeaturesByFold, require_none
from assay.paths import CLEANED, FEATURES, SPLIT, fold
from assay.preparation.features import categorised, features, vocabularies
from assay.records.columns import RECORD_ID
from assay.records.feature_table import write_features
from assay.records.folds import FOLDS, TRAIN
from assay.records.parts import writing
from assay.tables import read_table


@stage
def main(config: Config) -> None:
    """Read data/cleaned and the record ids of data/split, write a table for each fold to data/features.

    The one thing that is learned, the categories of a column that declares none, is learned from train.
    """
    if config.engine.in_batches:
        in_batches(config)
    else:
        at_once(config)


def at_once(config: Config) -> None:
    """Write the features, from memory."""
    records = read_table(CLEANED).set_index(RECORD_ID)
    table = features(records, config.dataset, config.features)
    ids = {name: pd.Index(read_table(fold(SPLIT, name), [RECORD_ID])[RECORD_ID]) for name in FOLDS}
    rows = {name: table.index.get_indexer(one) for name, one in ids.items()}
    require_none(sum(int(np.count_nonzero(one < 0)) for one in rows.values()))
    vocabulary = vocabularies(table.iloc[rows[TRAIN]])
    for name in FOLDS:
        found = categorised(table.iloc[rows[name]], vocabulary)
        write_features(fold(FEATURES, name), found, config.layout.part_rows)


def in_batches(config: Config) -> None:
    """Write the features, batch by batch."""
    from functools import partial

    from assay.engine.parallel import spread
    from assay.engine.spill import scratch
    from assay.records.batches import table_batches

    featurize = partial(features, dataset=config.dataset, config=config.features)
    with spread(config.engine, light=True) as each, scratch(CLEANED.parents[1]) as folder, ExitStack() as open_folds:
        folds = {
            name: open_folds.enter_context(writing(fold(FEATURES, name), config.layout.part_rows)) for name in FOLDS
        }
        ids = {name: (batch[RECORD_ID] for batch in table_batches(fold(SPLIT, name), [RECORD_ID])) for name in FOLDS}
        FeaturesByFold(featurize, folder, each)(table_batches(CLEANED), ids, folds)


if __name__ == "__main__":
    main()
