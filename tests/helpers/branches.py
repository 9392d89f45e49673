"""Branches of one line, each a decision that was run and committed, for tests of what becomes of two that meet."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from pipeline_copy import Copy, edit

# As .gitattributes was before anything was said of what is generated.
PLAIN = "annotations/**/decisions.csv text eol=lf merge=union\n"


def decide(copy: Copy, place: int, annotator: str) -> None:
    """A decision on a record of the train fold."""
    lines = (copy.path / "data/raw/records.csv").read_text().splitlines()[1:]
    record = lines[place].rpartition(",")[2]
    copy.run("assay", "labels", "decide", record, "F", "--annotator", annotator)


def rename(copy: Copy) -> None:
    """Another name for the model, and for its file."""
    copy.run("git", "mv", "conf/model/logistic.yaml", "conf/model/ridge.yaml")
    edit(copy, "conf/model/ridge.yaml", "name: logistic", "name: ridge")
    edit(copy, "conf/config.yaml", "model: logistic", "model: ridge")
    edit(copy, "conf/config.yaml", "baselines.logistic: logistic", "baselines.logistic: ridge")


BRANCHES: dict[str, Callable[[Copy], None]] = {
    "strength": lambda copy: edit(copy, "conf/model/logistic.yaml", "C: 1.0", "C: 0.3"),
    "stronger": lambda copy: edit(copy, "conf/model/logistic.yaml", "C: 1.0", "C: 0.1"),
    "alerts": lambda copy: edit(
        copy, "conf/criteria/screening.yaml", "max_alerts_per_1000: 100", "max_alerts_per_1000: 80"
    ),
    "no-tbg": lambda copy: edit(copy, "conf/features/clinical.yaml", "drop: []", "drop: [TBG]"),
    "ann": lambda copy: decide(copy, 10, "ann"),
    "ben": lambda copy: decide(copy, 20, "ben"),
    "words": lambda copy: edit(copy, "src/assay/statistics/metrics.py", "Brier score", "Brier's score"),
    "renamed": rename,
}


def run_branches(line: Copy, path: Path, *names: str) -> Copy:
    """A copy of the line in which each branch was made from main, run and committed."""
    copy = line.fork(path, OMP_NUM_THREADS="1")
    for key, value in {"user.name": "Test", "user.email": "test@example.org"}.items():
        copy.run("git", "config", key, value)
    for name in names:
        switch(copy, "main")
        begin(copy, name)
        copy.run("dvc", "repro", "--quiet")
        copy.run("git", "commit", "--quiet", "--all", "--amend", "--no-edit")
    switch(copy, "main")
    return copy


def begin(copy: Copy, name: str) -> None:
    """A branch whose decision is committed, and not run."""
    copy.run("git", "checkout", "--quiet", "-b", name, "main")
    BRANCHES[name](copy)
    copy.run("assay", "params")
    copy.commit(name)


def switch(copy: Copy, branch: str) -> None:
    """Check a branch out, with its data."""
    copy.run("git", "checkout", "--quiet", branch)
    copy.run("dvc", "checkout", "--quiet")


def people(said: str) -> list[str]:
    """The files that a message says a person must touch."""
    found = re.search(r"file\(s\) need a person.*?:\n((?:  \S.*\n)+?)  to do:", said)
    return [line.split()[0] for line in found[1].splitlines()] if found else []


def touched_by_hand(copy: Copy, *branches: str, rebase: bool = False) -> list[str]:
    """The files that plain git, without a word on what is generated, leaves to a person."""
    (copy.path / ".gitattributes").write_text(PLAIN)
    copy.commit("As it was")
    found = []
    for branch in branches:
        plain = ["rebase", branch] if rebase else ["merge", "--no-edit", branch]
        copy.start("git", *plain).communicate()
        found += copy.run("git", "diff", "--name-only", "--diff-filter=U").stdout.splitlines()
        if not rebase:
            copy.run("git", "checkout", "--quiet", "HEAD", "--", ".")
            copy.run("git", "add", "--all")
            copy.start("git", "commit", "--quiet", "--no-edit").communicate()
    return found


def run_afresh(copy: Copy, path: Path) -> str:
    """Clone the last commit and run all of it, without a cache: the files that are not as committed then."""
    shutil.rmtree(path, ignore_errors=True)
    copy.run("git", "clone", "--quiet", str(copy.path), str(path))
    clone = Copy(path, {"OMP_NUM_THREADS": "1"})
    clone.run("assay", "params", "--check")
    clone.run("dvc", "repro", "--force", "--quiet")
    return clone.git_status()
