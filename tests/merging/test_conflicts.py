"""What the stages of a commit read."""

from pathlib import Path

from assay.git import git
from assay.merging.conflicts import read_by
from pipeline_copy import IDENTITY

DVC_YAML = "stages:\n  a: {cmd: x, deps: [in.csv, src/deps/a], outs: [o]}\n"


def test_the_code_behind_links_is_read(tmp_path: Path) -> None:
    (tmp_path / "dvc.yaml").write_text(DVC_YAML)
    for stage, name in (("a", "room/b.py"), ("other", "c.py")):
        link = tmp_path / "src/deps" / stage / name
        link.parent.mkdir(parents=True)
        link.symlink_to("nowhere")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(tmp_path, *IDENTITY, "commit", "--quiet", "-m", "x")
    assert read_by(tmp_path, "HEAD") == {"in.csv", "src/deps/a", "src/assay/room/b.py"}
