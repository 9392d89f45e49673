"""`assay pr-report` on real branches: a bare git remote, with a DVC remote and without one that can be read."""

import json
import re
from pathlib import Path

import pytest

from assay.files import md5
from pipeline_copy import Copy, edit

# As on a machine that has no credentials, and none to ask for some.
NOBODY = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "none", "AWS_SHARED_CREDENTIALS_FILE": "none"}


def reset(copy: Copy, name: str, old: str, new: str) -> None:
    """Replace a text in a file of conf/, and compose it anew."""
    edit(copy, name, old, new)
    copy.run("assay", "params")


def pushed(copy: Copy, remote: str) -> Copy:
    """The same with a bare git remote, and a DVC remote named on main."""
    bare = copy.path.parent / "bare.git"
    copy.run("git", "init", "--quiet", "--bare", str(bare))
    copy.run("git", "remote", "add", "origin", str(bare))
    copy.run("dvc", "remote", "add", "--default", "storage", remote)
    copy.commit("Name the remote")
    copy.run("git", "push", "--quiet", "origin", "main")
    return copy


def runner(copy: Copy, branch: str, path: Path, **environment: str) -> Copy:
    """What CI has: a fresh clone of all history, the head of the branch checked out, no data."""
    checkout = Copy(path, environment)
    copy.run("git", "clone", "--quiet", str(copy.path.parent / "bare.git"), str(path))
    checkout.run("git", "checkout", "--quiet", "--detach", f"origin/{branch}")
    return checkout


def rows(shown: str, name: str) -> list[list[str]]:
    """The cells of the rows that begin with a name."""
    return [[cell.strip() for cell in row.split("|")[2:-1]] for row in re.findall(rf"^\| {name} \|.*$", shown, re.M)]


def positive(copy: Copy, revision: str) -> int:
    """How many records are labelled positive."""
    return json.loads(copy.run("git", "show", f"{revision}:reports/annotation.json").stdout)["positive"]


def metric(copy: Copy, name: str) -> float:
    return json.loads((copy.path / "reports/metrics.json").read_text())[name]


@pytest.mark.slow
def test_a_fork_without_secrets_is_run_from_raw_records_and_a_stale_commit_refused(cheap: Copy, tmp_path: Path) -> None:
    author = pushed(cheap, "s3://somewhere/else")
    author.run("git", "checkout", "--quiet", "-b", "strength")
    reset(author, "conf/model/logistic.yaml", "C: 1.0", "C: 0.01")
    author.commit("Stronger, and not run")
    author.run("git", "push", "--quiet", "origin", "strength")

    ci = runner(author, "strength", tmp_path / "runner", **NOBODY, GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"))
    shown = ci.run("assay", "pr-report", "--no-fresh", fails=True).stdout
    assert "[!CAUTION]" in shown
    assert re.search(r"`dvc repro` \| ran collect, .*evaluate.* \(.*: Unable to locate credentials\)", shown)
    assert "Committed files that the run left otherwise: dvc.lock, reports/" in shown
    claimed = metric(author, "average_precision")
    assert rows(shown, "average_precision")[0][0] == f"{claimed}"
    # The comparison is there all the same, with what the code really gives; base's data had to be made.
    assert re.search(r"\| model\.C +\| 1\.0 +\| 0\.01 +\|", shown)
    assert rows(shown, "Average precision")[0][0] == f"{claimed:.3f}"
    assert "Base's data were made anew from raw records" in shown
    for name in ("summary.md", "runner/.assay/pr-report/report.md"):
        assert (tmp_path / name).read_text() == shown
    assert "<img" in (ci.path / ".assay/pr-report/compare.html").read_text()


@pytest.fixture(scope="module")
def labels(cheap_line: Copy, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The author of a branch with other labels, run and pushed to git and to a DVC remote."""
    folder = tmp_path_factory.mktemp("labels")
    author = pushed(cheap_line.fork(folder / "author"), str(folder / "storage"))
    author.run("git", "checkout", "--quiet", "-b", "labels")
    reset(author, "conf/labels/thyroid.yaml", "- overt", "- any_dysfunction")
    author.run("dvc", "repro", "--quiet")
    author.commit("Any dysfunction")
    author.run("dvc", "push", "--quiet", "--all-branches")
    author.run("git", "push", "--quiet", "origin", "labels")
    return author


@pytest.mark.slow
def test_other_labels_are_reproduced_and_shown_beside_their_effect_on_the_metrics(labels: Copy, tmp_path: Path) -> None:
    ci = runner(labels, "labels", tmp_path / "runner")
    shown = ci.run("assay", "pr-report", "--no-fresh").stdout
    assert "`dvc repro --pull --allow-missing` | nothing had to run" in shown
    assert re.search(r"\*\*The labels of \d+ of these records differ: the two answer different questions", shown)
    moved = re.search(r"Labels \(overt v1 to any_dysfunction v1\): (\d+) from negative to positive", shown)
    assert moved is not None
    assert int(moved[1]) == positive(labels, "labels") - positive(labels, "main")
    own, of_labels, base, of_model, head, verdict = rows(shown, "Average precision")[0]
    assert (head, verdict) == (f"{metric(labels, 'average_precision'):.3f}", "better")
    assert float(own) + float(of_labels) == pytest.approx(float(base), abs=0.0015)
    assert float(base) + float(of_model.split()[0]) == pytest.approx(float(head), abs=0.0015)
    assert ci.git_status() == ""


@pytest.mark.slow
def test_a_forged_lock_that_dvc_takes_is_found_out(labels: Copy, tmp_path: Path) -> None:
    ci = runner(labels, "labels", tmp_path / "runner")
    recorded = ci.hashes()
    metrics, lock = ci.path / "reports/metrics.json", ci.path / "dvc.lock"
    metrics.write_text(re.sub(r'("recall": )[\d.]+', r"\g<1>0.99", metrics.read_text()))
    forged = lock.read_text().replace(recorded["reports/metrics.json"], md5(metrics))
    lock.write_text(forged.replace(recorded["models"], "0" * 32 + ".dir"))
    ci.commit("Claim a better recall")

    assert "Data and pipelines are up to date." in ci.run("dvc", "repro", "--pull", "--allow-missing").stdout
    shown = ci.run("assay", "pr-report", fails=True).stdout
    assert "[!CAUTION]" in shown
    assert "| `git status dvc.lock params.yaml reports` | as committed |" in shown
    assert f"{len(recorded) - 2} of {len(recorded)} outputs identical" in shown
    assert "Committed files that the run left otherwise: dvc.lock, reports/metrics.json." in shown
    assert f"| train | models | {'0' * 12} | {recorded['models'][:12]} | **different** |" in shown
    assert "| identical |" not in shown
    assert rows(shown, "recall")[0][0] == "0.99"


def test_what_is_not_committed_is_refused(cheap: Copy) -> None:
    (cheap.path / "README.md").write_text("edited")
    refused = cheap.run("assay", "pr-report", fails=True)
    assert "README.md" in refused.stderr
    assert refused.stdout == ""
