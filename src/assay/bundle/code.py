"""The source of a dataset's own code, known by hash without running it.

A plug-in is a module or package directly in `assay.datasets`. A bundle states the hash of the source of each one that
its contract uses. `installed` reads the source that this Python would import, so that code and bundle can be compared
before anything of it runs. What imports a plug-in from an archive is `assay.bundle.importing`.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import assay.datasets
from assay.errors import AssayError

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

# What Python leaves, and what .dvcignore excludes: editors, merges and file managers leave that.
LEFT_OVER = re.compile(r"__pycache__|[.~].*|.*(~|\.pyc|\.bak|\.orig)|#.*#|Thumbs\.db|desktop\.ini")
LARGEST = 64 << 20  # bytes of a plug-in


@dataclass(frozen=True)
class Source:
    """The files of a plug-in: the SHA-256 of each, by its path from the folder of plug-ins; and that of the whole."""

    files: dict[str, str]
    sha256: str

    @classmethod
    def of(cls, contents: Mapping[str, bytes]) -> "Source":
        """That of files with these contents, by path.

        >>> Source.of({"covid.py": b"x = 1"}).files
        {'covid.py': '8ff436def1451285599a1b1ad70800493b8dcafde2912e1a38345633054e4c26'}
        """
        files = {name: hashlib.sha256(contents[name]).hexdigest() for name in sorted(contents)}
        return cls(files, hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest())


def plugins(dataset: "Dataset") -> list[str]:
    """The names of the plug-ins that a contract uses, for `knowledge` and for `rule`.

    >>> from assay.config.dataset import Dataset
    >>> plugins(Dataset(knowledge="assay.datasets.thyroid", rule="assay.datasets.thyroid.rule.suspicious"))
    ['thyroid']
    """
    return sorted({path.split(".")[2] for path in (dataset.knowledge, dataset.rule) if path})


def installed(plugin: str) -> dict[str, bytes]:
    """The contents of the files of a plug-in by path, where Python would import it from; nothing is imported.

    Neither compiled files count, nor what editors leave. AssayError if there is no such plug-in.
    """
    if files := found(plugin):
        return files
    raise AssayError(f"no module 'assay.datasets.{plugin}'", where="dataset", todo=assay.datasets.GUIDE)


def found(plugin: str) -> dict[str, bytes]:
    """The same; empty if there is no such plug-in."""
    return next(filter(None, (contents(folder, plugin) for folder in map(Path, assay.datasets.__path__))), {})


def contents(folder: Path, plugin: str) -> dict[str, bytes]:
    """The same for a folder of plug-ins; empty if it has none of that name.

    As for Python, a package comes before a module.
    """
    package, module = folder / plugin, folder / f"{plugin}.py"
    found = list(_files(package)) if (package / "__init__.py").is_file() else [module] * module.is_file()
    if sum(path.stat().st_size for path in found) > LARGEST:
        raise AssayError(f"more than {LARGEST >> 20} MiB of code", where=str(package))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(found)}


def listing(dataset: "Dataset") -> dict[str, Source]:
    """The installed source of each plug-in that a contract uses, by its name."""
    return {plugin: Source.of(installed(plugin)) for plugin in plugins(dataset)}


def _files(package: Path) -> Iterator[Path]:
    """The files of a package at any depth, but for `LEFT_OVER`."""
    for path in package.rglob("*"):
        if path.is_file() and not any(map(LEFT_OVER.fullmatch, path.relative_to(package).parts)):
            yield path
