"""split: train, validation and test."""

from assay.config.dataset import cleaned_name
from assay.config.schema import Config
from assay.config.start import stage
from assay.errors import warn
from assay.files import read_table, write_json
from assay.paths import CLEANED, LABELS, SPLIT, SPLIT_LOG, fold
from assay.records.columns import CODE_RESOLVED, DATE, RECORD_ID, WEIGHT
from assay.records.folds import GROUP, split
from assay.records.parts import write_parts


@stage
def main(config: Config) -> None:
    """Read data/cleaned (dates, groups) and data/annotated, write a table for each fold and counts to data/split."""
    named = {
        DATE: DATE if config.dataset.time else None,
        GROUP: config.dataset.group and cleaned_name(config.dataset, config.dataset.group),
    }
    columns = {column: name for name, column in named.items() if column}
    records = read_table(CLEANED, [RECORD_ID, *columns], optional=[WEIGHT]).rename(columns=columns)
    labels = read_table(LABELS, [RECORD_ID, CODE_RESOLVED, "label", "excluded"])
    division = split(records.merge(labels, on=RECORD_ID, validate="1:1"), config.split)
    for name, table in division.folds.items():
        write_parts(fold(SPLIT, name), table, config.layout.part_rows)
    write_json(SPLIT_LOG, division.stated(), sort_keys=False)
    if lost := sum(division.purged.values()):
        warn(f"{lost} records are in no fold: their {division.groups} groups are in a later one ({SPLIT_LOG})")


if __name__ == "__main__":
    main()
