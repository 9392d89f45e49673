"""A clone of somebody else's repository: its files name no place outside of it."""

import hashlib
from pathlib import Path

import pytest

from assay.doctor import recorded
from assay.doctor.attic import Attic
from assay.doctor.clone import Clone
from assay.doctor.examine import chosen
from assay.doctor.report import told
from assay.files import folder_listing
from pipeline_copy import Copy


def examine(clone: Copy) -> None:
    checks = [one for one in chosen(True, []) if one.code in ("cache", "workspace", "missing", "endings", "writing")]
    told(Clone(clone.path), checks, Attic(clone.path))


@pytest.mark.parametrize("place", ["../victim.txt", "{absolute}", "link/victim.txt", ".git/config"])
def test_an_output_outside_of_the_clone_is_left_alone(
    clone: Copy, tmp_path: Path, place: str, capsys: pytest.CaptureFixture
) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("precious")
    (clone.path / "link").symlink_to(tmp_path)
    place = place.format(absolute=victim)
    before = (clone.path / ".git/config").read_text()
    for name in ("dvc.yaml", "dvc.lock"):
        path = clone.path / name
        path.write_text(path.read_text().replace("data/raw.csv", place))
    examine(clone)
    assert victim.read_text() == "precious"
    assert (clone.path / ".git/config").read_text() == before
    assert "outside of the clone: not looked at" in capsys.readouterr().out


def test_a_listing_that_names_files_elsewhere(clone: Copy, tmp_path: Path) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("precious")
    bad = hashlib.md5(b"bad").hexdigest()
    listing = folder_listing({"../../victim.txt": bad})
    name = hashlib.md5(listing).hexdigest() + ".dir"
    cache = clone.path / ".dvc/cache/files/md5"
    for md5, content in ((name, listing), (bad, b"bad")):
        (cache / md5[:2]).mkdir(exist_ok=True)
        (cache / md5[:2] / md5[2:]).write_bytes(content)
    lock = (clone.path / "dvc.lock").read_text()
    own = next(out.md5 for out in recorded.outs(Clone(clone.path)) if out.path == "models")
    (clone.path / "dvc.lock").write_text(lock.replace(own, name))
    examine(clone)
    assert victim.read_text() == "precious"


def test_what_files_say_is_text_for_a_terminal(clone: Copy, capsys: pytest.CaptureFixture) -> None:
    (clone.path / "models/\x1b]0;evil\x07\n.txt").write_text("x")
    examine(clone)
    said = capsys.readouterr().out
    assert "\\x1b]0;evil\\x07\\x0a.txt" in said
    assert "\x1b" not in said


def test_data_that_a_person_added_is_never_taken_for_damaged(clone: Copy, capsys: pytest.CaptureFixture) -> None:
    table = clone.path / "shop.csv"
    table.write_text("id\n1\n")
    clone.run("dvc", "add", "--quiet", "shop.csv")
    clone.run("git", "add", ".")
    examine(clone)
    assert capsys.readouterr().out.startswith("healthy")
    table.write_text("id\n1\n2\n")
    examine(clone)
    assert "note    workspace    shop.csv: not what its .dvc file says" in capsys.readouterr().out
    assert table.read_text() == "id\n1\n2\n"
