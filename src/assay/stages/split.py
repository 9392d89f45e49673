"""split: train, validation and test."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

from assay.config.dataset import cleaned_name
from assay.config.schema import Config
from assay.config.start import stage
from assay.engine.split import Splitter, joined
from assay.errors import warn
from assay.files import write_json
from assay.paths import CLEANED, LABELS, SPLIT, SPLIT_LOG, fold
from assay.records.columns import CODE_RESOLVED, DATE, RECORD_ID, WEIGHT
from assay.records.folds import FOLDS, GROUP, Sizes, split
from assay.records.parts import write_parts, writing
from assay.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

LABEL_COLUMNS = [RECORD_ID, CODE_RESOLVED, "label", "excluded"]


@stage
def main(config: Config) -> None:
    """Read data/cleaned (dates, groups) and data/annotated, write a table for each fold and counts to data/split."""
    sizes = in_batches(config) if config.engine.in_batches else at_once(config)
    write_json(SPLIT_LOG, sizes.stated(), sort_keys=False)
    if lost := sum(sizes.purged.values()):
        warn(f"{lost} records are in no fold: their {sizes.groups} groups are in a later one ({SPLIT_LOG})")


def renamed(config: Config) -> dict[str, str]:
    """The names of the columns of date and group here, by their names among cleaned records."""
    named = {
        DATE: DATE if config.dataset.time else None,
        GROUP: config.dataset.group and cleaned_name(config.dataset, config.dataset.group),
    }
    return {column: name for name, column in named.items() if column}


def at_once(config: Config) -> Sizes:
    """Write the folds, from memory."""
    columns = renamed(config)
    records = read_table(CLEANED, [RECORD_ID, *columns], optional=[WEIGHT]).rename(columns=columns)
    (labelled,) = joined([records], [read_table(LABELS, LABEL_COLUMNS)], str(LABELS))
    division = split(labelled, config.split)
    for name, table in division.folds.items():
        write_parts(fold(SPLIT, name), table, config.layout.part_rows)
    return division.sizes()


def in_batches(config: Config) -> Sizes:
    """Write the folds, batch by batch."""
    from assay.engine.spill import scratch
    from assay.records.batches import names_of, table_batches

    columns = renamed(config)
    weight = [WEIGHT] if WEIGHT in names_of(CLEANED) else []

    def batches() -> "Iterator[pd.DataFrame]":
        records = table_batches(CLEANED, [RECORD_ID, *columns, *weight])
        renamed_records = (batch.rename(columns=columns) for batch in records)
        return joined(renamed_records, table_batches(LABELS, LABEL_COLUMNS), str(LABELS))

    with scratch(CLEANED.parents[1]) as folder, ExitStack() as open_folds:
        folds = {name: open_folds.enter_context(writing(fold(SPLIT, name), config.layout.part_rows)) for name in FOLDS}
        return Splitter(config.split, folder, config.engine.memory)(batches, folds)


if __name__ == "__main__":
    main()
