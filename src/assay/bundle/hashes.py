"""hashes.json: the SHA-256 of each file of a model folder. The SHA-256 of hashes.json itself is the hash of the bundle.

One changed byte anywhere is found: in a file by its hash, in a hash by the file, and in the rest of hashes.json because
there is only one way to write it. Who changes a file and its hash makes another bundle, with another hash: whether that
one is trusted is for the caller to say.
"""

import hashlib
import json
import os
import re
import stat
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeGuard

from assay.bundle.strict_json import parse
from assay.errors import AssayError, sample
from assay.files import sha256, write_bytes

HASHES = "hashes.json"
SHA256 = re.compile(r"[0-9a-f]{64}")
LARGEST = 4 << 30  # bytes of a folder
MOST = 10_000  # files
MEND = "run: assay doctor --mend (brings the last good one back), or dvc repro (makes it again)"


class Files(Protocol):
    """The files of a model, by their paths within its folder."""

    @property
    def mend(self) -> str:
        """What to do if they are not as they should be."""

    def where(self, name: str) -> str:
        """The place of a file, for messages."""

    def __contains__(self, name: str) -> bool: ...

    def read(self, name: str) -> bytes:
        """The bytes of a file; AssayError if it is missing."""


@dataclass(frozen=True)
class Verified:
    """A folder whose files are those that hashes.json lists, and no others.

    folder: its path, or that of the archive that holds it. hash: of the bundle. files: the SHA-256 of each file by its
    path within the folder. contents: the files themselves, if they are in memory.
    """

    folder: Path
    hash: str
    files: Mapping[str, str]
    contents: Mapping[str, bytes] | None = None
    mend: str = MEND

    def where(self, name: str) -> str:
        """The place of a file, for messages."""
        return str(self.folder / name)

    def __contains__(self, name: str) -> bool:
        return name in self.files

    def read(self, name: str) -> bytes:
        """The bytes of a listed file; AssayError if it is not listed, or has changed since."""
        if name not in self:
            raise AssayError("the file is missing", where=self.where(name), todo=self.mend)
        content = (self.folder / name).read_bytes() if self.contents is None else self.contents[name]
        if (found := hashlib.sha256(content).hexdigest()) != self.files[name]:
            raise _another(self.where(name), self.files[name], found, self.mend)
        return content


def seal(folder: Path) -> None:
    """Write hashes.json for the files that are in the folder now."""
    write_bytes(folder / HASHES, text({name: sha256(path) for name, path in _files(folder)}))


def verify(folder: Path) -> Verified:
    """Check every file of a folder; AssayError naming one that is missing, too many, or another one than is listed."""
    listed, content = _listed(folder)
    there = dict(_files(folder))
    _require_same(listed, there, folder, MEND, remove="remove it")
    if sum(map(_size, there.values())) > LARGEST:
        raise AssayError(f"more than {LARGEST >> 30} GiB", where=str(folder), todo=MEND)
    for name, path in there.items():
        if (found := sha256(path)) != listed[name]:
            raise _another(str(path), listed[name], found, MEND)
    return Verified(folder, hashlib.sha256(content).hexdigest(), listed)


def verified(contents: Mapping[str, bytes], where: Path, mend: str) -> Verified:
    """The same for a folder whose files are in memory, with their bytes by path.

    where: what holds them; mend: what to do if they are not whole; both for messages.
    """
    if HASHES not in contents:
        raise AssayError("no bundle: it has no hashes.json", where=str(where), todo=mend)
    files = {name: content for name, content in contents.items() if name != HASHES}
    listed = _parsed(contents[HASHES], str(where / HASHES), mend)
    _require_same(listed, files, where, mend)
    found = Verified(where, hashlib.sha256(contents[HASHES]).hexdigest(), listed, files, mend)
    for name in files:
        found.read(name)
    return found


def _require_same(
    listed: Collection[str], there: Collection[str], folder: Path, mend: str, remove: str | None = None
) -> None:
    """AssayError, with `remove` as what to do about a file too many, unless they are the same."""
    if extra := sorted(set(there) - set(listed)):
        raise AssayError(f"{HASHES} does not list this file", where=str(folder / extra[0]), todo=remove or mend)
    if missing := sorted(set(listed) - set(there)):
        raise AssayError(f"missing: {sample(missing)}", where=str(folder), todo=mend)


def _listed(folder: Path) -> tuple[dict[str, str], bytes]:
    """The hashes that hashes.json states, and its bytes."""
    path = folder / HASHES
    if not path.is_file():
        what = "no bundle of this release: it has no hashes.json" if folder.is_dir() else "there is no such folder"
        raise AssayError(what, where=str(folder), todo="name a model folder; in a clone, make one: dvc repro train")
    content = _limited(path)
    return _parsed(content, str(path), MEND), content


def _parsed(content: bytes, where: str, mend: str) -> dict[str, str]:
    listed = parse(content, where, mend)
    if not are_hashes(listed) or content != text(listed):
        raise AssayError("not the hashes of the files, as `train` writes them", where=where, todo=mend)
    return listed


def _limited(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST * 400)


def are_hashes(listed: object) -> TypeGuard[dict[str, str]]:
    """Whether this is a mapping of some files to a SHA-256 each."""
    return (
        isinstance(listed, dict)
        and 0 < len(listed) <= MOST
        and all(isinstance(one, str) and SHA256.fullmatch(one) for one in listed.values())
    )


def text(content: Mapping[str, object]) -> bytes:
    """The only way to write this."""
    return (json.dumps(content, indent=2, sort_keys=True) + "\n").encode()


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Each file but hashes.json, with its path within the folder; AssayError for what is no file, such as a device.

    Links to files are followed, because DVC may have put them there; links to folders are refused.
    """
    for where, folders, names in os.walk(folder):
        for name in (*names, *(one for one in folders if Path(where, one).is_symlink())):
            path = Path(where, name)
            if not path.is_file():
                raise AssayError("not a file", where=str(path), todo=MEND)
            if (within := path.relative_to(folder).as_posix()) != HASHES:
                yield within, path


def _size(path: Path) -> int:
    return path.stat()[stat.ST_SIZE]


def _another(where: str, listed: str, found: str, mend: str) -> AssayError:
    what = f"not the file that {HASHES} lists: SHA-256 {found[:16]}..., listed {listed[:16]}..."
    return AssayError(what, where=where, todo=mend)
