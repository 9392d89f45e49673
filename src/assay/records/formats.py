"""The formats of raw files, and the raw file of this dataset."""

from pathlib import Path

from assay.errors import AssayError

CSV, PARQUET = "csv", "parquet"
SUFFIXES = {".csv": CSV, ".parquet": PARQUET, ".pq": PARQUET}  # a pickle must be declared
FILES = {CSV: "records.csv", PARQUET: "records.parquet"}  # data/raw holds one of them
OTHERS = "tables"  # a folder there, with a folder for each of `dataset.tables`, if there are any
RESTORE = "restore it: assay doctor --mend, or dvc repro collect"


def raw_file(folder: Path) -> Path:
    """The file in data/raw, or the folder of files; AssayError if there is none."""
    found = [folder / name for name in FILES.values() if (folder / name).exists()]
    if not found:
        raise AssayError("the file is missing", where=str(folder / FILES[CSV]), todo=RESTORE)
    return found[0]


def form_of_name(path: Path) -> str:
    """The format of a file by its name; AssayError if it tells none."""
    if form := SUFFIXES.get(path.suffix.lower()):
        return form
    raise AssayError(f"not one of: {', '.join(SUFFIXES)}", where=str(path), todo="write it as CSV or Parquet")


def counted_by(path: Path) -> str | None:
    """The format of a raw file, by which a place in it is told: CSV has lines; None, for rows, of a folder of files."""
    return None if path.is_dir() else SUFFIXES[path.suffix]
