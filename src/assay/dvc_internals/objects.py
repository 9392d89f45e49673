"""The objects of DVC's cache by their MD5, read without DVC and its locks (DVC, "Internal files" in the user guide)."""

import hashlib
import json
from pathlib import Path

OBJECTS = Path("files/md5")  # within a cache, and on a remote
DIR = ".dir"  # the end of the MD5 of a folder, which is that of its listing


def object_path(cache: Path, md5: str) -> Path:
    """Where a cache has the object with an MD5."""
    return cache / OBJECTS / md5[:2] / md5[2:]


def read_object(cache: Path, md5: str) -> bytes:
    """The content of an object; FileNotFoundError if the cache has none, ValueError if its bytes have another hash."""
    path = object_path(cache, md5)
    if not path.is_file():
        raise FileNotFoundError(path)
    content = path.read_bytes()
    if hashlib.md5(content).hexdigest() != md5.removesuffix(DIR):
        raise ValueError(f"a damaged object of the cache: {md5}")
    return content


def listed(cache: Path, folder: str) -> dict[str, str]:
    """The MD5 of each file of a folder by its path there, from the folder's MD5; raises what `read_object` does."""
    return {one["relpath"]: one["md5"] for one in json.loads(read_object(cache, folder))}
