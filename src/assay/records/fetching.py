"""Copies a source into a local file: from a path, an installed package, http(s):// or s3://."""

import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from assay.errors import AssayError, translated
from assay.files import sha256

if TYPE_CHECKING:
    from assay.config.source import Source

PACKAGE, S3 = "package://", "s3://"
SCHEMES = ("", "file", "http", "https", "s3")  # fsspec has others, which read instructions from files or run programs
# Some stores answer a request for a part with the checksum of the whole. The SHA-256 of the source is checked anyway.
S3_OPTIONS = {"config_kwargs": {"response_checksum_validation": "when_required"}}


def fetch(source: "Source", target: Path) -> None:
    """Copy the source unchanged; AssayError if it cannot be read or its SHA-256 is not the declared one."""
    todo = (
        "check dataset.source.uri: package://, a path, http(s):// or s3:// (see docs/sharing.md); a package that is "
        "not there comes with: make extras"
    )
    require_here(source.uri)
    with target.open("wb") as file, translated("the source cannot be read", where=source.uri, todo=todo):
        _copy(source.uri, file)
    require_declared(sha256(target), source, f"{target.stat().st_size} bytes")


def require_here(uri: str) -> None:
    """AssayError for a path where no file is: it says who does not keep it, and the command that mends that."""
    path = Path(uri)
    if "://" in uri or "::" in uri or path.exists():
        return
    kept, ignored = Path(f"{uri}.dvc"), (path.parent / ".gitignore").as_posix()
    if kept.exists():
        todo = f"{shlex.join(['dvc', 'checkout', str(kept)])}, or dvc pull"
        raise AssayError("the source is not here, though DVC keeps it", where=uri, todo=todo)
    if path.is_absolute():
        todo = "bring it into the repository, name it in conf/dataset/, and give it to DVC: dvc add"
        raise AssayError("the source is not here: only the machine that has it can run this", where=uri, todo=todo)
    command = f"{shlex.join(['dvc', 'add', uri])} && {shlex.join(['git', 'add', str(kept), ignored])}"
    what = f"neither git nor DVC keeps the source {uri}, so a clone does not have it: {command}"
    raise AssayError(what, where=uri, todo="run that command where the file lies, and commit")


def copied(uri: str, target: Path) -> None:
    """Copy what an address names, whatever its hash; AssayError if it cannot be read."""
    todo = "check the address: a path, http(s):// or s3:// (see docs/sharing.md)"
    with target.open("wb") as file, translated("the file cannot be read", where=uri, todo=todo):
        _copy(uri, file)


def require_declared(found: str, source: "Source", size: str) -> None:
    """AssayError if the hash `found` is not the declared one; `size` describes the file in the message."""
    if found != source.sha256:
        raise AssayError(
            f"the file is not the declared one: sha256 {found}, declared {source.sha256}",
            where=f"{source.uri} ({size})",
            todo="restore the source; if the change is meant, declare the new hash in conf/dataset/",
        )


def _copy(uri: str, target: BinaryIO) -> None:
    with _opened(uri) as stream:
        shutil.copyfileobj(stream, target)


def _opened(uri: str) -> BinaryIO:
    if uri.startswith(PACKAGE):
        return _in_package(uri.removeprefix(PACKAGE)).open("rb")
    scheme = uri.partition("://")[0] if "://" in uri else ""
    if scheme not in SCHEMES or "::" in uri:
        raise ValueError(f"no such kind of source: {uri.partition('://')[0]}")
    import fsspec

    return fsspec.open(uri, "rb", **(S3_OPTIONS if uri.startswith(S3) else {})).open()


def _in_package(path: str) -> Path:
    """A file inside an installed package, found without importing the package."""
    from importlib.util import find_spec

    package, _, inner = path.partition("/")
    spec = find_spec(package) if package.isidentifier() else None  # a dotted name is imported in part
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(f"package {package!r} is not installed")
    return Path(spec.submodule_search_locations[0], inner)
