"""Takes over a later version of Assay's code, and keeps what was changed here."""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from assay.errors import AssayError, sample
from assay.files import write_text
from assay.git import git
from assay.starting import upstream
from assay.starting.upstream import Taken


@dataclass(frozen=True)
class Update:
    """The fate of the files: taken over, merged with what was changed here, and removed."""

    taken: list[str]
    merged: list[str]
    removed: list[str]


def update(folder: Path, source: str, revision: str) -> Update:
    """Bring Assay's own files to a revision of a clone, or of an address that git can clone, and note it.

    A file that was changed here is merged by git, line by line, with its former version as the common ancestor.
    AssayError, and nothing written, if git's tree is not clean, or both changed the same lines.
    """
    if git(folder, "status", "--porcelain", "--untracked-files=no"):
        raise AssayError(
            "there are changes that are not committed", where=str(folder), todo="commit them, and run the command again"
        )
    with tempfile.TemporaryDirectory(prefix="assay-update-") as scratch:
        home = Path(scratch, "home.git")
        git(folder, "clone", "--quiet", "--bare", source, str(home))
        before, after = upstream.taken(home, upstream.noted(folder)), upstream.taken(home, revision)
        note = upstream.note(home, revision)
    found, files = _merged(folder, before, after)
    upstream.write(files, folder)
    for name in found.removed:
        (folder / name).unlink(missing_ok=True)
    write_text(folder / upstream.NOTE, note)
    return found


def _merged(folder: Path, before: dict[str, Taken], after: dict[str, Taken]) -> tuple[Update, dict[str, Taken]]:
    """The files to write; AssayError if one cannot be merged."""
    files: dict[str, Taken] = {}
    merged: list[str] = []
    conflicts: list[str] = []
    for name, theirs in after.items():
        base, ours = before.get(name), upstream.content(folder / name)
        if base and base.content == theirs.content:
            continue
        if ours is None or (base and ours == base.content) or ours == theirs.content:
            files[name] = theirs
        elif base and not theirs.link and (content := _three_way(ours, base.content, theirs.content)) is not None:
            files[name] = Taken(content, theirs.runs)
            merged.append(name)
        else:
            conflicts.append(name)
    gone = [name for name in before if name not in after and upstream.content(folder / name) is not None]
    conflicts += [name for name in gone if upstream.content(folder / name) != before[name].content]
    if conflicts:
        todo = "bring your change to Assay, or undo it: git checkout of its first version; and run the command again"
        raise AssayError("changed here and in Assay, in the same lines", where=sample(conflicts), todo=todo)
    return Update([name for name in files if name not in merged], merged, gone), files


def _three_way(ours: bytes, base: bytes, theirs: bytes) -> bytes | None:
    """Both changes; None if they are of the same lines."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("ours", "base", "theirs")]
        for path, content in zip(paths, (ours, base, theirs), strict=True):
            path.write_bytes(content)
        done = subprocess.run(["git", "merge-file", "--stdout", *map(str, paths)], capture_output=True)
    return done.stdout if done.returncode == 0 else None
