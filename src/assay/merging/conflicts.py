"""The conflicts of a merge: in files that people write, and in files that the line makes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.errors import AssayError
from assay.git import content, git, raw
from assay.lineage.graph import DVC_YAML, LOCK, PARAMS, Node, nodes
from assay.lineage.links import LINKS, is_folder, linked_in, sources


@dataclass(frozen=True)
class NextCommands:
    """The commands to go on, and to take everything back."""

    on: str
    back: str


OURS, THEIRS = "2", "3"  # stages of git's index


def generated(root: Path, commits: Iterable[str]) -> set[str]:
    """The generated files: params.yaml, dvc.lock, and each output that git keeps by the graphs of these commits."""
    return {LOCK, PARAMS, *(out for commit in commits for node in stages(root, commit) for out in node.in_git)}


def stages(root: Path, commit: str) -> list[Node]:
    """The graph of a commit, each stage after those it needs; empty where it has none that can be read."""
    try:
        return nodes((content(root, commit, DVC_YAML) or b"").decode(errors="replace"))
    except AssayError:
        return []


def read_by(root: Path, commit: str) -> set[str]:
    """The files and folders that the stages of a commit read, with the code behind links."""
    deps = {dep for node in stages(root, commit) for dep in node.deps}
    linked = git(root, "ls-tree", "-r", "-z", "--name-only", "--full-tree", commit, "--", str(LINKS)).split("\0")
    return deps | sources(path for path in linked if within(path, deps))


def within(path: str, made: Iterable[str]) -> bool:
    """Whether a file is one of these paths, or lies in one."""
    return any(path == one or path.startswith(f"{one}/") for one in made)


def unmerged(root: Path) -> dict[str, set[str]]:
    """Each unmerged file, with the stages of git's index that it has."""
    found: dict[str, set[str]] = {}
    for line in filter(None, raw(root, "ls-files", "--unmerged", "-z").decode(errors="surrogateescape").split("\0")):
        about, path = line.split("\t", 1)
        found.setdefault(path, set()).add(about.split()[2])
    return found


def resolve(root: Path, made: Iterable[str]) -> list[str]:
    """Give each unmerged generated file the bytes of one side until the line makes it; returns the other ones."""
    made, people = list(made), []
    for path, there in unmerged(root).items():
        if not within(path, made):
            people.append(path)
        elif OURS in there or THEIRS in there:
            git(root, "checkout", "--ours" if OURS in there else "--theirs", "--", path)
            git(root, "add", "--", path)
        else:
            git(root, "rm", "--quiet", "--cached", "--", path)
    return sorted(people)


def require_none(root: Path, people: Sequence[str], commands: NextCommands) -> None:
    """AssayError that names the files that need a person, if there are any."""
    if people:
        raise AssayError(
            f"{len(people)} file(s) need a person; everything that is generated is seen to:\n  "
            + "\n  ".join(_said(root, path) for path in people),
            todo=f"edit them, git add them, then: {commands.on} (or take everything back: {commands.back})",
        )


def _said(root: Path, path: str) -> str:
    code = git(root, "status", "--porcelain", "--", path)[:2]
    words = {"DU": "deleted here, changed there", "UD": "changed here, deleted there", "AA": "added on both sides"}
    return f"{path} ({words[code]})" if code in words else path


def require_staged(root: Path, made: Iterable[str]) -> None:
    """AssayError if a file that people write differs from git's index, or is unknown to git.

    What runs must be what is committed. An untracked file counts if a stage or the configuration would read it.
    """
    made = list(made)
    changed = raw(root, "diff", "--name-only", "-z").decode(errors="replace").split("\0")
    people = sorted({path for path in changed if path and not within(path, made)})
    if people:
        raise AssayError(
            f"{len(people)} file(s) differ from what would be committed",
            where=", ".join(people[:5]),
            todo="git add them, or take them back: git restore FILE",
        )
    deps = {dep for node in nodes((root / DVC_YAML).read_text()) for dep in node.deps}
    linked = (link.relative_to(root).as_posix() for dep in filter(is_folder, deps) for link in linked_in(root / dep))
    read = sorted({"conf", *deps, *sources(linked)})
    unknown = raw(root, "ls-files", "--others", "--exclude-standard", "-z", "--", *read).decode(errors="replace")
    if found := [path for path in unknown.split("\0") if path and not within(path, made)]:
        raise AssayError(
            f"{len(found)} file(s) that the line reads are unknown to git",
            where=", ".join(found[:5]),
            todo="git add them, or move them away",
        )
