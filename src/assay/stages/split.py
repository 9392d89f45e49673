"""split: train, validation and test, by time."""

from assay.config.schema import Config
from assay.config.stage import stage
from assay.datasets import DATE, RECORD_ID
from assay.files import read_table, write_table
from assay.folds import by_time
from assay.paths import CLEANED, LABELS, SPLIT, fold


@stage
def main(config: Config) -> None:
    """Read data/cleaned (dates) and data/annotated, write a table for each fold to data/split."""
    dates = read_table(CLEANED, [RECORD_ID, DATE])
    labels = read_table(LABELS, [RECORD_ID, "decided_code", "label", "excluded"])
    for name, records in by_time(dates.merge(labels, on=RECORD_ID, validate="1:1"), config.split).items():
        write_table(fold(SPLIT, name), records)


if __name__ == "__main__":
    main()
