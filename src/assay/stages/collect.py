"""collect: bring the raw file or a sample of it here, make sure it is the right one, leave out what is personal."""

import shutil
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO

from assay.config.dataset import PERSONAL, Source
from assay.config.schema import Config
from assay.config.stage import stage
from assay.errors import AssayError, translated
from assay.files import replacing, sha256, write_json
from assay.paths import RAW, SAMPLING_LOG

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

PACKAGE, S3 = "package://", "s3://"
# Some stores answer a request for a part with the checksum of the whole. The SHA-256 of the source is checked anyway.
S3_OPTIONS = {"config_kwargs": {"response_checksum_validation": "when_required"}}
SUFFIXES = {".csv": "csv", ".parquet": "parquet", ".pq": "parquet"}  # a pickle must be declared


@stage
def main(config: Config) -> None:
    """Bring `dataset.source.uri` to data/raw, if its SHA-256 is the declared one; write reports/sampling.json."""
    write_json(SAMPLING_LOG, {"sample": collect(config.dataset, RAW)}, sort_keys=False)


def collect(dataset: "Dataset", target: Path) -> dict[str, Any] | None:
    """Bring the source to `target` as CSV; AssayError if it cannot be had or its hash is another.

    A CSV without personal columns is copied byte by byte. Where the contract asks for a sample, only that is brought,
    and the result is the report on it.
    """
    source = dataset.source
    personal = [name for name, column in dataset.columns.items() if column.role == PERSONAL]
    form = source.format or SUFFIXES.get(PurePosixPath(source.uri).suffix.lower(), "csv")
    report = None
    with replacing(target) as scratch:
        if dataset.sample:
            form, report = "parquet", draw(dataset, personal, scratch)
        else:
            fetch(source, scratch)
        if form != "csv" or personal:
            write_without(personal, scratch, form, source.uri)
    return report


def draw(dataset: "Dataset", personal: list[str], target: Path) -> dict[str, Any]:
    """Write the sample as Parquet; the report on it. AssayError if the files are not the declared ones."""
    from assay.sampling.run import sampled
    from assay.sampling.source import fingerprint, parquet_files

    source = dataset.source
    files = parquet_files(source.uri)
    require_declared(fingerprint(files), source, f"{len(files)} file(s)")
    return sampled(files, dataset.sample, target, source.uri, private=personal)


def fetch(source: Source, target: Path) -> None:
    """Copy the source as it is; AssayError if it cannot be had or its hash is not the declared one."""
    todo = "check dataset.source.uri: package://, a path, http(s):// or s3:// (make extras; see docs/sharing.md)"
    with target.open("wb") as file, translated("the source cannot be read", where=source.uri, todo=todo):
        _copy(source.uri, file)
    require_declared(sha256(target), source, f"{target.stat().st_size} bytes")


def require_declared(found: str, source: Source, size: str) -> None:
    """AssayError if the hash is not the declared one."""
    if found != source.sha256:
        raise AssayError(
            f"the file is not the declared one: sha256 {found}, declared {source.sha256}",
            where=f"{source.uri} ({size})",
            todo="restore the source; if the change is meant, declare the new hash in conf/dataset/",
        )


def write_without(personal: list[str], path: Path, form: str, uri: str) -> None:
    """Make the file a CSV without these columns; AssayError if it lacks one of them."""
    from assay.contract.raw import read

    table = read(path, form)
    if missing := [name for name in personal if name not in table]:
        raise AssayError(
            f"missing column {', '.join(missing)}", where=uri, todo="restore the source, or correct conf/dataset/"
        )
    table.drop(columns=personal).to_csv(path, index=False, lineterminator="\n")


def _copy(uri: str, target: BinaryIO) -> None:
    with _opened(uri) as stream:
        shutil.copyfileobj(stream, target)


def _opened(uri: str) -> BinaryIO:
    if uri.startswith(PACKAGE):
        return _in_package(uri.removeprefix(PACKAGE)).open("rb")
    import fsspec

    return fsspec.open(uri, "rb", **(S3_OPTIONS if uri.startswith(S3) else {})).open()


def _in_package(path: str) -> Path:
    """A file inside an installed package, found without importing the package."""
    from importlib.util import find_spec

    package, _, inner = path.partition("/")
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(f"package {package!r} is not installed")
    return Path(spec.submodule_search_locations[0], inner)


if __name__ == "__main__":
    main()
