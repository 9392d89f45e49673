"""What the machine does to a program is told in words, with the place and the mend, and never called its fault."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from assay.errors import AssayError, about, described
from assay.files import write_bytes
from assay.machine import SYSTEM, advice, told
from samples import ROOT

NUMBERS = sorted(SYSTEM | {errno.EPERM: (), errno.ENFILE: (), errno.EPROTO: ()})
FAULT = "fault in the program"


@pytest.mark.parametrize("number", NUMBERS, ids=errno.errorcode.get)
def test_what_the_system_refuses_is_told_with_its_place_and_the_mend(number: int) -> None:
    known = told(OSError(number, os.strerror(number), "data/x.parquet"))
    assert known is not None
    assert known.where == "data/x.parquet"
    assert known.what
    assert known.todo


def undecodable() -> UnicodeDecodeError:
    return UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")


def wrapped(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "there is not enough memory"),
        (np._core._exceptions._ArrayMemoryError((9, 9), np.dtype("f8")), "Unable to allocate"),
        (ModuleNotFoundError("No module named 'pandas'", name="pandas"), "there is no package pandas"),
        (ImportError("a.so: failed to map segment from shared object"), "there is not enough memory to load a library"),
        (
            ImportError("a.so: failed to map segment from shared object: Operation not permitted"),
            "a package is broken, or of another version",
        ),
        (ImportError("cannot import name 'x' from 'pandas'"), "of another version than in the lock"),
        (SyntaxError("invalid syntax", ("knowledge.py", 3, 1, "")), "not Python: invalid syntax"),
        (json.JSONDecodeError("Expecting value", "", 0), "a file is not JSON"),
        (yaml.scanner.ScannerError("while scanning"), "a file is not YAML"),
        (undecodable(), "a file is not text in UTF-8"),
        (wrapped(ValueError("no"), OSError(errno.ENOSPC, "No space left on device")), "the disk is full"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), "the folder that you stand in is gone"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_memory_packages_and_files_do_is_told(error: Exception, said: str) -> None:
    message = described(error)
    assert message.startswith("error: ")
    assert said in message
    assert "to do: " in message
    assert FAULT not in message


def test_what_dvc_says_is_passed_on(tmp_path: Path) -> None:
    from dvc.config import Config, ConfigError
    from dvc.exceptions import DvcException

    assert "DVC says: failed to lock" in described(DvcException("failed to lock"))
    assert "df -h" in described(DvcException("failed to transfer: No space left on device"))
    (tmp_path / "config.local").write_text("[core")
    with pytest.raises(ConfigError) as caught:
        Config(tmp_path)
    assert described(caught.value).startswith("error: DVC says: config file error: Invalid line ('[core')")


@pytest.mark.parametrize("error", [KeyError("label"), ValueError("shapes differ"), AssertionError(), TypeError("no")])
def test_a_fault_of_the_program_is_called_one(error: Exception) -> None:
    assert FAULT in described(error)


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("fatal: write error: No space left on device", True),
        ("fatal: write error. Out of diskspace", True),
        ("fatal: no such branch", False),
    ],
)
def test_what_another_program_says_of_the_system_is_known(said: str, known: bool) -> None:
    assert bool(advice(said)) == known


def test_an_error_that_names_no_file_is_given_the_one_that_was_written(tmp_path: Path) -> None:
    def full(path: Path) -> None:
        with about(path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(AssayError) as caught:
        full(tmp_path / "x")
    assert caught.value.where == str(tmp_path / "x")
    with pytest.raises(PermissionError) as other, about(tmp_path / "x"):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "another")
    assert other.value.filename == "another"


# Real ones. Without the right to mount or to give rights up, the machine cannot be made so hostile: that is said.
UNPRIVILEGED = "setpriv --bounding-set=-all --inh-caps=-all" if os.geteuid() == 0 else ""
ANNOTATED, RECORDS = "data/annotated", "data/cleaned/records.parquet"
STAGE = f"{sys.executable} -m assay.stages.annotate"
HOSTILE = {
    "disk full": (f"mount -t tmpfs -o size=4k tmpfs {ANNOTATED}; {STAGE}", "the disk is full", ANNOTATED),
    "read-only": (f"mount -t tmpfs -o ro tmpfs {ANNOTATED}; {STAGE}", "the file system is read-only", ANNOTATED),
    "too large": (f"ulimit -f 1; {STAGE}", "the file would be larger than is allowed", ANNOTATED),
    "no permission to write": (f"chmod 555 {ANNOTATED}; {UNPRIVILEGED} {STAGE}", "no permission", ANNOTATED),
    "no permission to read": (f"chmod 000 {RECORDS}; {UNPRIVILEGED} {STAGE}", "no permission", RECORDS),
    "a file for a folder": (f"rm -r {ANNOTATED}; touch {ANNOTATED}; {STAGE}", "something is in the way", ANNOTATED),
    "a folder for a file": (
        f"rm {ANNOTATED}/labels.parquet; mkdir -p {ANNOTATED}/labels.parquet/x; {STAGE}",
        "there is a folder where a file belongs",
        f"{ANNOTATED}/labels.parquet",
    ),
}


def able(tool: str) -> bool:
    """Whether a tool of util-linux may do here what it is for."""
    return bool(shutil.which(tool.split(maxsplit=1)[0])) and subprocess.run([*tool.split(), "true"]).returncode == 0


def run(folder: Path, command: str, **environment: str) -> subprocess.CompletedProcess:
    source = {"PYTHONPATH": str(ROOT / "src"), "ASSAY_DEBUG": "", **environment}
    shell = ["unshare", "-rm"] if "mount " in command else []
    return subprocess.run(
        [*shell, "sh", "-ec", command], cwd=folder, env={**os.environ, **source}, capture_output=True, text=True
    )


@pytest.mark.parametrize("case", HOSTILE)
def test_a_stage_on_a_hostile_machine_says_what_where_and_what_to_do(
    case: str, small_line: Path, tmp_path: Path
) -> None:
    command, said, where = HOSTILE[case]
    if "mount " in command and not able("unshare -rm"):
        pytest.skip("this machine lets nobody mount")
    if "setpriv" in command and not able(UNPRIVILEGED):
        pytest.skip("this machine lets nobody give up its rights")
    line = shutil.copytree(small_line, tmp_path / "line", symlinks=True)
    done = run(line, command)
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith(f"assay annotate: error: {said}"), done.stderr
    assert f"where: {where}" in done.stderr
    assert "to do: " in done.stderr
    assert FAULT not in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(line.rglob(".writing-*"))


def test_a_write_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"before")

    def full(path: Path, content: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(AssayError, match="the disk is full") as caught:
        write_bytes(path, b"after")
    assert caught.value.where == str(path)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


BLOCKER = """
import sys
class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "{package}":
            raise ModuleNotFoundError("No module named {package!r}", name={package!r})
