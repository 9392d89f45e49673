"""The hooks of git."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from assay.doctor.attic import Attic
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.errors import AssayError

CONFIG = ".pre-commit-config.yaml"


def hooks(clone: Clone) -> Iterator[Fault]:
    """The hook of pre-commit must be installed, and its Python must still exist."""
    if not (clone.root / CONFIG).exists():
        return
    path = clone.root / clone.git("rev-parse", "--git-path", "hooks/pre-commit")
    own = bool(clone.git("config", "--default", "", "--get", "core.hooksPath"))
    mend = partial(_install, clone.root) if find_spec("pre_commit") and not own else None
    todo = "pre-commit install (make test brings it)"
    if not path.exists():
        yield Fault("commits are not checked: no hook is installed", str(path), todo, mend, advice=True)
    elif gone := _gone(path.read_text(errors="replace")):
        yield Fault(f"the hook calls a Python that is gone: {gone}", str(path), todo, mend)


def _gone(hook: str) -> str:
    """The interpreter that pre-commit's hook names, if it does not exist any more; else ""."""
    named = re.search(r"^INSTALL_PYTHON=(['\"]?)(.+)\1$", hook, re.M)
    return named[2] if named and not Path(named[2]).exists() else ""


def _install(root: Path, attic: Attic) -> None:
    # A hook of another kind is kept by pre-commit itself, and run before its own.
    done = subprocess.run([sys.executable, "-m", "pre_commit", "install"], cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise AssayError(f"pre-commit install failed: {done.stderr.strip() or done.stdout.strip()}")


CHECKS = [Check("hooks", "the hooks of pre-commit are installed", hooks, "installs them")]
