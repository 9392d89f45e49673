"""clean: turn the raw file into records that keep their contract, and log every repair."""

import json

from assay.config.dataset import stated
from assay.config.schema import Config
from assay.config.start import stage
from assay.files import write_json, write_text
from assay.joins.raw import joiner
from assay.paths import CLEANED, CLEANING_LOG, CONTRACT, QUARANTINE, RAW
from assay.preparation.reconcile import clean
from assay.records.changes import summary
from assay.records.formats import SUFFIXES, raw_file
from assay.records.parts import write_parts
from assay.records.reading import read


@stage
def main(config: Config) -> None:
    """Read data/raw, write data/cleaned with its contract, data/quarantine, and reports/cleaning.json.

    Where the contract makes columns of other tables, that report says of each how many rows belong to the records.
    """
    path = raw_file(RAW)
    raw, join = read(path, dialect=config.dataset.source.dialect), joiner(RAW, config.dataset)
    counts = {"tables": join.counts(raw)} if config.dataset.tables else {}
    cleaned = clean(join(raw), config.dataset, str(path), SUFFIXES[path.suffix])
    write_parts(CLEANED, cleaned.records, config.layout.part_rows)
    write_text(CONTRACT, json.dumps(stated(config.dataset), indent=2, ensure_ascii=False) + "\n")
    write_parts(QUARANTINE, cleaned.quarantined, config.layout.part_rows)
    log = summary(cleaned.changes, len(raw), len(cleaned.records))
    write_json(CLEANING_LOG, {**log, **counts}, sort_keys=False)


if __name__ == "__main__":
    main()
