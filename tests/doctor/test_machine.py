"""Environment, hooks, room on the disk: what no mend of files puts right."""

import os
import shutil
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from assay.doctor import disk, environment, hooks
from assay.doctor.attic import Attic
from assay.doctor.check import Finding
from assay.doctor.clone import Clone, enter
from assay.errors import AssayError
from pipeline_copy import Copy


def only(findings) -> Finding:
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
