"""`assay back`: the last commit's results, whatever lies there and whatever is staged."""

import shutil

import pytest

from assay.doctor.attic import Attic
from assay.doctor.back import CHECKS, back
from assay.doctor.clone import Clone
from assay.doctor.report import print_report
from assay.errors import AssayError
from pipeline_copy import Copy


def run(clone: Copy, *, staging: bool) -> None:
    """An experiment as somebody leaves it: other parameters, a run, and words of their own."""
    for name, old, new in (
        ("params.yaml", "num_leaves: 31", "num_leaves: 3"),
        ("line.py", '"a model', '"another'),
        ("line.py", '{"recall": 0.9}', '{"recall": 0.8}'),
    ):
        path = clone.path / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
    clone.run("dvc", "config", "core.autostage", str(staging).lower())
    clone.run("dvc", "repro", "--quiet")
    clone.run("git", "checkout", "--quiet", ".dvc/config")
    (clone.path / "conf/model/new.yaml").write_text("name: new\n")
    (clone.path / "reports/note.txt").write_text("of mine")


@pytest.mark.slow
@pytest.mark.parametrize("staging", [True, False], ids=["autostage", "plain"])
def test_everything_is_as_committed_and_what_people_wrote_stays(
    clone: Copy, staging: bool, capsys: pytest.CaptureFixture
) -> None:
    before = {name: (clone.path / name).read_bytes() for name in ("dvc.lock", "params.yaml", "models/model.txt")}
    run(clone, staging=staging)
    written = (clone.path / "line.py").read_text()
    attic = Attic(clone.path)
    changed = back(Clone(clone.path), attic)
    assert {"dvc.lock", "params.yaml", "reports/metrics.json", "reports/note.txt"} == set(changed)
    assert print_report(Clone(clone.path), CHECKS, attic), capsys.readouterr().out
    assert {name: (clone.path / name).read_bytes() for name in before} == before
    assert (clone.path / "line.py").read_text() == written
    assert clone.git_status().splitlines() == [" M line.py", "?? conf/model/new.yaml"]
    assert clone.run("dvc", "status", "--quiet").stdout == ""
    kept = {name.split("/", 3)[3] for name in attic.kept}
    assert kept == {"dvc.lock", "params.yaml", "reports/metrics.json", "reports/note.txt"}


def test_while_somebody_is_at_work_nothing_is_touched(clone: Copy) -> None:
    from zc.lockfile import LockFile

    (clone.path / "params.yaml").write_text("mine: 1\n")
    lock = LockFile(str(clone.path / ".dvc/tmp/lock"))
    with pytest.raises(AssayError, match="at work"):
        back(Clone(clone.path), Attic(clone.path))
    lock.close()
    assert (clone.path / "params.yaml").read_text() == "mine: 1\n"


def test_without_a_commit_there_is_nothing_to_go_back_to(clone: Copy) -> None:
    clone.run("git", "update-ref", "-d", "HEAD")
    with pytest.raises(AssayError, match=r"no commit to go back to\n(?s:.*)git commit"):
        back(Clone(clone.path), Attic(clone.path))


def test_an_archive_that_was_unpacked_is_told_what_it_lacks(clone: Copy) -> None:
    shutil.rmtree(clone.path / ".git")
    with pytest.raises(AssayError, match=r"no git repository(?s:.*)git init"):
        back(Clone(clone.path), Attic(clone.path))
