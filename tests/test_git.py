"""What git says, and when it refuses."""

from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.git import git, raw
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
