"""collect: copy the raw file, or a sample of it, check its hash, and leave out personal columns."""

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from assay.config.dataset import personal_columns
from assay.config.schema import Config
from assay.config.stage import stage
from assay.errors import AssayError
from assay.files import replacing, write_json
from assay.paths import RAW, SAMPLING_LOG
from assay.records.fetching import fetch, require_declared

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

SUFFIXES = {".csv": "csv", ".parquet": "parquet", ".pq": "parquet"}  # a pickle must be declared


@stage
def main(config: Config) -> None:
    """Copy `dataset.source.uri` to data/raw, if its SHA-256 is the declared one; write reports/sampling.json."""
    write_json(SAMPLING_LOG, {"sample": collect(config.dataset, RAW)}, sort_keys=False)


def collect(dataset: "Dataset", target: Path) -> dict[str, Any] | None:
    """Bring the source to `target` as CSV; AssayError if it cannot be had or its hash is another.

    A CSV without personal columns is copied byte by byte. Where the contract asks for a sample, only that is brought,
    and the result is the report on it.
    """
    source = dataset.source
    form = source.format or SUFFIXES.get(PurePosixPath(source.uri).suffix.lower(), "csv")
    report = None
    with replacing(target) as scratch:
        if dataset.sample:
            form, report = "parquet", draw(dataset, scratch)
        else:
            fetch(source, scratch)
        if form != "csv" or private(dataset):
            write_without(private(dataset), scratch, form, source.uri)
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


def write_without(names: list[str], path: Path, form: str, uri: str) -> None:
    """Make the file a CSV without these columns; AssayError if it lacks one of them."""
    from assay.records.reading import read

    table = read(path, form, f"restore {uri}, or correct dataset.source in conf/dataset/")
    if missing := [name for name in names if name not in table]:
        raise AssayError(
            f"missing column {', '.join(missing)}", where=uri, todo="restore the source, or correct conf/dataset/"
        )
    table.drop(columns=names).to_csv(path, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
