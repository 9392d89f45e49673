"""Environment, hooks, room on the disk: what no mend of files puts right."""

import errno
import os
import shutil
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from assay.doctor import disk, environment, examine, hooks
from assay.doctor.attic import Attic
from assay.doctor.check import Fault
from assay.doctor.clone import Clone, enter
from assay.doctor.report import print_report
from assay.errors import AssayError
from pipeline_copy import Copy
from samples import ROOT


def only(findings) -> Fault:
    (finding,) = findings
    return finding


def test_this_environment_is_the_locks_and_this_clone_runs_its_own_code(clone: Copy) -> None:
    here = Clone(clone.path)
    assert [*environment.python(here), *environment.packages(here), *environment.own_code(here)] == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("pandas==0.1 \\\n    --hash=sha256:00", "pandas"),
        ("no-such-thing==1.0", "no-such-thing missing, not 1.0"),
        ("no-such-thing==1.0 ; python_version < '3.0'", ""),
        ("fsspec[http]==0.1", "fsspec"),
        ("Ruamel_YAML==0.1", "not 0.1"),
    ],
)
def test_packages_that_are_not_the_locks(clone: Copy, line: str, said: str) -> None:
    (clone.path / "requirements.lock").write_text(f"{line}\n")
    found = [finding.what for finding in environment.packages(Clone(clone.path))]
    assert said in found[0] if said else found == []


def test_python_that_the_lock_is_not_for(clone: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 15, 1))
    assert only(environment.python(Clone(clone.path))).what.startswith("Python 3.15.1")


def test_the_code_of_another_clone(clone: Copy) -> None:
    (clone.path / "src").unlink()
    (clone.path / "src").mkdir()
    assert "another folder" in only(environment.own_code(Clone(clone.path))).what


