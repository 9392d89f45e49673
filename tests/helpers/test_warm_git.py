"""What DVC has of git in the warm process is what is there."""

from pathlib import Path

import pytest
from dulwich.object_store import DiskObjectStore
from dulwich.objects import Blob
from dulwich.repo import Repo

from assay.git import git
from pipeline_copy import IDENTITY
from warm_git import keep_index, store_once


def test_the_index_is_read_once_and_again_when_it_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Repo, "open_index", Repo.open_index)  # taken back at the end
    keep_index()
    git(tmp_path, "init", "--quiet")
    with Repo(str(tmp_path)) as repo:
        assert list(repo.open_index()) == []
    for number in range(3):
        (tmp_path / str(number)).touch()
        git(tmp_path, "add", "--all")
        with Repo(str(tmp_path)) as repo:
            assert sorted(repo.open_index()) == [b"0", b"1", b"2"][: number + 1]
            assert repo.open_index() is repo.open_index()


def test_an_object_is_written_unless_a_pack_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DiskObjectStore, "add_object", DiskObjectStore.add_object)
    store_once()
    git(tmp_path, "init", "--quiet")
    (tmp_path / "file").write_text("packed")
    git(tmp_path, "add", "--all")
    git(tmp_path, *IDENTITY, "commit", "--quiet", "--message", "x")
    git(tmp_path, "gc", "--quiet")
    with Repo(str(tmp_path)) as repo:
        for text in (b"packed", b"new"):
            repo.object_store.add_object(Blob.from_string(text))
    assert "count: 1\n" in git(tmp_path, "count-objects", "--verbose")
    assert git(tmp_path, "cat-file", "blob", Blob.from_string(b"new").id.decode()) == "new"
