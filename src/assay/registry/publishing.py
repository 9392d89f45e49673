"""Puts a decision on record: its line in the log as a commit, then its tags. Safe against being killed anywhere.

A journal in git's folder holds the whole of a decision before anything of it is published, and is removed when all of
it is. The line comes first and the stage's tag last: that is what puts the model in the stage. What was killed before
the commit never was; from the commit on, the next call completes it. The commit is made beside git's index, so that
nothing else that is staged gets into it.
"""

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from assay.dvc_internals.locks import holding
from assay.errors import AssayError
from assay.files import read_json, write_bytes, write_text
from assay.git import content, git
from assay.registry.decisions import LOG, with_line

FOLDER = Path("assay-registry")  # in git's folder, which all work trees of a clone share
ATTEMPTS, PAUSE = 50, 0.1  # while another git holds the index, and seconds between them


@dataclass(frozen=True)
class NewTag:
    """A tag to make: its name, its commit and its message."""

    name: str
    commit: str
    message: str


@dataclass(frozen=True)
class Pending:
    """A decision on its way: its line, the message of its commit, its tags, the time of these, what is signed.

    `commit` (on `branch`, at the work tree `root`) adds the line to the log, whose blob was `before` ("" for none).
    """

    line: str
    message: str
    tags: list[NewTag]
    time: int
    sign_tags: bool = False
    sign_commit: bool = False
    root: str = ""
    branch: str = ""
    parent: str = ""
    commit: str = ""
    before: str = ""


@contextmanager
def registry(root: Path) -> Iterator[Path]:
    """Hold the registry of a clone, and give the path of its journal; AssayError if another process has it."""
    folder = root / git(root, "rev-parse", "--git-common-dir") / FOLDER
    folder.mkdir(exist_ok=True)
    refusal = AssayError("another promote or roll-back is at work in this clone", todo="wait until it has ended")
    with holding(folder / "held", refusal):
        yield folder / "journal.json"


def publish(root: Path, journal: Path, pending: Pending) -> None:
    """Put a decision on record. AssayError if git refuses; what is then unfinished, `recover` finishes."""
    made = _with_commit(root, pending)
    write_text(journal, json.dumps(asdict(made)))
    try:
        git(root, "update-ref", "-m", f"assay: {made.message.partition(chr(10))[0]}", "HEAD", made.commit, made.parent)
    except AssayError:
        if not _is_published(root, made):
            journal.unlink()
        raise
    _finish(root, journal, made)


def recover(root: Path, journal: Path) -> list[str]:
    """Complete or discard what a killed call has left; what was done, in words."""
    if not journal.exists():
        return []
    pending = _read(journal)
    what = pending.message.partition("\n")[0]
    said = [f"put away a lock that a killed git has left: {name}" for name in stale_locks_away(root)]
    if not _is_published(root, pending):
        journal.unlink()
        return [*said, f"discarded what was begun and had not been recorded: {what}"]
    if _is_in_the_log(root, pending):
        _finish(root, journal, pending)
    else:  # a later commit has put back the log as it was
        publish(root, journal, pending)
    return [*said, f"completed what was begun: {what}"]


def _read(journal: Path) -> Pending:
    found = read_json(journal)
    try:
        return Pending(**{**found, "tags": [NewTag(**tag) for tag in found["tags"]]})
    except (KeyError, TypeError) as error:
        todo = f"compare git log {LOG.as_posix()} with git tag --list, make what is missing, and remove this file"
        raise AssayError("the journal of a killed call is damaged", where=str(journal), todo=todo) from error


def _is_in_the_log(root: Path, pending: Pending) -> bool:
    log = content(root, pending.branch, LOG.as_posix()) or b""
    return pending.line.encode() in log.split(b"\n")


def interrupted(root: Path) -> bool:
    """Whether a killed call has left something to complete or to discard."""
    return (root / git(root, "rev-parse", "--git-common-dir") / FOLDER / "journal.json").exists()


