"""What git says, and when it refuses."""

from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.git import address, git, objects, parents, raw
from pipeline_copy import IDENTITY, Copy


def test_output_as_text_and_byte_for_byte(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    copy.run("git", "init", "--quiet")
    (tmp_path / "file").write_bytes(b"one\r\n\xff\n\n")
    copy.run("git", "add", "file")
    copy.run("git", *IDENTITY, "commit", "--quiet", "--message", "Start")
    assert git(tmp_path, "log", "--format=%s") == "Start"
    assert raw(tmp_path, "show", "HEAD:file") == b"one\r\n\xff\n\n"


def test_a_refusal_is_given_in_gits_own_words(tmp_path: Path) -> None:
    with pytest.raises(AssayError, match="git status failed: fatal: not a git repository"):
        git(tmp_path, "status")


def test_where_there_is_no_git_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AssayError, match="there is no program git"):
        git(tmp_path, "status")


def test_of_many_lines_the_first_and_the_last_are_given_and_the_mend_of_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "git"
    fake.write_text(
        '#!/bin/sh\nfor n in 1 2 3 4 5 6 7 8 9; do echo "error: unable to write file $n" >&2; done\n'
        "echo 'fatal: write error. Out of diskspace' >&2; exit 128\n"
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(AssayError) as caught:
        git(tmp_path, "clone")
    assert caught.value.what.splitlines() == [
        "git clone failed: error: unable to write file 1",
        "... 8 more lines ...",
        "fatal: write error. Out of diskspace",
    ]
    assert "df -h" in caught.value.todo


def test_many_files_and_commits_are_read_at_once_and_what_is_not_there_is_none(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    copy.run("git", "init", "--quiet")
    for name, content in (("a b", b"one\n2 missing\n"), ("empty", b""), ("folder/c", b"\xff")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    copy.run("git", "add", ".")
    copy.run("git", *IDENTITY, "commit", "--quiet", "--message", "Start")
    asked = ["HEAD:a b", "HEAD:none here", "HEAD:empty", "0" * 40, "HEAD:folder", "HEAD:folder/c", "HEAD"]
    *files, commit = objects(tmp_path, asked)
    assert files == [b"one\n2 missing\n", None, b"", None, None, b"\xff"]
    assert commit is not None
    assert commit.endswith(b"\n\nStart\n")
    assert objects(tmp_path, []) == []
    with pytest.raises(ValueError, match="end of line"):
        objects(tmp_path, ["HEAD\nHEAD"])


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("https://someone:secret@example.org/a.git", "https://example.org/a.git"),
        ("https://token@example.org/a.git", "https://example.org/a.git"),
        ("ssh://git@example.org/a.git", "ssh://git@example.org/a.git"),
        ("git@example.org:a.git", "git@example.org:a.git"),
    ],
)
def test_the_address_of_the_remote_has_no_secret(remote: str, expected: str, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    assert address(tmp_path) == ""
    git(tmp_path, "remote", "add", "origin", remote)
    assert address(tmp_path) == expected


def test_the_address_of_a_folder_is_whole(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        git(tmp_path, "init", "--quiet", str(folder))
    git(here, "remote", "add", "origin", "../there")
    assert address(here) == str(there.resolve())


def test_the_parents_of_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    tree = git(tmp_path, "write-tree")
    first = git(tmp_path, *IDENTITY, "commit-tree", tree, "-m", "first")
    second = git(tmp_path, *IDENTITY, "commit-tree", tree, "-p", first, "-m", "second")
    assert parents(tmp_path, first) == []
    assert parents(tmp_path, second) == [first]
