"""Compares the result of a merge with each parent, for people and for the message of the commit."""

from dataclasses import dataclass, replace
from pathlib import Path

from assay.compare import show
from assay.compare.page import Page, compared
from assay.errors import AssayError, translated
from assay.experiments.revisions import WORKSPACE, Revision, revision
from assay.git import git
from assay.presentation import words
from assay.statistics.metrics import METRICS, RANKED_BY


@dataclass(frozen=True)
class Parent:
    """A parent by name, and the comparison with it. If there is none, `remark` says why."""

    name: str
    page: Page | None
    remark: str = ""


def against(root: Path, parents: list[str]) -> list[Parent]:
    """Compare the workspace with each parent. Data are read by hash, and nothing runs."""
    head = replace(revision(WORKSPACE), name="the merge")
    return [_against(name_of(root, sha), sha, head) for sha in parents]


def document(parents: list[Parent]) -> str:
    """Markdown."""
    return "\n\n".join(
        show.as_markdown(one.page) if one.page else f"### Not compared with {one.name}\n\n{one.remark}"
        for one in parents
    )


def in_short(parents: list[Parent]) -> str:
    """A line for each parent."""
    return "\n".join(_line(one) for one in parents)


def name_of(root: Path, sha: str) -> str:
    """The short hash of a commit, after the name of a branch if the commit is the last one of a branch."""
    branches = git(
        root, "for-each-ref", "--format=%(refname:short)", f"--points-at={sha}", "refs/heads", "refs/remotes"
    )
    short = sha[:7]
    return f"{branches.splitlines()[0]} ({short})" if branches else short


def _against(name: str, sha: str, head: Revision) -> Parent:
    try:
        with translated("they cannot be compared"):  # an old parent's files may differ in any way
            return Parent(name, compared(replace(revision(sha), name=name), head))
    except AssayError as error:
        return Parent(name, None, error.what)


def _line(one: Parent) -> str:
    if one.page is None:
        return f"Against {one.name}: not compared, {one.remark.splitlines()[0]}"
    row = next(row for row in one.page.comparison.rows if row.metric == RANKED_BY)
    name, *values = (
        METRICS[row.metric].title,
        words.number(row.base, row.metric),
        words.number(row.head, row.metric),
        words.signed(row.difference, row.interval, row.metric),
    )
    return f"Against {one.name}: {row.verdict}. {name} {values[0]} to {values[1]}, {values[2]}"
