"""clean: turn the raw file into records that keep their contract, and log every repair."""

import json
from typing import TYPE_CHECKING, Any

from assay.config.dataset import stated
from assay.config.schema import Config
from assay.config.start import stage
from assay.engine.spill import scratch
from assay.files import write_json, write_text
from assay.joins.raw import counted
from assay.paths import CLEANED, CLEANING_LOG, CONTRACT, QUARANTINE, RAW
from assay.preparation.reconcile import clean
from assay.records.changes import summary
from assay.records.formats import counted_by, raw_file
from assay.records.parts import write_parts, writing
from assay.records.reading import read

if TYPE_CHECKING:
    import pandas as pd


@stage
def main(config: Config) -> None:
    """Read data/raw, write data/cleaned with its contract, data/quarantine, and reports/cleaning.json.

    Where the contract makes columns of other tables, that report says of each how many rows belong to the records.
    """
    log = in_batches(config) if config.engine.in_batches else at_once(config)
    write_text(CONTRACT, json.dumps(stated(config.dataset), indent=2, ensure_ascii=False) + "\n")
    write_json(CLEANING_LOG, log, sort_keys=False)


def at_once(config: Config) -> dict[str, Any]:
    """Write the tables, from memory; the log."""
    path = raw_file(RAW)
    raw = read(path, dialect=config.dataset.source.dialect)
    whole, counts = with_made_columns(raw, config) if config.dataset.tables else (raw, {})
    cleaned = clean(whole, config.dataset, str(path), counted_by(path))
    write_parts(CLEANED, cleaned.records, config.layout.part_rows)
    write_parts(QUARANTINE, cleaned.quarantined, config.layout.part_rows)
    return {**summary(cleaned.changes, len(raw), len(cleaned.records)), **counts}


def with_made_columns(raw: "pd.DataFrame", config: Config) -> "tuple[pd.DataFrame, dict[str, Any]]":
    """The raw records with the columns that are made of other tables, and what the log says of these tables."""
    with scratch(RAW.parent) as folder:
        counts, batches = counted(RAW, config.dataset, folder, config.engine.memory, raw)
        (whole,) = batches
    return whole, counts


def in_batches(config: Config) -> dict[str, Any]:
    """Write the tables, batch by batch; the log."""
    from assay.engine.clean import Cleaner
    from assay.engine.parallel import spread

    path, rows = raw_file(RAW), config.layout.part_rows
    with (
        spread(config.engine) as each,
        scratch(RAW.parent) as folder,
        writing(CLEANED, rows) as records,
        writing(QUARANTINE, rows) as quarantined,
    ):
        counts, batches = counted(RAW, config.dataset, folder, config.engine.memory)
        clean_in_batches = Cleaner(config.dataset, str(path), counted_by(path), folder, config.engine.memory, each)
        return {**clean_in_batches(batches, records, quarantined), **counts}


if __name__ == "__main__":
    main()
