"""The report on a pull request: is the commit what its code gives, and what does it change?"""

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from assay.compare import show
from assay.compare.page import Page, compared
from assay.dvc_internals.repository import cache_folder, default_remote
from assay.errors import AssayError
from assay.experiments.clones import bring_sources, clone, dvc, reason, repro
from assay.experiments.refs import OUT_OF_FOLD
from assay.experiments.revisions import WORKSPACE, Revision, revision
from assay.git import git, shared
from assay.lineage.graph import LOCK, PARAMS
from assay.merging.forecast import Ahead, ahead
from assay.paths import ANNOTATION_LOG, CLEANED, LABELS, PREDICTIONS, QUALITY, REPLAY, REPORTS, SPLIT, fold
from assay.presentation.markdown import Markdown, code, quoted
from assay.presentation.markdown import table as table_of
from assay.presentation.pages import environment
from assay.proof.verify import METRICS, differences, moved, rewritten, table, verify
from assay.records.folds import TEST
from assay.sweep.execution import baseline
from assay.terminal import say

FOLDER = Path(".assay/pr-report")
CLAIMED = (LOCK, PARAMS, "reports")  # the committed results of a run
PULL = ("--pull", "--allow-missing")
COMPARED = (CLEANED, LABELS, fold(SPLIT, TEST), PREDICTIONS)  # which --allow-missing leaves where they are
TARGETS = ("origin/main", "main")
NOTHING = Markdown()
SIDES = {"params": ("old", "new"), "metrics": ("old", "new", "diff")}  # what DVC says of each
# What a reviewer must see of figures; dvc.yaml calls only the first two of them metrics, the columns of `dvc exp show`.
FIGURES = [str(path) for path in (OUT_OF_FOLD, REPORTS / "metrics.json", QUALITY, ANNOTATION_LOG, REPLAY)]
OF_FILES: dict[str, list[str]] = {"params": [], "metrics": ["--targets", *FIGURES]}
ROWS_SHOWN = 60  # a comment of GitHub holds 65,536 characters


@dataclass(frozen=True)
class Proof:
    """One requirement: the command that checks it, whether it holds, the result in words, and details."""

    command: str
    holds: bool
    found: str
    details: Markdown = NOTHING


@dataclass(frozen=True)
class PullRequest:
    """The content of the document.

    afresh: whether the commit was run from raw records. page: the comparison, or None. remark: why there is no
    comparison, or how base's data were made, if they had to be. ahead: what to do before a merge, if the target has new
    commits.
    """

    base: str
    head: str
    checks: list[Proof]
    afresh: bool
    page: Page | None
    remark: str
    params: Markdown
    metrics: Markdown
    ahead: Ahead | None = None

    @property
    def holds(self) -> bool:
        return all(check.holds for check in self.checks)


def report(root: Path, target: str | None, *, afresh: bool = True) -> PullRequest:
    """Check the last commit, and compare it with the commit where it left `target` (by default origin/main or main).

    AssayError if there is no such target, or tracked files differ from the last commit.
    """
    head = baseline(root, "the report is about the commit")
    target, start = branching(root, target)
    checks = [configuration(), decisions(root, start, target), run(root), claims(root, head)]
    if afresh:
        checks.append(proof(root, head))
    base = replace(revision(start), name=f"{target} ({start[:7]})")
    page, remark = comparison(root, base, replace(revision(WORKSPACE), name=head[:7]))
    params, metrics = (difference(kind, start[:7]) for kind in ("params", "metrics"))
    return PullRequest(base.name, head[:7], checks, afresh, page, remark, params, metrics, ahead(root, target))


def document(one: PullRequest) -> str:
    """The Markdown; its first line is a hidden mark by which the comment is found again."""
    compared = show.as_markdown(one.page, one.params) if one.page else NOTHING
    text = environment("assay.proof").get_template("pull_request.md.j2").render(report=one, compared=compared)
    return re.sub(r"\n{3,}", "\n\n", text).rstrip("\n")


def branching(root: Path, target: str | None) -> tuple[str, str]:
    """The branch that a pull request goes to, and the commit at which this one left it."""
    for name in [target] if target else TARGETS:
        if fork := shared(root, name, "HEAD"):
            return name, fork
    raise AssayError(
        f"no commit in common with {target or ' or '.join(TARGETS)}",
        where="git",
        todo="name the branch that this one goes to, or fetch its history: git fetch --unshallow origin",
    )


def configuration() -> Proof:
    """params.yaml is what conf/ composes to."""
    from assay.config.compose import composed
    from assay.config.compose import difference as changed

    try:
        found = changed(composed())
    except AssayError as error:
        found = str(error)
    said = "params.yaml is not what conf/ composes to" if found else "params.yaml is what conf/ composes to"
    return Proof("assay params --check", not found, said, quoted(found) if found else NOTHING)


def decisions(root: Path, start: str, target: str) -> Proof:
    """No decision on a label that the target has was edited or removed."""
    from assay.labels.history import require_kept

    try:
        require_kept(root, start, target)
    except AssayError as error:
        return Proof("assay labels check", False, error.what, quoted(error))
    return Proof("assay labels check", True, "decisions were only added")


