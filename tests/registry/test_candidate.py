"""What the gate sees of a commit."""

from pathlib import Path

import pytest

from assay.experiments.revisions import Recorded
from assay.git import git
from assay.registry.candidate import CommitFiles
from pipeline_copy import IDENTITY


@pytest.mark.parametrize(
    ("target", "content"),
    [("../assay/a.py", b"x = 1"), ("/etc/hostname", b"/etc/hostname"), ("../../../b", b"../../../b")],
    ids=["code", "outside", "above"],
)
def test_a_link_has_the_content_of_what_git_has_there(tmp_path: Path, target: str, content: bytes) -> None:
    (tmp_path / "src/assay").mkdir(parents=True)
    (tmp_path / "src/assay/a.py").write_bytes(b"x = 1")
    (tmp_path / "src/deps").mkdir()
    (tmp_path / "src/deps/a.py").symlink_to(target)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(tmp_path, *IDENTITY, "commit", "--quiet", "-m", "x")
    files = CommitFiles(tmp_path, Recorded("HEAD", "HEAD", tree=None))
    assert files.in_git("src/deps") == {"a.py": content}
