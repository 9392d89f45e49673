"""Ten merges and rebases: how many files a person touches, and whether the result is a run's: make bench-merges.

Before: plain git, no word on what is generated. After: `assay merge` or `assay rebase`. Each result is held, byte for
byte, against a run of the same commit in another folder without a cache. On a small model, so that it takes minutes.
"""

import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from branches import people, run_afresh, run_branches, switch, touched_by_hand
from pipeline_copy import Copy, cheapened, copy_of_the_tree


@dataclass(frozen=True)
class Case:
    """Branches that meet on the first of them: merged in turn, or (`rebase`) put on the second."""

    name: str
    branches: tuple[str, ...]
    rebase: bool = False


CASES = [
    Case("two parameters", ("strength", "alerts")),
    Case("two parameters", ("strength", "alerts"), rebase=True),
    Case("parameter and feature", ("strength", "no-tbg")),
    Case("parameter and feature", ("strength", "no-tbg"), rebase=True),
    Case("two label decisions", ("ann", "ben")),
    Case("two label decisions", ("ann", "ben"), rebase=True),
    Case("code and parameter", ("words", "strength")),
    Case("model renamed, and its parameter", ("renamed", "strength")),
    Case("model renamed, and its parameter", ("renamed", "strength"), rebase=True),
    Case("three branches", ("strength", "no-tbg", "words")),
    Case("the same parameter, two values", ("strength", "stronger")),
]


def measured(case: Case, line: Copy, folder: Path) -> list[str]:
    """The row of a case."""
    first, *others = case.branches
    before = line.fork(folder / "before", **line.environment)
    switch(before, first)
    by_hand = touched_by_hand(before, *others, rebase=case.rebase)
    after = line.fork(folder / "after", **line.environment)
    switch(after, first)
    start = time.perf_counter()
    process = after.start("assay", *(["rebase"] if case.rebase else ["merge"]), *others)
    out, err = process.communicate()
    seconds = time.perf_counter() - start
    touched = people(err)
    if process.returncode and not touched:
        sys.exit(f"{case}: {out}\n{err}")
    identical, afresh = "a person decides first", "-"
    if not touched:
        start = time.perf_counter()
        differing = run_afresh(after, folder / "fresh")
        afresh = f"{time.perf_counter() - start:.0f}"
        identical = "yes" if not differing else f"no: {differing}"
    ran = re.findall(r"^(\d+) stage\(s\) ran.*?(\d+) had", out + err, re.M)
    stages = ", ".join(f"{one} / {had}" for one, had in ran) or "-"
    kind = "rebase" if case.rebase else "merge"
    return [case.name, kind, str(len(by_hand)), str(len(touched)), f"{seconds:.0f}", stages, afresh, identical]


def main() -> None:
    """Print the table, a row as it is measured: of all cases, or of those whose name has the word that is given."""
    cases = [case for case in CASES if (sys.argv[1:] or [""])[0] in case.name]
    names = dict.fromkeys(name for case in cases for name in case.branches)
    print("| case | | files by hand, before | after | seconds | stages ran / had | a fresh run | the same bytes |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="assay-merges-") as name:
        folder = Path(name)
        line = cheapened(copy_of_the_tree(folder / "line"))
        line = run_branches(line, folder / "branches", *names)
        for number, case in enumerate(cases):
            print(f"| {' | '.join(measured(case, line, folder / str(number)))} |", flush=True)


if __name__ == "__main__":
    main()
