"""clean: from the raw file to records that keep their contract, with a log of every repair."""

from pathlib import Path

import pandas as pd

from assay.config.schema import Config
from assay.config.stage import stage
from assay.contract.cleaning import clean
from assay.contract.log import summary
from assay.errors import AssayError
from assay.files import write_json, write_table
from assay.paths import CLEANED, CLEANING_LOG, QUARANTINE, RAW


@stage
def main(config: Config) -> None:
    """Read data/raw, write data/cleaned, data/quarantine and reports/cleaning.json."""
    raw = read_raw(RAW)
    cleaned = clean(raw, config.dataset, str(RAW))
    write_table(CLEANED, cleaned.records)
    write_table(QUARANTINE, cleaned.quarantined)
    write_json(CLEANING_LOG, summary(cleaned.changes, len(raw), len(cleaned.records)), sort_keys=False)


def read_raw(path: Path) -> pd.DataFrame:
    """The raw CSV as texts, "" where nothing stands; AssayError when it is missing, empty or no table."""
    if not path.exists():
        raise AssayError("the file is missing", where=str(path), todo="run: dvc repro collect")
    try:
        return pd.read_csv(path, dtype="str", keep_default_na=False, na_filter=False)
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise AssayError(
            f"not a CSV table: {error}",
            where=str(path),
            todo="restore it: dvc checkout, or dvc repro collect",
        ) from error


if __name__ == "__main__":
    main()