sys.meta_path.insert(0, Gone())
"""


@pytest.mark.parametrize(
    ("command", "package", "name"),
    [
        ("-m assay.stages.train", "pandas", "assay train"),
        ("-m assay.stages.train", "pydantic", "assay train"),
        ("-m assay.stages.train --cfg job", "hydra", "assay train"),
        ("-m assay.cli --help", "typer", "assay"),
        ("-m assay.cli params --check", "dvc", "assay params"),
        ("-m assay.sweep.worker", "numpy", "assay worker"),
    ],
)
def test_a_package_that_is_gone_is_named_by_whatever_needs_it(
    command: str, package: str, name: str, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(BLOCKER.format(package=package))
    done = run(ROOT, f"{sys.executable} {command}", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT / 'src'}")
    assert done.returncode == 1
    assert done.stderr.startswith(f"{name}: error: there is no package {package}\n"), done.stderr
    assert ". .venv/bin/activate" in done.stderr
    assert "Traceback" not in done.stderr


PROGRAM = "import os, signal, sys\nfrom assay.errors import reported\nwith reported('assay x'):\n    {}"


def test_ctrl_c_ends_with_one_line_and_130() -> None:
    # As on a terminal: what a shell starts in the background ignores the signal.
    interrupt = "signal.signal(signal.SIGINT, signal.default_int_handler); signal.raise_signal(signal.SIGINT)"
    code = PROGRAM.format(interrupt)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "assay x: interrupted\n")


def test_a_reader_that_has_enough_is_no_fault() -> None:
    code = PROGRAM.format("[print('x' * 1000, flush=True) for _ in range(1000)]")
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), said) == (128 + signal.SIGPIPE, "")


def test_a_full_disk_under_stderr_hides_no_exit_code() -> None:
    code = PROGRAM.format("raise OSError(28, 'No space left on device', 'x')")
    with Path("/dev/full").open("w") as full:
        assert subprocess.run([sys.executable, "-c", code], stderr=full).returncode == 1
