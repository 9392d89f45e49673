"""The code of each stage as a folder of links, one to each file: src/deps/STAGE/FILE for src/assay/FILE.

DVC parses and writes the whole of dvc.lock after each stage, and looks at each dependency by itself. A folder is one
dependency, whatever it holds; DVC follows links to files, and hashes what they lead to.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from assay.errors import AssayError
from assay.files import folder_md5

PACKAGE, LINKS = Path("src/assay"), Path("src/deps")
MEND = "git restore src/deps; or assay deps"
DIR = ".dir"  # the end of the hash of a folder


def folder(stage: str) -> Path:
    """The folder of a stage's links."""
    return LINKS / stage


def is_folder(dependency: str) -> bool:
    """Whether a dependency is a folder of links."""
    return Path(dependency).parent == LINKS


def source(link: Path) -> Path:
    """The file of code that a link must lead to.

    >>> source(Path("src/deps/train/modelling/zoo.py")).as_posix()
    'src/assay/modelling/zoo.py'
    """
    return PACKAGE.joinpath(*link.relative_to(LINKS).parts[1:])


def sources(names: Iterable[str]) -> set[str]:
    """The files of code behind those of some files that are links."""
    return {source(path).as_posix() for path in map(Path, names) if path.is_relative_to(LINKS)}


def expanded(dependencies: Iterable[str]) -> set[str]:
    """Dependencies of a stage, with the files of code in place of a folder of links.

    A folder that is missing has none: DVC stops there. AssayError if something in it is no link to its file: DVC would
    not see how that file changes.
    """
    return {one for dep in dependencies for one in (_behind(Path(dep)) if is_folder(dep) else [dep])}


def _behind(links: Path) -> list[str]:
    found = linked_in(links)
    for link, target in found.items():
        if target != _target(link) or link.is_dir():
            raise AssayError("it is not a link to its file of code", where=str(link), todo=MEND)
    return [source(link).as_posix() for link in found]


def hash_in_lock(links: str, used: Mapping[str, str]) -> str | None:
    """The hash in dvc.lock of a folder of links; None without any. used: the MD5 of each dependency of its stage."""
    paths = {Path(path): md5 for path, md5 in used.items() if not md5.endswith(DIR)}
    code = {one.relative_to(PACKAGE).as_posix(): md5 for one, md5 in paths.items() if one.is_relative_to(PACKAGE)}
    return folder_md5(code) if code and is_folder(links) else None


def linked_in(links: Path) -> dict[Path, str]:
    """Each file in a folder of links, and each link to a folder, and where it leads; "" if it is no link."""
    files = (Path(at, name) for at, inside, names in os.walk(links) for name in (*names, *inside))
    files = (one for one in files if one.is_symlink() or not one.is_dir())
    return {file: str(file.readlink()) if file.is_symlink() else "" for file in files}


def wanted(stage: str, files: Iterable[Path]) -> dict[Path, str]:
    """The links of a stage to files of code, and where each leads."""
    links = [folder(stage) / file.relative_to(PACKAGE) for file in files]
    return {link: _target(link) for link in links}


def difference(links: Path, want: Mapping[Path, str]) -> list[str]:
    """The links that must go from a folder, and those that must come, as lines of a diff."""
    found = linked_in(links)
    gone = sorted(link for link, target in found.items() if want.get(link) != target)
    new = sorted(link for link, target in want.items() if found.get(link) != target)
    return [*(f"-{link.as_posix()}" for link in gone), *(f"+{link.as_posix()}" for link in new)]


def write(links: Path, want: Mapping[Path, str]) -> None:
    """Make a folder of links what it must be."""
    found = linked_in(links)
    for link in (link for link, target in found.items() if want.get(link) != target):
        link.unlink()
    for link, target in want.items():
        if found.get(link) != target:
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(target)
    for empty, inside, files in os.walk(links, topdown=False):
        if not files and not any(Path(empty, one).exists() for one in inside):
            Path(empty).rmdir()


def _target(link: Path) -> str:
    return os.path.relpath(source(link), link.parent)
