"""The champion, and the folder of a version by hash."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.files import md5
from assay.registry import version
from assay.registry.version import Version, champion, fetched
from registry_repository import git, model_of, run


def registered(root: Path, revision: str = "main") -> Version:
    return Version("", "v1.0.0", git(root, "rev-parse", revision), 0, model_of(root, revision))


def test_nothing_is_in_a_stage_at_first(repo: Path) -> None:
    assert champion(repo, "prod") is None


def test_a_stage_on_a_commit_without_a_version_is_named_by_the_commit(repo: Path) -> None:
    git(repo, "tag", "-a", "model#prod#1", "better", "-m", "by hand")
    found = champion(repo, "prod")
    assert found is not None
    assert (found.version, found.md5) == (git(repo, "rev-parse", "better")[:10], model_of(repo, "better"))


def test_packed_tags_are_seen(repo: Path) -> None:
    git(repo, "tag", "-a", "model#prod#1", "main", "-m", "x")
    git(repo, "pack-refs", "--all")
    git(repo, "tag", "-a", "model#prod#2", "better", "-m", "x")
    found = champion(repo, "prod")
    assert found is not None
    assert found.n == 2


def test_to_look_again_costs_one_call_of_git(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(repo, "tag", "-a", "model#prod#1", "main", "-m", "x")
    first = champion(repo, "prod")
    monkeypatch.setattr(version, "content", None)  # the commit is not read again
    assert champion(repo, "prod") == first


def cut(repo: Path) -> None:
    (repo / "dvc.lock").write_text("{")


def without_model(repo: Path) -> None:
    (repo / "dvc.lock").write_text((repo / "dvc.lock").read_text().replace("path: models", "path: model"))


def evil(repo: Path) -> None:
    text = (repo / "dvc.lock").read_text()
    (repo / "dvc.lock").write_text(text.replace(model_of(repo, "main"), "../../../etc.dir"))


def gone(repo: Path) -> None:
    git(repo, "rm", "--quiet", "--cached", "dvc.lock")


@pytest.mark.parametrize("harm", [cut, without_model, evil, gone], ids=lambda harm: harm.__name__)
def test_a_champion_whose_lock_names_no_model_is_refused(repo: Path, harm: object) -> None:
    harm(repo)  # type: ignore[operator]
    git(repo, "commit", "--quiet", "--message", "Harm", *([] if harm is gone else ["--all"]))
    git(repo, "tag", "-a", "model#prod#1", "HEAD", "-m", "x")
    with pytest.raises(AssayError, match=r"names no models/|no MD5 of a folder|no dvc\.lock"):
        champion(repo, "prod")


def test_a_version_is_fetched_by_hash_and_not_from_the_workspace(repo: Path) -> None:
    (repo / "models/bundle.json").chmod(0o644)
    (repo / "models/bundle.json").write_text("another")
    found = fetched(repo, registered(repo))
    assert md5(found) == model_of(repo, "main")
    assert found == repo / ".assay/versions" / model_of(repo, "main").removesuffix(".dir")
    assert (found / "training/curve.json").exists()
    assert [path.name for path in found.parent.iterdir()] == [found.name]


def test_a_version_comes_from_the_remote_where_the_cache_has_it_not(repo: Path, tmp_path: Path) -> None:
    run("dvc", "remote", "add", "--quiet", "--local", "--default", "store", str(tmp_path / "store"), folder=repo)
    git(repo, "checkout", "--quiet", "better")
    run("dvc", "push", "--quiet", "models", folder=repo)
    git(repo, "checkout", "--quiet", "main")
    shutil.rmtree(".dvc/cache")
    assert md5(fetched(repo, registered(repo, "better"))) == model_of(repo, "better")


def test_a_damaged_copy_is_replaced(repo: Path) -> None:
    found = fetched(repo, registered(repo))
    (found / "bundle.json").write_text("damaged")
    assert fetched(repo, registered(repo)) == found
    assert md5(found) == model_of(repo, "main")


def test_what_a_killed_process_was_writing_is_removed_once_it_is_old(repo: Path) -> None:
    old, young = (repo / ".assay/versions" / f".writing-{age}" for age in ("old", "young"))
    for folder in (old, young):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))
    fetched(repo, registered(repo))
    assert (old.exists(), young.exists()) == (False, True)


def test_a_damaged_object_is_refused_and_nothing_is_left(repo: Path) -> None:
    recorded = md5(repo / "models/bundle.json")
    stored = repo / ".dvc/cache/files/md5" / recorded[:2] / recorded[2:]
    stored.chmod(0o644)
    stored.write_text("damaged")
    with pytest.raises(AssayError, match="is corrupted"):
        fetched(repo, registered(repo))
    assert list((repo / ".assay/versions").iterdir()) == []


def test_a_version_that_names_another_model_is_refused(repo: Path) -> None:
    wrong = Version("", "v1.0.0", git(repo, "rev-parse", "main"), 0, model_of(repo, "better"))
    with pytest.raises(AssayError, match="is corrupted"):
        fetched(repo, wrong)


FETCH = """
import sys
from pathlib import Path
from assay.registry.version import Version, fetched
print(fetched(Path.cwd(), Version("", "v1.0.0", sys.argv[1], 0, sys.argv[2])))
"""


@pytest.mark.slow
def test_several_processes_fetch_the_same_version_at_once(repo: Path) -> None:
    one = registered(repo)
    command = [sys.executable, "-c", FETCH, one.commit, one.md5]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert {process.communicate()[0].strip() for process in started} == {str(fetched(repo, one))}
    assert md5(fetched(repo, one)) == one.md5
    assert len(list((repo / ".assay/versions").iterdir())) == 1
