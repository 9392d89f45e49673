"""Entries of dvc.lock, compared with what stages state, and taken out."""

import errno
import hashlib
from pathlib import Path
from typing import Any

import pytest

from assay.errors import AssayError
from assay.files import folder_listing
from assay.lineage import lock
from assay.lineage.statement import Statement

STATEMENT = Statement("make", {"a.b": 1}, {"source.txt": "s"}, {"data/one.txt": "o"})
TRUE: dict[str, Any] = {
    "deps": [{"path": "source.txt", "md5": "s"}],
    "params": {"params.yaml": {"a.b": 1}},
    "outs": [{"path": "data/one.txt", "md5": "o"}, {"path": "data/lineage/make.json", "md5": "x"}],
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"params": {"params.yaml": {"a.b": 2}}}, ["a.b was 1, dvc.lock says 2"]),
        ({"params": {"params.yaml": {"a.b": True}}}, ["a.b was 1, dvc.lock says True"]),
        ({"params": {}}, ["a.b was 1, dvc.lock says None"]),
        ({"deps": [{"path": "source.txt", "md5": "t"}]}, ["source.txt had MD5 s, dvc.lock says t"]),
        ({"outs": [{"path": "data/one.txt", "md5": "p"}]}, ["data/one.txt was written with MD5 o, dvc.lock says p"]),
    ],
)
def test_every_difference_is_a_sentence(change: dict[str, Any], said: list[str]) -> None:
    assert lock.differences({**TRUE, **change}, STATEMENT) == said


def test_an_entry_is_taken_out_and_the_others_stay_as_they_were(false_lock: Path) -> None:
    before = false_lock.read_text()
    lock.take_out("make", lock.entries()["make"])
    after = false_lock.read_text()
    assert list(lock.entries()) == ["before", "use"]
    assert after == before[: before.index("  make:")] + before[before.index("  use:") :]


def test_what_the_run_cache_has_under_it_goes_too(false_lock: Path) -> None:
    Path("runs").mkdir()
    Path("runs/result").touch()
    lock.take_out("make", lock.entries()["make"])
    assert not Path("runs").exists()


def test_the_last_entry_can_be_taken_out(false_lock: Path) -> None:
    lock.take_out("use", lock.entries()["use"])
    assert list(lock.entries()) == ["before", "make"]


def test_the_only_entry_goes_with_the_file_which_dvc_would_not_read_without_one(false_lock: Path) -> None:
    for stage, entry in lock.entries().items():
        lock.take_out(stage, entry)
    assert not false_lock.exists()


@pytest.mark.parametrize("written", ["  'make':\n", "  make : \n"])
def test_an_entry_is_taken_out_however_it_is_written(false_lock: Path, written: str) -> None:
    false_lock.write_text(false_lock.read_text().replace("  make:\n", written))
    lock.take_out("make", lock.entries()["make"])
    assert list(lock.entries()) == ["before", "use"]


def test_where_the_run_cache_cannot_be_cleared_the_false_entry_stays_to_be_found(
    false_lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(errno.EACCES, "no permission", str(path))

    Path("runs").mkdir()
    Path("runs/result").touch()
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(PermissionError, match=r"runs.result"):
        lock.take_out("make", lock.entries()["make"])
    assert "make" in lock.entries()


@pytest.fixture
def cached(root: Path) -> dict[str, Any]:
    """A real cache that has the folder `data/two` with one file, and the entry that says so."""
    from dvc.repo import Repo

    listing = folder_listing({"x.txt": "a" * 32})
    recorded = hashlib.md5(listing).hexdigest() + ".dir"
    Repo.init(".", no_scm=True).close()
    at = Path(".dvc/cache/files/md5", recorded[:2], recorded[2:])
    at.parent.mkdir(parents=True)
    at.write_bytes(listing)
    return {"outs": [{"path": "data/two/", "md5": recorded}]}


def test_a_file_within_a_recorded_folder_is_known_by_the_listing_in_the_cache(cached: dict[str, Any]) -> None:
    assert lock.recorded_at(cached, "data/two/x.txt") == "a" * 32
    assert lock.recorded_at(cached, "data/two") == cached["outs"][0]["md5"]
    assert lock.recorded_at(cached, "data/two/y.txt") is None
    assert lock.recorded_at(cached, "data/three") is None


def test_a_listing_that_the_cache_does_not_have_says_nothing_and_a_damaged_one_is_refused(
    cached: dict[str, Any],
) -> None:
    [listing] = Path(".dvc/cache").rglob("*.dir")
    listing.write_bytes(listing.read_bytes().replace(b"a", b"b"))
    with pytest.raises(AssayError, match=r"damaged\n  where: .*\.dir"):
        lock.recorded_at(cached, "data/two/x.txt")
    listing.unlink()
    assert lock.recorded_at(cached, "data/two/x.txt") is None


@pytest.mark.parametrize(
    "stages",
    [
        "[1]",
        "{a: 1}",
        "{a: {outs: 1}}",
        "{a: {deps: [x]}}",
        "{a: {outs: [{md5: x}]}}",
        "{a: {outs: [{path: x, md5: 1}]}}",
        "{a: {params: {params.yaml: 1}}}",
        "{a: {params: []}}",
    ],
)
def test_a_lock_of_another_form_is_damaged(tmp_path: Path, stages: str) -> None:
    (tmp_path / "dvc.lock").write_text(f"schema: '2.0'\nstages: {stages}\n")
    with pytest.raises(AssayError, match="damaged"):
        lock.entries(tmp_path / "dvc.lock")


def test_without_a_lock_there_are_no_entries(tmp_path: Path) -> None:
    assert lock.entries(tmp_path / "dvc.lock") == {}
