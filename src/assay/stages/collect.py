"""collect: bring the raw file here and make sure that it is the right one."""

import shutil
from pathlib import Path
from typing import BinaryIO

from assay.config.dataset import Source
from assay.config.schema import Config
from assay.config.stage import stage
from assay.errors import AssayError
from assay.files import replacing, sha256
from assay.paths import RAW

PACKAGE = "package://"


@stage
def main(config: Config) -> None:
    """Copy `dataset.source.uri` to data/raw, if its SHA-256 is the declared one."""
    collect(config.dataset.source, RAW)


def collect(source: Source, target: Path) -> None:
    """Copy the source to `target`; AssayError if it cannot be had or its hash is another."""
    with replacing(target) as scratch:
        with scratch.open("wb") as file, _opened(source.uri) as stream:
            shutil.copyfileobj(stream, file)
        if (found := sha256(scratch)) != source.sha256:
            raise AssayError(
                f"the file is not the declared one: sha256 {found}, declared {source.sha256}",
                where=f"{source.uri} ({scratch.stat().st_size} bytes)",
                todo="restore the source; if the change is meant, declare the new hash in conf/dataset/",
            )


def _opened(uri: str) -> BinaryIO:
    try:
        if uri.startswith(PACKAGE):
            return _in_package(uri.removeprefix(PACKAGE)).open("rb")
        import fsspec

        return fsspec.open(uri, "rb").open()
    except (OSError, ImportError, ValueError) as error:
        todo = "check dataset.source.uri: package://, a path, http(s):// or s3:// (pip install dvc-s3)"
        raise AssayError(f"the source cannot be read: {error}", where=uri, todo=todo) from error


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
