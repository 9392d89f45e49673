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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assay.bundle.strict_json import parse
from assay.errors import AssayError, sample
from assay.files import sha256, write_bytes

HASHES = "hashes.json"
SHA256 = re.compile(r"[0-9a-f]{64}")
LARGEST = 4 << 30  # bytes of a folder
MOST = 10_000  # files
MEND = "run: dvc checkout models (the last good one), or dvc repro (makes it again)"


@dataclass(frozen=True)
class Verified:
    """A folder whose files are those that hashes.json lists, and no others.

    hash: of the bundle. files: the SHA-256 of each file by its path within the folder.
    """

    folder: Path
    hash: str
    files: Mapping[str, str]

    def read(self, name: str) -> bytes:
        """The bytes of a listed file; AssayError if it is not listed, or has changed since."""
        path = self.folder / name
        if name not in self.files:
            raise AssayError("the file is missing", where=str(path), todo=MEND)
        content = path.read_bytes()
        if (found := hashlib.sha256(content).hexdigest()) != self.files[name]:
            raise _another(path, self.files[name], found)
        return content


def seal(folder: Path) -> None:
    """Write hashes.json for the files that are in the folder now."""
    write_bytes(folder / HASHES, _text({name: sha256(path) for name, path in _files(folder)}))


def verify(folder: Path) -> Verified:
    """Check every file of a folder; AssayError naming one that is missing, too many, or another one than is listed."""
    listed, content = _listed(folder)
    there: dict[str, Path] = {}
    for name, path in _files(folder):
        if name not in listed:
            raise AssayError(f"{HASHES} does not list this file", where=str(path), todo="remove it")
        there[name] = path
    if missing := sorted(set(listed) - set(there)):
        raise AssayError(f"missing: {sample(missing)}", where=str(folder), todo=MEND)
    if sum(map(_size, there.values())) > LARGEST:
        raise AssayError(f"more than {LARGEST >> 30} GiB", where=str(folder), todo=MEND)
    for name, path in there.items():
        if (found := sha256(path)) != listed[name]:
            raise _another(path, listed[name], found)
    return Verified(folder, hashlib.sha256(content).hexdigest(), listed)


def _listed(folder: Path) -> tuple[dict[str, str], bytes]:
    """The hashes that hashes.json states, and its bytes."""
    path = folder / HASHES
    if not path.is_file():
        what = "no bundle of this release: it has no hashes.json" if folder.is_dir() else "there is no such folder"
        raise AssayError(what, where=str(folder), todo="name a model folder; in a clone, make one: dvc repro train")
    content = _limited(path)
    listed = parse(content, str(path), MEND)
    if not _are_hashes(listed) or content != _text(listed):
        raise AssayError("not the hashes of the files, as `train` writes them", where=str(path), todo=MEND)
    return listed, content


def _limited(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST * 400)


def _are_hashes(listed: object) -> bool:
    return (
        isinstance(listed, dict)
        and 0 < len(listed) <= MOST
        and all(isinstance(one, str) and SHA256.fullmatch(one) for one in listed.values())
    )


def _text(hashes: Mapping[str, str]) -> bytes:
    return (json.dumps(hashes, indent=2, sort_keys=True) + "\n").encode()


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


def _another(path: Path, listed: str, found: str) -> AssayError:
    what = f"not the file that {HASHES} lists: SHA-256 {found[:16]}..., listed {listed[:16]}..."
    return AssayError(what, where=str(path), todo=MEND)
