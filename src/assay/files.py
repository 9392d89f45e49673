"""Reading and writing the files between stages: atomic writes, clear errors, and DVC's own hashes.

`assay.tables` reads and writes those that hold tables.
"""

import copy
import fnmatch
import hashlib
import json
import math
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assay.errors import AssayError, about
from assay.machine import of_the_system

FIGURES_KEPT = 6  # decimals in JSON and CSV, so that machines which differ in the sixteenth digit write the same bytes
DVCIGNORE = Path(".dvcignore")
MAKE_AGAIN = "run: dvc repro (or: dvc checkout)"
PARQUET = ".parquet"
PART = re.compile(r"part-\d{5,}\.parquet")  # of a table in parts
WRITING = ".writing-"  # prefix of a folder in which a file is being written; git and DVC ignore it


@dataclass(frozen=True)
class Seen:
    """A file when it was read or written: its MD5, and a stamp that changes with every write."""

    md5: str
    stamp: tuple[int, ...]


# Each written file, hashed before it was moved into place. A stage's statement is made from this.
WRITTEN: ContextVar[dict[Path, Seen] | None] = ContextVar("written", default=None)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A scratch path that replaces `path` if the block succeeds, and is removed if it fails.

    The block may create a file or a folder there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with about(path, WRITING), tempfile.TemporaryDirectory(prefix=WRITING, dir=path.parent) as folder:
        scratch = Path(folder, path.name)
        yield scratch
        made = None if WRITTEN.get() is None else files_md5(scratch)
        _take_its_place(scratch, path, Path(folder, "replaced"))
    _note(path, made or {})


def _take_its_place(new: Path, path: Path, old: Path) -> None:
    """Move `new` to `path`; a folder there is moved to `old` first, and back if that fails or is interrupted.

    A table in parts and one in a file make way for each other. No other file makes way for a folder, and no other
    folder for a file: somebody may keep things in it.
    """
    of_a_table = path.suffix == PARQUET and (is_in_parts(new) or is_in_parts(path))
    try:
        if path.exists() and ((new.is_dir() and path.is_dir()) or of_a_table):
            path.rename(old)
        new.replace(path)
    except BaseException:
        if old.exists() and not path.exists():
            old.rename(path)
        raise


def is_in_parts(path: Path) -> bool:
    """Whether it is a folder with nothing in it but parts of a table, if anything."""
    return path.is_dir() and all(PART.fullmatch(one.name) for one in path.iterdir())


def _note(path: Path, made: Mapping[str, str]) -> None:
    """Add the files to `WRITTEN`, with the MD5 from before they were moved into place."""
    written = WRITTEN.get()
    if written is not None:
        for name, found in made.items():
            written[path / name] = Seen(found, stamp(path / name))


def write_bytes(path: Path, content: bytes) -> None:
    """Write all or nothing."""
    with replacing(path) as scratch:
        scratch.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """Write all or nothing, with line feeds on every system."""
    write_bytes(path, text.encode())


def read_text(path: Path) -> str:
    """The text of a file in UTF-8; AssayError when it is missing or not text."""
    require_file(path)
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise AssayError(
            f"not text in UTF-8: {error.reason} at byte {error.start}", where=str(path), todo="save it so"
        ) from error


@dataclass(frozen=True)
class Exact:
    """Numbers that JSON gets as they are: a parameter that is rounded, 1e-7 to 0, is another one."""

    content: Any


