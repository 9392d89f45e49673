"""Puts objects into a cache of DVC's as DVC does, without it."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from assay.dvc_internals.objects import DIR, object_path
from assay.files import folder_listing


def keep(cache: Path, content: bytes, end: str = "") -> str:
    """The MD5 of an object, with `end`, that the cache has now."""
    md5 = hashlib.md5(content).hexdigest() + end
    path = object_path(cache, md5)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return md5


def keep_folder(cache: Path, files: Mapping[str, bytes]) -> str:
    """The MD5 of a folder with these files by name, all of which the cache has now."""
    listing = folder_listing({name: keep(cache, content) for name, content in files.items()})
    return keep(cache, listing, DIR)
