"""A file of scores is there whole, or not at all."""

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from assay import files
from assay.errors import AssayError
from assay.files import WRITING
from assay.scoring.outputs import LOCK, Target, to_file


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("out.txt", r"ends with \.csv"),
        ("out", r"ends with \.csv"),
        ("folder.csv", "not a file"),
        ("pipe.csv", "not a file"),
        ("in.csv", "would replace the records"),
        ("link.csv", "would replace the records"),
        ("hard.csv", "would replace the records"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_read(name: str, what: str, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("a\n1\n")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "link.csv").symlink_to(source)
    (tmp_path / "hard.csv").hardlink_to(source)
    subprocess.run(["mkfifo", tmp_path / "pipe.csv"], check=True)
    with pytest.raises(AssayError, match=what):
        Target.of(tmp_path / name, source)


def test_behind_a_link_the_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "out.csv").symlink_to(tmp_path / "real.dat")
    with to_file(Target.of(tmp_path / "out.csv", None)) as output:
        output.write(b"x\n")
    assert (tmp_path / "out.csv").is_symlink()
    assert (tmp_path / "real.dat").read_bytes().endswith(b"\nx\n")


def test_a_failure_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")
    with pytest.raises(RuntimeError), to_file(Target.of(path, None)) as output:
        output.write(b"half")
        raise RuntimeError
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]
    assert path.read_text() == "before"


def leftover(folder: Path, name: str) -> Path:
    left = folder / f"{WRITING}{name}"
    left.mkdir()
    (left / "out.csv").write_text("half")
    (left / LOCK).touch()
    return left


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    alive, other, stage, _ = (leftover(tmp_path, name) for name in ("alive", "other", "stage", "killed"))
    (other / "out.csv").rename(other / "another.csv")
    (stage / LOCK).unlink()  # of a program that holds no lock: it may be writing
    with (alive / LOCK).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with to_file(Target.of(tmp_path / "out.csv", None)) as output:
            output.write(b"x\n")
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(["out.csv", alive.name, other.name, stage.name])


def test_a_file_that_is_moved_to_its_place_is_not_taken_for_left_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, moved = tmp_path / "out.csv", files._take_its_place

    def after_another_has_begun(*paths: Path) -> None:
        monkeypatch.setattr(files, "_take_its_place", moved)
        with to_file(Target.of(path, None)) as other:
            other.write(b"other\n")
        moved(*paths)

    monkeypatch.setattr(files, "_take_its_place", after_another_has_begun)
    with to_file(Target.of(path, None)) as one:
        one.write(b"one\n")
    assert path.read_bytes().endswith(b"\none\n")
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]


def test_two_at_a_time_do_not_disturb_each_other(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with to_file(Target.of(path, None)) as one:
        one.write(b"one\n")
        with to_file(Target.of(path, None)) as other:
            other.write(b"other\n")
        assert path.read_bytes().endswith(b"\nother\n")
    assert path.read_bytes().endswith(b"\none\n")
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]


FULL = """
import resource, signal, sys
from pathlib import Path
from assay.errors import reported
from assay.scoring.outputs import Target, to_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
with reported("assay score"), to_file(Target.of(Path(sys.argv[1]), None)) as output:
    for _ in range(100):
        output.write(bytes(100_000))
"""


def test_a_disk_without_room_is_told_by_the_name_that_the_user_gave(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    done = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, text=True)
    assert done.returncode == 1
    assert f"the file would be larger than is allowed\n  where: {path}\n" in done.stderr
    assert list(tmp_path.iterdir()) == []
