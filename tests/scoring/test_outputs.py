"""A file of scores is there whole, or not at all."""

import subprocess
import sys
from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.scoring.outputs import Target, to_file


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
