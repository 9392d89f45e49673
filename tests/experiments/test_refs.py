"""An experiment on its way from one repository to another."""

from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.experiments.refs import experiments, keep, name_experiment, packed, unpack
from assay.git import content, git
from pipeline_copy import IDENTITY


@pytest.fixture
def baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The commit that the repositories `home` and `away` have; `clone` is a clone of the latter."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Test")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "test@example.org")
    home = tmp_path / "home"
    git(tmp_path, "init", "--quiet", str(home))
    (home / "params.yaml").write_text("a: 1")
    git(home, "add", "--all")
    git(home, *IDENTITY, "commit", "--quiet", "--message", "Start")
    git(tmp_path, "clone", "--quiet", str(home), str(tmp_path / "away"))
    git(tmp_path, "clone", "--quiet", str(tmp_path / "away"), str(tmp_path / "clone"))
    return git(home, "rev-parse", "HEAD")


def test_it_comes_home_as_it_was(baseline: str, tmp_path: Path) -> None:
    home, away, clone = (tmp_path / name for name in ("home", "away", "clone"))
    (clone / "params.yaml").write_text("a: 2")
    kept = keep(clone, "two", baseline, "a=2")
    commit, pack = packed(away, "two", baseline)
    assert commit == kept
    unpack(home, pack)
    assert experiments(home, baseline) == set()
    name_experiment(home, "two", baseline, commit)
    assert experiments(home, baseline) == {"two"}
    assert content(home, commit, "params.yaml") == b"a: 2"


def test_a_pack_that_is_damaged_is_refused(baseline: str, tmp_path: Path) -> None:
    (tmp_path / "clone/params.yaml").write_text("a: 2")
    keep(tmp_path / "clone", "two", baseline, "a=2")
    _, pack = packed(tmp_path / "away", "two", baseline)
    with pytest.raises(AssayError, match="git unpack-objects failed"):
        unpack(tmp_path / "home", pack[:-30] + bytes(30))
