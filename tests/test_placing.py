"""A file comes into its place whole, and what killed writers left is removed; what others write is not."""

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.files import WRITING
from assay.placing import HELD_PREFIX, LOCK, MADE, placing, require_another

GONE = 2**22 + 1  # more than a number of a process can be


def left(folder: Path, name: str, *files: str) -> Path:
    """A folder in which a file was being written."""
    made = folder / name
    made.mkdir()
    for file in files:
        (made / file).write_text("half")
    return made


@pytest.mark.parametrize(
    ("name", "files", "stays"),
    [
        (f"{HELD_PREFIX}{GONE}-a", (LOCK, "out.csv"), False),
        (f"{HELD_PREFIX}{GONE}-a", (LOCK, "another.csv"), False),
        (f"{HELD_PREFIX}{GONE}-a", (LOCK,), False),
        (f"{HELD_PREFIX}{GONE}-a", (MADE,), False),
        (f"{HELD_PREFIX}{GONE}-a", (), False),
        (f"{HELD_PREFIX}1-a", (), True),
        (f"{HELD_PREFIX}1-a", (MADE,), True),
        (f"{HELD_PREFIX}x-a", (), True),
        (f"{HELD_PREFIX}{GONE}-a", (MADE, "out.csv"), True),
        (f"{WRITING}a", ("out.csv",), True),
    ],
    ids=[
        "while it wrote",
        "while it wrote another file",
        "before it wrote",
        "before it held its lock",
        "before it made its lock",
        "it lives and is about to make its lock",
        "it lives and is about to hold its lock",
        "of an unknown process",
        "where a file system has no locks",
        "of a program that holds no lock",
    ],
)
def test_what_a_killed_process_left_is_removed(name: str, files: tuple[str, ...], stays: bool, tmp_path: Path) -> None:
    folder = left(tmp_path, name, *files)
    with placing(tmp_path / "out.csv") as scratch:
        scratch.write_text("x")
    assert (tmp_path / "out.csv").read_text() == "x"
    assert folder.exists() == stays


def test_what_a_living_process_writes_stays(tmp_path: Path) -> None:
    folder = left(tmp_path, f"{HELD_PREFIX}{GONE}-a", LOCK, "out.csv")
    with (folder / LOCK).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with placing(tmp_path / "out.csv") as scratch:
            scratch.write_text("x")
    assert folder.exists()


def test_two_at_a_time_do_not_disturb_each_other(tmp_path: Path) -> None:
    path = tmp_path / "new" / "out.csv"
    with placing(path) as one:
        one.write_text("one")
        with placing(path) as other:
            other.write_text("other")
        assert path.read_text() == "other"
    assert path.read_text() == "one"
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")
    with pytest.raises(ZeroDivisionError), placing(path) as scratch:
        scratch.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


KILLED = """
import os, signal, sys
from pathlib import Path
from assay.placing import placing
with placing(Path(sys.argv[1])) as scratch:
    scratch.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_next_call_clears_up_after_one_that_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert subprocess.run([sys.executable, "-c", KILLED, path]).returncode == -9
    assert [one.name.startswith(HELD_PREFIX) for one in tmp_path.iterdir()] == [True]
    with placing(path) as scratch:
        scratch.write_text("x")
    assert list(tmp_path.iterdir()) == [path]


def test_no_file_that_is_read_and_no_folder_is_replaced(tmp_path: Path) -> None:
    source, link = tmp_path / "in.csv", tmp_path / "link.csv"
    source.write_text("a")
    link.symlink_to(source)
    for path, said in ((source, "it would replace the records"), (link, "the records"), (tmp_path, "not a file")):
        with pytest.raises(AssayError, match=said):
            require_another(path, str(path), {"records": source})
    require_another(tmp_path / "new.csv", "new.csv", {"records": source})
