"""featurize: compute the features of each record, without its label."""

from assay.config.schema import Config
from assay.config.start import stage
from assay.files import read_table
from assay.paths import CLEANED, FEATURES, SPLIT, fold
from assay.preparation.features import categorised, features, vocabularies
from assay.records.columns import RECORD_ID
from assay.records.folds import FOLDS, TRAIN
from assay.records.tables import write_features


@stage
def main(config: Config) -> None:
    """Read data/cleaned and the record ids of data/split, write a table for each fold to data/features.

    The one thing that is learned, the categories of a column that declares none, is learned from train.
    """
    records = read_table(CLEANED).set_index(RECORD_ID)
    table = features(records, config.dataset, config.features)
    ids = {name: read_table(fold(SPLIT, name), [RECORD_ID])[RECORD_ID] for name in FOLDS}
    vocabulary = vocabularies(table.loc[ids[TRAIN]])
    for name in FOLDS:
        found = categorised(table.loc[ids[name]], vocabulary)
        write_features(fold(FEATURES, name), found, config.layout.part_rows)


if __name__ == "__main__":
    main()
