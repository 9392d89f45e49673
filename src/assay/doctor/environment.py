"""The environment that runs this program, and the one that the shell would use."""

import re
import shutil
import sys
from collections.abc import Iterator
from functools import partial
from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path

from assay.doctor.attic import Attic, away
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone, environment
from assay.errors import sample

REQUIREMENTS, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
OLDEST, TOO_NEW = (3, 11), (3, 14)
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,.-]+\])?==([^\s;\\]+)\s*(?:;\s*([^\\]+))?", re.M)
INSTALL = "make repro installs what the lock says (with the tools for tests: make extras)"
ANEW = "make clean && make repro"
OWN, READY = Path(".venv/bin"), Path(".venv/ready")  # where make installs, and its mark that it has


def python(clone: Clone) -> Iterator[Fault]:
    """The running Python must be one that the lock was made for."""
    if not OLDEST <= sys.version_info[:2] < TOO_NEW:
        found = ".".join(map(str, sys.version_info[:3]))
        yield Fault(
            f"Python {found}: the lock is for 3.11 to 3.13",
            sys.executable,
            "make clean && make repro PYTHON=python3.12",
        )


def packages(clone: Clone) -> Iterator[Fault]:
    """The installed packages must be those of requirements.lock."""
    installed = {_normal(one.metadata["Name"]): one.version for one in distributions() if one.metadata["Name"]}
    wrong = []
    for name, version, marker in PIN.findall(clone.text(REQUIREMENTS)):
        found = installed.get(_normal(name))
        if found != version and _applies(marker.strip()):
            wrong.append(f"{name} {found or 'missing'}, not {version}")
    if wrong:
        what = f"{len(wrong)} package(s) are not those of the lock: {sample(wrong)}"
        mend = partial(away, clone.root / READY) if _sign(clone) else None
        yield Fault(what, REQUIREMENTS, lacking(clone), mend)


def lacking(clone: Clone) -> str:
    """The advice where packages are missing. make installs nothing while its mark, `READY`, exists."""
    own = clone.root / OWN / "python"
    if own.exists() and not _is_own(clone):
        return f"PYTHONPATH=src {OWN}/python -m assay.doctor looks with the clone's own Python, not {sys.executable}"
    if _sign(clone):
        return f"{ANEW}; or, sooner: assay doctor --mend, then make repro"
    return f"make repro installs them; if it fails: {ANEW}" if own.exists() else "make repro installs them into .venv"


def _sign(clone: Clone) -> bool:
    return _is_own(clone) and (clone.root / READY).exists()


def _is_own(clone: Clone) -> bool:
    return environment().resolve() == (clone.root / OWN).resolve()


def own_code(clone: Clone) -> Iterator[Fault]:
    """`assay` must be the code of this clone, not of another one."""
    spec = find_spec("assay")
    here = Path(spec.origin or "").resolve() if spec else Path()
    if not here.is_relative_to((clone.root / "src").resolve()):
        yield Fault(
            "the installed assay is the code of another folder",
            str(here.parent),
            f"{ANEW} makes an environment of this clone's own",
        )


def age(clone: Clone) -> Iterator[Fault]:
    """The environment must not be older than its locks, or `make` installs again."""
    for stamp, lock in ((".venv/ready", REQUIREMENTS), (".venv/ready-dev", DEVELOPMENT)):
        made, read = clone.root / stamp, [clone.root / lock, clone.root / "pyproject.toml"]
        newer = [
            path for path in read if made.exists() and path.exists() and path.stat().st_mtime > made.stat().st_mtime
        ]
        if newer:
            right = lock == REQUIREMENTS and newer == read[:1] and not list(packages(clone))
            mend = partial(_touch, made) if right else None
            what = f"{newer[0].name} is newer than the environment" + ("; its packages are the lock's" if right else "")
            yield Fault(what, stamp, INSTALL, mend, advice=not right)


def activation(clone: Clone) -> Iterator[Fault]:
    """DVC runs the first `python` on PATH. Without activation that belongs to another environment."""
    expected = _expected(clone)
    for name in ("python", "dvc"):
        first = shutil.which(name)
        if first is None:
            yield Fault(f"the shell has no {name}: the environment is not activated", "", _activate(clone, expected))
        elif Path(first).parent.resolve() != expected.resolve():
            yield Fault(f"the shell's {name} is not that of {clone.name(expected)}", first, _activate(clone, expected))


def _expected(clone: Clone) -> Path:
    """The programs that the shell should use: of the running environment if it has DVC, else of the one of make."""
    own = clone.root / OWN
    return own if own.is_dir() and not (environment() / "dvc").exists() else environment()


def _activate(clone: Clone, folder: Path) -> str:
    script = folder / "activate"
    by_make = "make repro, which uses the environment"
    return (
        f". {clone.name(script)} (or: {by_make})" if script.exists() else f"{by_make} and makes it where it is missing"
    )


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _applies(marker: str) -> bool:
    if not marker:
        return True
    try:
        from packaging.markers import Marker
    except ModuleNotFoundError:
        return False  # it is missing itself, and counted: what applies to every machine is enough to say

    return Marker(marker).evaluate()


def _touch(path: Path, attic: Attic) -> None:
    path.touch()


CHECKS = [
    Check("python", "Python is one that the lock is for", python),
    Check("packages", "the packages are those of requirements.lock", packages, "makes `make repro` install again"),
    Check("own-code", "`assay` is the code of this clone", own_code),
    Check("age", "`.venv` is not older than its locks", age, "marks it as new where every package is the lock's"),
    Check("activation", "`python` and `dvc` of the shell are those of this environment", activation),
]
