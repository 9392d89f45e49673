"""Checks every byte of data, models, reports and the cache.

DVC hashes a file of the workspace again only if its time or size changed, and an object of the cache only if it is
writable. It does not see any other change, so everything is read here. A mend writes a new file with a new time, so DVC
reads it again.
"""

import hashlib
import shlex
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from assay.doctor.attic import Attic
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.doctor.outputs import Out, address, elsewhere, good, listing, objects, outs, present
from assay.dvc_internals.objects import DIR
from assay.errors import AssayError
from assay.files import folder_listing, folder_md5, md5, replacing

READ_ONLY = 0o444  # how DVC marks an object that it need not read again
AGAIN = "dvc repro makes it again (or: dvc pull)"


def cache(clone: Clone) -> Iterator[Fault]:
    """Objects whose bytes do not match their name, and objects that only the workspace has."""
    named = objects(clone)
    found = clone.hashes.of(named)
    wanted, here = _wanted(clone), _here(clone)
    for path, name in named.items():
        if found.get(path) != name.removesuffix(DIR):
            then = "" if name in here else AGAIN if name in wanted else "of another commit: dvc pull, or run it there"
            said = "put back from the workspace" if name in here else f"put away; then: {then}"
            what = f"an object of the cache is damaged: {wanted.get(name, 'not of this commit')}"
            mend = partial(_mend_object, path, name, here.get(name))
            yield Fault(what, clone.name(path), f"assay doctor --mend: {said}", mend, then=then)
    for name in sorted(here.keys() & wanted.keys()):
        path = address(clone, name)
        if not path.exists():
            mend = partial(_mend_object, path, name, here[name])
            yield Fault(f"not in the cache, only in the workspace: {wanted[name]}", todo="dvc commit", mend=mend)


def workspace(clone: Clone) -> Iterator[Fault]:
    """Files of data/, models/ and reports/ that differ from dvc.lock."""
    clone.hashes.of(clone.root / out.path for out in outs(clone))
    for path in elsewhere(clone):
        yield Fault("outside of the clone: not looked at", path, advice=True)
    for out in outs(clone):
        if not out.made:
            yield from _added(clone, out)
        elif out.is_folder:
            yield from _folder(clone, out)
        elif (found := _found(clone, out.path)) not in (out.md5, None):
            yield _differs(clone, out.path, out.md5, str(found))


def missing(clone: Clone) -> Iterator[Fault]:
    """Files that dvc.lock names and the workspace lacks; after `git clone` that is all of them."""
    gone = [(path, recorded) for path, recorded in _files(clone) if not (clone.root / path).exists()]
    for path, recorded in gone:
        if _source(clone, path, recorded):
            mend = partial(_restore, clone, path, recorded)
            of_git = _of_git(clone, path, recorded)
            what = f"the file is missing, and {'the last commit' if of_git else 'the cache'} has it"
            yield Fault(what, path, _from_git(path) if of_git else "dvc checkout", mend)
    lost = [path for path, recorded in gone if not _source(clone, path, recorded)]
    if lost:
        yield Fault(f"{len(lost)} file(s) of dvc.lock are not here", lost[0], "dvc repro (or: dvc pull)", advice=True)


def _added(clone: Clone, out: Out) -> Iterator[Fault]:
    """A difference in what a person added. Only that person can tell an edit from damage."""
    found = folder_md5(present(clone, out.path)) if out.is_folder else _found(clone, out.path)
    if (clone.root / out.path).exists() and found != out.md5:
        todo = "dvc commit, if you changed it; else dvc checkout --force brings it back"
        yield Fault("not what its .dvc file says", out.path, todo, advice=True)


def _folder(clone: Clone, out: Out) -> Iterator[Fault]:
    if not (clone.root / out.path).exists():
        return
    files, here = listing(clone, out) or _committed(clone, out), present(clone, out.path)
    if files is None:
        what = "not what dvc.lock says, and which of its files cannot be known"
        mend = partial(_put_away, clone, out.path)
        yield Fault(what, out.path, "assay doctor --mend puts it away", mend, then=AGAIN)
        return
    for name, recorded in files.items():
        if here.get(name, recorded) != recorded:
            yield _differs(clone, f"{out.path}/{name}", recorded, here[name])
    for name in here.keys() - files.keys():
        path = f"{out.path}/{name}"
        yield Fault("dvc.lock has no such file", path, "assay doctor --mend", partial(_put_away, clone, path))


def _differs(clone: Clone, path: str, recorded: str, found: str) -> Fault:
    what = f"not what dvc.lock says: its MD5 is {found[:8]}, recorded is {recorded[:8]}"
    if _source(clone, path, recorded):
        of_git = _of_git(clone, path, recorded)
        todo = f"{_from_git(path) if of_git else 'dvc checkout --force'}, or assay doctor --mend"
        todo += "" if of_git else ", which also sees what DVC does not"
        return Fault(what, path, todo, partial(_restore, clone, path, recorded))
    todo = f"assay doctor --mend puts it away, then {AGAIN}"
    return Fault(what, path, todo, partial(_put_away, clone, path), then=AGAIN)