def test_a_shell_without_the_environment(clone: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(environment.environment()))
    assert list(environment.activation(Clone(clone.path))) == []
    other = clone.path / "bin"
    other.mkdir()
    for name in ("python", "dvc"):
        (other / name).write_text("#!/bin/sh\n")
        (other / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{other}{os.pathsep}{environment.environment()}")
    found = list(environment.activation(Clone(clone.path)))
    assert [Path(finding.where).name for finding in found] == ["python", "dvc"]
    assert "activate" in found[0].todo
    monkeypatch.setenv("PATH", "")
    assert [finding.what for finding in environment.activation(Clone(clone.path))] == [
        f"the shell has no {name}: the environment is not activated" for name in ("python", "dvc")
    ]


def test_a_script_that_is_proposed_is_there(clone: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by a Python of the system, which has no DVC and no such script."""
    system = clone.path / "usr/bin/python3"
    monkeypatch.setattr(sys, "executable", str(system))
    monkeypatch.setenv("PATH", "")
    assert only(list(environment.activation(Clone(clone.path)))[:1]).todo.startswith("make repro")
    own = clone.path / ".venv/bin"
    own.mkdir(parents=True)
    (own / "activate").touch()
    assert only(list(environment.activation(Clone(clone.path)))[:1]).todo.startswith(". .venv/bin/activate")


def test_after_the_mend_make_installs_what_is_missing(clone: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """`make` goes by the file `.venv/ready`, not by what is installed."""
    ready, python = clone.path / ".venv/ready", clone.path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    shutil.copy(ROOT / "Makefile", clone.path)
    for name in ("requirements.lock", "pyproject.toml"):
        (clone.path / name).write_text("no-such-thing==1.0\n")
        os.utime(clone.path / name, (1e9, 1e9))
    ready.touch()
    monkeypatch.setattr(sys, "executable", str(python))
    finding = only(environment.packages(Clone(clone.path)))
    assert finding.todo == "make clean && make repro; or, sooner: assay doctor --mend, then make repro"
    assert "pip install" not in clone.run("make", "-n", "repro").stdout
    assert finding.mend
    finding.mend(Attic(clone.path))
    assert "pip install" in clone.run("make", "-n", "repro").stdout
    assert "make repro installs them" in only(environment.packages(Clone(clone.path))).todo


def test_another_python_than_the_clones_own(clone: Copy) -> None:
    (clone.path / ".venv/bin").mkdir(parents=True)
    (clone.path / ".venv/bin/python").touch()
    (clone.path / ".venv/ready").touch()
    (clone.path / "requirements.lock").write_text("no-such-thing==1.0\n")
    finding = only(environment.packages(Clone(clone.path)))
    assert finding.mend is None, "the packages of .venv are not known"
    assert finding.todo.startswith("PYTHONPATH=src .venv/bin/python -m assay.doctor")


@pytest.mark.parametrize(
    ("flags", "said"), [(os.ST_RDONLY, "the file system is read-only"), (0, "no permission")], ids=["mount", "mode"]
)
def test_a_clone_that_cannot_be_written_to(clone: Copy, monkeypatch: pytest.MonkeyPatch, flags: int, said: str) -> None:
    assert list(disk.writable(Clone(clone.path))) == []
    found = namedtuple("found", "f_flag")
    monkeypatch.setattr(os, "statvfs", lambda path: found(flags))
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK or "models" not in str(path))
    finding = only(disk.writable(Clone(clone.path)))
    assert finding.what == f"{said}: no run can write to models"
    assert finding.todo


def test_where_nothing_can_be_written_that_is_said_and_no_fault(clone: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", ".dvc/tmp/lock")

    monkeypatch.setattr(examine, "alone", refuse)
    result = next(examine.examined(Clone(clone.path), examine.chosen(True, []), Attic(clone.path)))
    assert "Read-only file system" in result.left[0].what
    assert "make it writable" in result.left[0].todo


def test_an_environment_that_only_looks_old_is_marked_as_new(clone: Copy) -> None:
    ready = clone.path / ".venv/ready"
    ready.parent.mkdir()
    ready.touch()
    (clone.path / "pyproject.toml").touch()
    for path in (ready, clone.path / "pyproject.toml"):
        os.utime(path, (1e9, 1e9))
    finding = only(environment.age(Clone(clone.path)))
    assert finding.mend
    finding.mend(Attic(clone.path))
    assert list(environment.age(Clone(clone.path))) == []
    os.utime(ready, (1e9, 1e9))
    (clone.path / "requirements.lock").write_text("no-such-thing==1.0\n")
    assert only(environment.age(Clone(clone.path))).mend is None


def test_hooks(clone: Copy) -> None:
    here = Clone(clone.path)
    assert list(hooks.hooks(here)) == []
    (clone.path / ".pre-commit-config.yaml").write_text("repos: []\n")
    finding = only(hooks.hooks(here))
    assert finding.advice
    assert finding.mend
    finding.mend(Attic(clone.path))
    hook = clone.path / ".git/hooks/pre-commit"
    assert list(hooks.hooks(here)) == []
    hook.write_text(hook.read_text().replace(f"INSTALL_PYTHON={sys.executable}", "INSTALL_PYTHON=/gone/python"))
    finding = only(hooks.hooks(here))
    assert "/gone/python" in finding.what
    assert finding.mend
    finding.mend(Attic(clone.path))
    assert list(hooks.hooks(here)) == []


def test_a_hook_of_another_kind_stays(clone: Copy) -> None:
    (clone.path / ".pre-commit-config.yaml").write_text("repos: []\n")
    hook = clone.path / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\n# mine\n")
    assert list(hooks.hooks(Clone(clone.path))) == []


def test_too_little_room(clone: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(disk.space(Clone(clone.path))) == []
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10, 9, 1 << 20))
    assert "1 MiB free, a run may need 100 MiB" in only(disk.space(Clone(clone.path))).what


def test_the_root_is_found_from_below_and_without_dvc_yaml(clone: Copy) -> None:
    (clone.path / "dvc.yaml").unlink()
    assert enter(clone.path / "conf/model").root == clone.path
    with pytest.raises(AssayError, match="no clone"):
        enter(Path("/"))


def test_a_clone_with_autocrlf_has_the_same_bytes(clone: Copy, tmp_path: Path) -> None:
    other = tmp_path / "other"
    clone.run("git", "clone", "--quiet", "-c", "core.autocrlf=true", ".", str(other))
    names = clone.run("git", "ls-files").stdout.splitlines()
    regular = [name for name in names if (clone.path / name).is_file()]
    assert len(regular) > 20
    assert [name for name in regular if (other / name).read_bytes() != (clone.path / name).read_bytes()] == []
    assert Copy(other).git_status() == ""


def test_that_there_is_no_repository_is_said_once(clone: Copy, capsys: pytest.CaptureFixture) -> None:
    shutil.rmtree(clone.path / ".git")
    print_report(Clone(clone.path), examine.chosen(True, []), None)
    said = capsys.readouterr().out
    assert said.startswith("left    repository   no git repository")
    assert "not looked at for want of a repository: git-locks, git-index, experiment, endings" in said
    assert "cannot be looked at" not in said