def _with_commit(root: Path, pending: Pending) -> Pending:
    """The decision with its commit, which no branch has yet."""
    parent, branch = git(root, "rev-parse", "HEAD"), git(root, "symbolic-ref", "HEAD")
    log = content(root, parent, LOG.as_posix())
    blob = git(root, "hash-object", "-w", "--stdin", stdin=with_line(log or b"", pending.line))
    before = git(root, "rev-parse", f"{parent}:{LOG.as_posix()}") if log is not None else ""
    with tempfile.TemporaryDirectory(prefix="assay-index-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
        git(root, "read-tree", parent, env=index)
        git(root, "update-index", "--add", "--cacheinfo", f"100644,{blob},{LOG.as_posix()}", env=index)
        tree = git(root, "write-tree", env=index)
    sign = ["-S"] if pending.sign_commit else []
    commit = git(root, "commit-tree", *sign, "-p", parent, "-F", "-", tree, stdin=pending.message.encode())
    place = {"root": str(root), "branch": branch, "parent": parent, "commit": commit, "before": before}
    return Pending(**{**vars(pending), **place})


def _is_published(root: Path, pending: Pending) -> bool:
    """Whether the branch has the commit."""
    try:
        git(root, "merge-base", "--is-ancestor", pending.commit, pending.branch)
    except AssayError:
        return False
    return True


def _finish(root: Path, journal: Path, pending: Pending) -> None:
    """Everything after the commit. Each step may have been done already."""
    _settle_work_tree(pending)
    for tag in pending.tags:
        _make_tag(root, tag, pending)
    journal.unlink()


def _settle_work_tree(pending: Pending) -> None:
    """Bring the new log into the index and the work tree, where it is as it was before."""
    root, path = Path(pending.root), LOG.as_posix()
    if not root.is_dir() or git(root, "rev-parse", "--symbolic-full-name", "HEAD") != pending.branch:
        return
    now = git(root, "rev-parse", f"{pending.commit}:{path}")
    if git(root, "rev-parse", f"HEAD:{path}") != now:  # more was committed since
        return
    staged = git(root, "ls-files", "--stage", "--", path).split()
    if (staged[1] if staged else "") == pending.before:
        _patiently(root, "update-index", "--add", "--cacheinfo", f"100644,{now},{path}")
    file = root / LOG
    was = (content(root, pending.parent, path) or b"") if pending.before else None
    if (file.read_bytes() if file.exists() else None) == was:
        write_bytes(file, content(root, pending.commit, path) or b"")


def _patiently(root: Path, *words: str) -> None:
    """Run git, again for a while where another one holds the index: an editor may look at it all the time."""
    for attempt in range(ATTEMPTS):
        try:
            git(root, *words)
            return
        except AssayError as error:
            if "index.lock" not in error.what or attempt == ATTEMPTS - 1:
                raise
            time.sleep(PAUSE)


def _make_tag(root: Path, tag: NewTag, pending: Pending) -> None:
    kind = "-s" if pending.sign_tags else "-a"
    date = {"GIT_COMMITTER_DATE": f"{pending.time} +0000"}
    words = ["tag", kind, *([] if pending.sign_tags else ["--no-sign"]), "--cleanup=verbatim", "-F", "-"]
    if _made(root, tag):
        return
    try:
        git(root, *words, tag.name, tag.commit, stdin=tag.message.encode(), env=date)
    except AssayError:
        if not _made(root, tag):
            raise


def _made(root: Path, tag: NewTag) -> bool:
    """Whether there is such an annotated tag on that commit."""
    try:
        found = git(root, "for-each-ref", "--format=%(objecttype) %(*objectname)", f"refs/tags/{tag.name}")
    except AssayError:
        return False
    return found == f"tag {tag.commit}"


def stale_locks_away(root: Path) -> list[str]:
    """Put away the lock files of git whose process is gone; their names."""
    from assay.doctor.attic import Attic
    from assay.doctor.clone import Clone
    from assay.doctor.locks import git as of_git

    clone, attic = Clone(root), Attic(root)
    faults = list(of_git(clone))
    for fault in faults:
        if fault.mend:
            fault.mend(attic)
    return [fault.where for fault in faults]