def _files(clone: Clone) -> Iterator[tuple[str, str]]:
    """Path and MD5 of each file that dvc.lock names, in folders too; of the folder if its files are unknown."""
    for out in outs(clone):
        files = (listing(clone, out) or _committed(clone, out)) if out.is_folder else None
        if files is None:
            yield out.path, out.md5
        for name, recorded in (files or {}).items():
            yield f"{out.path}/{name}", recorded


def _found(clone: Clone, path: str) -> str | None:
    return clone.hashes.of([clone.root / path]).get(clone.root / path)


def _wanted(clone: Clone) -> dict[str, str]:
    """The objects that this dvc.lock needs in the cache, each with its path in the workspace."""
    found = {out.md5: out.path for out in outs(clone) if out.cached}
    for out in outs(clone):
        if out.cached and out.is_folder:
            found |= {recorded: f"{out.path}/{name}" for name, recorded in (listing(clone, out) or {}).items()}
    return found


def _here(clone: Clone) -> dict[str, Path | bytes]:
    """The sound objects in the workspace by MD5: a file, or the listing of a folder."""
    found: dict[str, Path | bytes] = {}
    for out in outs(clone):
        here = present(clone, out.path) if out.is_folder else {}
        if here and folder_md5(here) == out.md5:
            found[out.md5] = folder_listing(here)
        found |= {recorded: clone.root / out.path / name for name, recorded in here.items()}
        if not out.is_folder and (recorded := _found(clone, out.path)):
            found[recorded] = clone.root / out.path
    return found


def _committed(clone: Clone, out: Out) -> dict[str, str] | None:
    """The files of a folder as git has them; None if they do not match its hash."""
    names = [name for name in clone.tracked if name.startswith(f"{out.path}/")]
    contents = {name.removeprefix(f"{out.path}/"): clone.committed(name) for name in names}
    files = {name: hashlib.md5(content).hexdigest() for name, content in contents.items() if content is not None}
    return files if folder_md5(files) == out.md5 else None


def _source(clone: Clone, path: str, recorded: str) -> Path | bytes | None:
    """The source of the recorded bytes of a file: the cache, or else the commit; None if there is none."""
    if _of_cache(clone, recorded):
        return address(clone, recorded)
    content = clone.committed(path) if path in clone.tracked else None
    return content if content is not None and hashlib.md5(content).hexdigest() == recorded else None


def _of_cache(clone: Clone, recorded: str) -> bool:
    return good(clone, recorded) and not recorded.endswith(DIR)


def _of_git(clone: Clone, path: str, recorded: str) -> bool:
    """Whether only the commit has the recorded bytes of a file, as of a report: `dvc checkout` brings none back."""
    return not _of_cache(clone, recorded) and _source(clone, path, recorded) is not None


def _from_git(path: str) -> str:
    return shlex.join(["git", "checkout", "HEAD", "--", path])


def _restore(clone: Clone, path: str, recorded: str, attic: Attic) -> None:
    source = _source(clone, path, recorded)
    assert source is not None
    target = clone.root / path
    if target.exists() or target.is_symlink():
        _put_away(clone, path, attic)
    with replacing(target) as scratch:
        _copy(source, scratch, recorded)


def _put_away(clone: Clone, path: str, attic: Attic) -> None:
    """Move a file or folder to the attic; delete a file whose bytes the cache has anyway."""
    target = clone.root / path
    found = _found(clone, path)
    if found and good(clone, found):
        target.unlink()
    else:
        attic.move(target)


def _mend_object(path: Path, name: str, source: Path | bytes | None, attic: Attic) -> None:
    if path.exists():
        attic.move(path)
    if source is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as scratch:
        _copy(source, scratch, name.removesuffix(DIR))
        scratch.chmod(READ_ONLY)


def _copy(source: Path | bytes, target: Path, recorded: str) -> None:
    if isinstance(source, bytes):
        target.write_bytes(source)
    else:
        shutil.copyfile(source, target)
    if md5(target) != recorded:
        raise AssayError("the file to restore has changed meanwhile", where=str(source), todo="look again")


CHECKS = [
    Check(
        "cache",
        "every object of the cache is what its name says, and those of dvc.lock are there",
        cache,
        "puts it back from a good file of the workspace, or away",
        quick=True,
    ),
    Check(
        "workspace",
        "data, models and reports are, byte for byte, what dvc.lock says",
        workspace,
        "puts it back from the cache or the commit, or away: then dvc repro",
        quick=True,
    ),
    Check("missing", "what dvc.lock names is there", missing, "brings back what the cache has"),
]