def write_json(path: Path, content: Any, *, sort_keys: bool = True) -> None:
    """Write JSON for people and diffs: sorted, indented, floats to six decimals unless `Exact`, NaN as null."""
    text = json.dumps(plain(content), indent=2, sort_keys=sort_keys, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n")


def plain(value: Any, decimals: int | None = FIGURES_KEPT) -> Any:
    """`value` with Python's numbers in place of NumPy's, rounded floats, and None in place of NaN and infinity.

    What is in an `Exact`, and all if `decimals` is None, is not rounded.

    >>> plain({"recall": 0.8850574712, "f1": float("nan"), "C": Exact(1e-7)})
    {'recall': 0.885057, 'f1': None, 'C': 1e-07}
    """
    if isinstance(value, Exact):
        return plain(value.content, None)
    if isinstance(value, dict):
        return {str(key): plain(item, decimals) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, decimals) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        rounded = value if decimals is None else round(value, decimals)
        return rounded if math.isfinite(value) else None
    return value


def read_json(path: Path) -> Any:
    """The content of a JSON file; AssayError if it is missing or damaged."""
    require_file(path)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise damaged(path, error) from error


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file, read as DVC reads it; AssayError if it is missing, damaged or no mapping."""
    require_file(path)
    try:
        return yaml_mapping(path.read_bytes())
    except ValueError as error:
        raise damaged(path, error) from error


def yaml_mapping(text: str | bytes) -> dict[str, Any]:
    """The mapping in a text of YAML 1.2, as DVC reads it; ValueError with the reason if it has none.

    PyYAML reads YAML 1.1, where `no` is not a text, `1e-05` is not a number, and `12:30` is 750.
    """
    try:
        content = copy.deepcopy(_parsed(text))
    except Exception as error:  # a parser's and its constructors' errors share no base class
        if of_the_system(error):
            raise
        raise ValueError(" ".join(str(error).split()) or type(error).__name__) from error
    if not isinstance(content, dict):
        raise ValueError("not a mapping")
    return content


@lru_cache(maxsize=16)  # a command asks many times for the same few files, and to copy is 20 times faster
def _parsed(text: str | bytes) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="safe").load(text)


def require_file(path: Path) -> None:
    """AssayError if there is no such file or folder."""
    if not path.exists():
        raise AssayError("the file is missing", where=str(path), todo=MAKE_AGAIN)


def damaged(path: Path, error: Exception) -> AssayError:
    """The error for a file of the line that cannot be read."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return AssayError(
        f"the file is damaged or cut short: {reason}",
        where=str(path),
        todo="run: assay doctor --mend (brings the last good one back), or dvc repro (makes it again)",
    )


def sha256(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def md5(path: Path) -> str:
    """The hash that dvc.lock holds for a file or a folder."""
    require_file(path)
    return folder_md5(files_md5(path)) if path.is_dir() else files_md5(path)[""]


def files_md5(path: Path) -> dict[str, str]:
    """The MD5 of each file in a folder by its relative path; of a single file, by ""."""
    names = {"": path} if path.is_file() else {file.relative_to(path).as_posix(): file for file in files_in(path)}
    found = {}
    for name, one in names.items():
        with one.open("rb") as file:
            found[name] = hashlib.file_digest(file, "md5").hexdigest()
    return found


def folder_md5(files: Mapping[str, str]) -> str:
    """The hash of a folder in dvc.lock, from the MD5 of its files by name: the MD5 of their list, and `.dir`."""
    return hashlib.md5(folder_listing(files)).hexdigest() + ".dir"


def folder_listing(files: Mapping[str, str]) -> bytes:
    """A folder in DVC's cache: the JSON list of its files (DVC, "Internal files" in the user guide)."""
    return json.dumps([{"md5": files[name], "relpath": name} for name in sorted(files)], sort_keys=True).encode()


def files_in(folder: Path) -> list[Path]:
    """The files in a folder at any depth, without those that match a pattern of `.dvcignore` without a slash."""
    ignored = _ignored(DVCIGNORE.read_text(encoding="utf-8") if DVCIGNORE.is_file() else "")
    return [
        file
        for file in folder.rglob("*")
        if file.is_file() and not any(map(ignored.fullmatch, file.relative_to(folder).parts))
    ]


@lru_cache
def _ignored(text: str) -> re.Pattern[str]:
    """The names of files and folders that a .dvcignore excludes at any depth, and of leftovers that DVC excludes."""
    lines = (line.strip() for line in text.splitlines())
    names = [line for line in lines if line and line[0] not in "#!" and "/" not in line]
    return re.compile("|".join(map(fnmatch.translate, ["__pycache__", f"{WRITING}*", *names])))


def stamp(path: Path) -> tuple[int, ...]:
    """A stamp that changes with every write to a file, even if size and mtime do not, because the kernel sets ctime."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
