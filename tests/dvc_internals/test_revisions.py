"""A commit that DVC cannot read is refused before DVC is asked."""

from pathlib import Path

import pytest

from assay.dvc_internals.revisions import files_at, resolved_revision
from assay.errors import AssayError
from hostile_yaml import BOMB, WITHIN_ITSELF
from tiny_repository import run


@pytest.mark.parametrize("path", ["params.yaml", "dvc.yaml", "dvc.lock", "deep/in/raw.csv.dvc"])
@pytest.mark.parametrize("text", [BOMB, WITHIN_ITSELF], ids=["bomb", "within itself"])
def test_a_file_that_stands_for_more_than_it_says_is_named(tiny: Path, path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)
    run("git", "add", "--all")
    run("git", "commit", "--quiet", "--message", "Bomb")
    with pytest.raises(AssayError, match=f"{path} is damaged"):
        files_at(run("git", "rev-parse", "HEAD"))


@pytest.mark.parametrize("name", ["", "HEAD:params.yaml", "HEAD^{tree}", ":params.yaml"])
def test_what_is_no_commit_is_no_revision(tiny: Path, name: str) -> None:
    assert resolved_revision(name) is None