def run(root: Path) -> Proof:
    """The line runs: with the results that a remote has or, if these do not suffice, from raw records."""
    lacking = "no remote is named"
    if default_remote():
        code, said = _dvc("repro", *PULL)
        missing, why = (code, said) if code else _dvc("pull", *map(str, COMPARED))
        if not missing:
            return Proof(_command("repro", *PULL), True, _ran(said))
        lacking = f"the remote could not give it: {reason(why)}"
        bring_sources(root, root)
    code, said = _dvc("repro")
    found = _ran(said) if code == 0 else reason(said)
    return Proof(_command("repro"), code == 0, f"{found} ({lacking})")


def claims(root: Path, head: str) -> Proof:
    """The run changed none of the committed results."""
    files = rewritten(root, *CLAIMED)
    metrics = Path(METRICS)
    found = moved(git(root, "show", f"{head}:{METRICS}"), metrics.read_text() if metrics.exists() else "")
    said = f"{len(files)} files are not as committed" if files else "as committed"
    return Proof(f"git status {' '.join(CLAIMED)}", not files, said, differences(files, found) if files else NOTHING)


def proof(root: Path, head: str) -> Proof:
    """A run from raw records in a clean clone, without a cache, gives the committed results.

    Only this check fails for a forged dvc.lock: if dvc.lock has the right inputs, `dvc repro` runs nothing and believes
    the outputs that it names.
    """
    _announce(f"assay verify {head[:7]}")
    try:
        receipt = verify(root, head)
    except AssayError as error:
        return Proof("assay verify", False, error.what)
    different = [output for output in receipt.outputs if not output.identical]
    same, total = len(receipt.outputs) - len(different), len(receipt.outputs)
    found = f"{same} of {total} outputs identical, run from raw records in {receipt.seconds:.0f} s"
    details = [table(different)] if different else []
    if not receipt.identical:
        details.append(differences(receipt.rewritten, receipt.moved))
    return Proof("assay verify", receipt.identical, found, Markdown("\n\n").join(details))


def comparison(root: Path, base: Revision, head: Revision) -> tuple[Page | None, str]:
    """The comparison, and how base's data were made if they had to be; or None, and why there is none."""
    try:
        supplied, remark = supply(root, base)
        return compared(supplied, head), remark
    except AssayError as error:
        return None, str(error)


def supply(root: Path, side: Revision) -> tuple[Revision, str]:
    """The side with data that can be read: if neither cache nor remote has them, they are made from raw records.

    They count only if they have the hashes of the side's own dvc.lock.
    """
    try:
        side.require()
        return side, ""
    except AssayError as error:
        lacking = error
    _announce(f"making the data of {side.name} anew")
    with tempfile.TemporaryDirectory(prefix="assay-base-") as folder:
        copy = Path(folder, "clone")
        clone(root, copy, side.sha, cache_folder(root))
        try:
            repro(copy, side.sha)
        except AssayError as error:
            raise AssayError(
                f"{lacking.what}\n  nor can it be made: {error.what}", where=lacking.where, todo=lacking.todo
            ) from error
    return replace(revision(side.sha), name=side.name), f"made anew from raw records, since {lacking.what}"


def difference(kind: str, base: str) -> Markdown:
    """`dvc params diff` or `dvc metrics diff` with the workspace, as a table; empty if nothing differs.

    DVC's own Markdown is not used, because it does not escape the cells.
    """
    command = [sys.executable, "-m", "dvc", kind, "diff", base, "--json", *OF_FILES[kind]]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return quoted(reason(done.stderr))
    rows = [
        (path, key, *(_value(change.get(side)) for side in SIDES[kind]))
        for path, changes in sorted(json.loads(done.stdout).items())
        for key, change in sorted(changes.items())
    ]
    head = ["Path", kind.removesuffix("s").capitalize(), base, "workspace", "Change"][: 2 + len(SIDES[kind])]
    more = [
        Markdown("\n{} more: {}").format(
            len(rows) - ROWS_SHOWN, code(" ".join(["dvc", kind, "diff", base, *OF_FILES[kind]]))
        )
    ]
    shown = [table_of(head, rows[:ROWS_SHOWN])] if rows else []
    return Markdown("\n").join([*shown, *more * (len(rows) > ROWS_SHOWN)])


def _value(value: object) -> str:
    """The value with the digits that DVC shows."""
    if value is None:
        return "–"
    return str(float(f"{value:.5g}") if isinstance(value, float) else value)


def _dvc(*arguments: str) -> tuple[int, str]:
    _announce(_command(*arguments))
    return dvc(*arguments)


def _announce(what: str) -> None:
    say(f"assay pr-report: {what}", error=True)


def _command(*arguments: str) -> str:
    return " ".join(["dvc", *arguments])


def _ran(said: str) -> str:
    stages = re.findall(r"^Running stage '(.+)'", said, re.M)
    return f"ran {', '.join(stages)}" if stages else "nothing had to run"
