"""featurize: what the model sees of each record, without its label."""

import pandas as pd

from assay.config.schema import Config, Features
from assay.config.stage import stage
from assay.datasets import RECORD_ID, dataset
from assay.errors import AssayError
from assay.files import read_table, write_table
from assay.folds import FOLDS
from assay.paths import CLEANED, FEATURES, SPLIT, fold


@stage
def main(config: Config) -> None:
    """Read data/cleaned and the record ids of data/split, write a table for each fold to data/features."""
    records = read_table(CLEANED)
    features = dataset(config.dataset.name).features(records, derived=config.features.derived)
    table = pd.concat([records[[RECORD_ID]], chosen(features, config.features)], axis=1).set_index(RECORD_ID)
    for name in FOLDS:
        ids = read_table(fold(SPLIT, name), [RECORD_ID])[RECORD_ID]
        write_table(fold(FEATURES, name), table.loc[ids].reset_index())


def chosen(features: pd.DataFrame, config: Features) -> pd.DataFrame:
    """All features but those of `features.drop`; AssayError for a name that is not a feature."""
    if unknown := [name for name in config.drop if name not in features]:
        raise AssayError(
            f"no feature {', '.join(unknown)}",
            where="features.drop",
            todo=f"choose among: {', '.join(map(str, features.columns))}",
        )
    return features.drop(columns=config.drop)


if __name__ == "__main__":
    main()
