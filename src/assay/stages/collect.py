"""collect: copy the raw file, or a sample of it, check its hash, and leave out personal columns."""

from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from assay.config.dataset import personal_columns
from assay.config.schema import Config
from assay.config.start import stage
from assay.errors import AssayError
from assay.files import replacing, write_json
from assay.paths import RAW, SAMPLING_LOG
from assay.records.fetching import fetch, require_declared
from assay.records.formats import CSV, FILES, PARQUET, SUFFIXES

if TYPE_CHECKING:
    from assay.config.dataset import Dataset


@stage
def main(config: Config) -> None:
    """Copy `dataset.source.uri` to data/raw, if its SHA-256 is the declared one; write reports/sampling.json."""
    write_json(SAMPLING_LOG, {"sample": collect(config.dataset, RAW)}, sort_keys=False)


def collect(dataset: "Dataset", folder: Path) -> dict[str, Any] | None:
    """Copy the source to `folder`, which then holds nothing else; AssayError if it cannot be read or has another hash.

    A CSV becomes records.csv, anything else records.parquet. A CSV or a Parquet file without personal columns is copied
    byte by byte. Where the contract asks for a sample, only that is brought, and the result is the report on it.
    """
    source = dataset.source
    form = PARQUET if dataset.sample else source.format or SUFFIXES.get(PurePosixPath(source.uri).suffix.lower(), CSV)
    report = None
    with replacing(folder) as scratch:
        scratch.mkdir()
        target = scratch / FILES.get(form, FILES[PARQUET])
        if dataset.sample:
            report = draw(dataset, target)
        else:
            fetch(source, target)
        if form == CSV and private(dataset):
            leave_out_of_csv(private(dataset), target, source.uri)
        if form != CSV:
            leave_out(private(dataset), target, form, source.uri)
    return report


def private(dataset: "Dataset") -> list[str]:
    """The columns that are not brought, as they were gathered when the configuration was composed."""
    return personal_columns(dataset) if dataset.personal is None else dataset.personal


def draw(dataset: "Dataset", target: Path) -> dict[str, Any]:
    """Write the sample as Parquet; the report on it. AssayError if the files are not the declared ones."""
    from assay.sampling.run import sampled
    from assay.sampling.source import fingerprint, parquet_files

    source = dataset.source
    files = parquet_files(source.uri)
    require_declared(fingerprint(files), source, f"{len(files)} file(s)")
    return sampled(files, dataset.sample, target, source.uri, private=private(dataset))


def leave_out_of_csv(names: list[str], path: Path, uri: str) -> None:
    """Rewrite a CSV without these columns; AssayError if it lacks one of them."""
    from assay.records.reading import read

    table = read(path, CSV, _mend(uri), uri)
    require_there(names, table.columns, uri)
    table.drop(columns=names).to_csv(path, index=False, lineterminator="\n")


def leave_out(names: list[str], path: Path, form: str, uri: str) -> None:
    """Make the file Parquet without these columns; AssayError if it lacks one, or is no table of plain columns."""
    from assay.records.reading import as_parquet, copy_without, require_plain, schema

    if form != PARQUET:
        as_parquet(path, form, _mend(uri), uri)
    there = schema(path, _mend(uri), uri)
    require_there(names, there.names, uri)
    require_plain([one for one in there if one.name not in names], uri, _mend(uri))
    if names:
        with replacing(path) as scratch:
            copy_without(names, path, scratch, _mend(uri), uri)


def require_there(names: list[str], there: Collection[str], uri: str) -> None:
    """AssayError for a column that is to be left out and is not there."""
    if missing := [name for name in names if name not in there]:
        raise AssayError(
            f"missing column {', '.join(missing)}", where=uri, todo="restore the source, or correct conf/dataset/"
        )


def _mend(uri: str) -> str:
    return f"restore {uri}, or correct dataset.source in conf/dataset/"


if __name__ == "__main__":
    main()
