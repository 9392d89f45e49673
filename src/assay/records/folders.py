"""A source that is a folder of files: one table, whose rows come in the order of the names of the files."""

import hashlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from assay.errors import AssayError, translated
from assay.files import sha256
from assay.records.fetching import S3, S3_OPTIONS
from assay.records.formats import CSV, PARQUET, SUFFIXES

FILE = "file://"
NAMES = {CSV: "part-{:05}.csv", PARQUET: "part-{:05}.parquet"}


def files_of(uri: str) -> list[str]:
    """The CSV or Parquet files of a folder, at any depth, by name; none if the source is a single file.

    AssayError if the folder has neither, or both.
    """
    found = _below(uri)
    if found is None:
        return []
    listed = sorted(one for one in found if PurePosixPath(one).suffix.lower() in SUFFIXES)
    forms = {form_of(one) for one in listed}
    if len(forms) == 1:
        return listed
    what = "both CSV and Parquet files in one folder" if forms else "no CSV or Parquet file in the folder"
    raise AssayError(what, where=uri, todo="name a folder with files of one format")


def form_of(name: str) -> str:
    """The format of a file by its name."""
    return SUFFIXES[PurePosixPath(name).suffix.lower()]


def fingerprint(files: Sequence[Path]) -> str:
    """The SHA-256 of a file; of several files, that of the list of their hashes in order."""
    hashes = list(map(sha256, files))
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def _below(uri: str) -> list[str] | None:
    """Everything below a folder; None for what is no folder."""
    if "::" in uri:  # to fsspec a chain of addresses
        return None
    if uri.startswith(S3):
        if not uri.endswith("/"):
            return None
        import fsspec

        todo = "check dataset.source.uri and the credentials (see docs/sharing.md)"
        with translated("the source cannot be read", where=uri, todo=todo):
            storage, path = fsspec.url_to_fs(uri, **S3_OPTIONS)
            return [f"{S3}{one}" for one in storage.find(path)]
    path = Path(uri.removeprefix(FILE))
    if "://" in uri.removeprefix(FILE) or not path.is_dir():
        return None
    return [str(one) for one in path.rglob("*") if one.is_file()]
