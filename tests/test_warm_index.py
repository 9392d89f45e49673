"""The index that the warm process keeps is the one that is there."""

from pathlib import Path

import pytest
from dulwich.repo import Repo

from assay.git import git
from warm_index import keep_index


def test_it_is_read_once_and_again_when_it_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
