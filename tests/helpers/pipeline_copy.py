"""Copies of the repository in which the real DVC runs the real line."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

import warm
from samples import ROOT
from warm import FRESH

# Nothing of the person's or the outer run's own: identity, configuration, credentials, DVC's variables, coverage.
OWN = ("GIT_", "DVC_", "COV_", "ASSAY_", "AWS_")
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(OWN)},
    "PATH": FRESH,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "DVC_NO_ANALYTICS": "1",
}
EMPTY = '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
# What `dvc repro` and comparisons run quickly: for whatever does not depend on the figures.
CHEAP = [
    ("conf/config.yaml", "debug: null", "debug: fast"),
    ("conf/config.yaml", "model: lightgbm", "model: logistic"),
    ("conf/config.yaml", "  - model@baselines.xgboost: xgboost\n", ""),
    ("conf/model/hist_gbm.yaml", "max_iter: 1000", "max_iter: 50"),
    ("conf/model/random_forest.yaml", "n_estimators: 200", "n_estimators: 20"),
    ("src/assay/compare/paired.py", "resamples: int = 10_000", "resamples: int = 200"),
    # No pictures: to draw them takes longer than to measure. Those of the line are drawn, and equal the committed ones.
    ("src/assay/presentation/style.py", "    figure = Figure(figsize=size)\n", f"    return {EMPTY!r}\n"),
]
# What forks share by hard links, most of the files: git, Python and `edit` replace them and write none in place.
LINKED = ("src", "tests", "docs")
IDENTITY = ("-c", "user.name=Test", "-c", "user.email=test@example.org")


def warm_python() -> str:
    """A Python whose `-m dvc` and `-m assay.` start warm."""
    return str(warm.programs(ENVIRONMENT) / "python")


def warm_path() -> str:
    """The PATH on which that is `python`."""
    return f"{Path(warm_python()).parent}{os.pathsep}{FRESH}"


@dataclass
class Copy:
    """A working copy; `run` runs a command in it, with the copy's own code, as in a clone with its own environment."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *command: str) -> subprocess.Popen:
        return subprocess.Popen(
            command,
            cwd=self.path,
            env={**ENVIRONMENT, "PATH": warm_path(), "PYTHONPATH": str(self.path / "src"), **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str, fails: bool = False) -> subprocess.CompletedProcess:
        process = self.start(*command)
        out, err = process.communicate()
        assert (process.returncode != 0) == fails, f"{command}: exit {process.returncode}\n{out}\n{err}"
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def stage(self, name: str, *arguments: str, fails: bool = False) -> subprocess.CompletedProcess:
        return self.run("python", "-m", f"assay.stages.{name}", *arguments, fails=fails)

    def repro(self, *arguments: str) -> list[str]:
        """The stages that `dvc repro` found out of date: run, or had from the run-cache that copies share."""
        said = self.run("dvc", "repro", *arguments).stdout
        return re.findall(r"tage '(\w+)'(?::| is cached)", said)

    def git_status(self) -> str:
        return self.run("git", "status", "--porcelain").stdout

    def hashes(self) -> dict[str, str]:
        return hashes((self.path / "dvc.lock").read_text())

    def commit(self, message: str) -> None:
        self.run("git", "add", "--all")
        self.run("git", *IDENTITY, "commit", "--quiet", "--message", message)

    def fork(self, path: Path, **environment: str) -> "Copy":
        """The same in another folder, with its history, its data and its cache."""
        path.mkdir(parents=True)
        for options, linked in (("-a", False), ("-al", True)):
            found = [one for one in self.path.iterdir() if (one.name in LINKED) == linked]
            subprocess.run(["cp", options, *found, path], check=True)
        return Copy(path, environment)


@contextmanager
def unchanged(copy: Copy) -> Iterator[Copy]:
    """The copy, to be forked: at the end none of its files may have been written through a link."""
    before = times(copy)
    yield copy
    assert before.items() <= times(copy).items(), "replace what a fork has linked, as `edit` does"


def times(copy: Copy) -> dict[Path, int]:
    """When each file that forks link was written."""
    files = [Path(at, name) for linked in LINKED for at, _, names in os.walk(copy.path / linked) for name in names]
    return {file: file.lstat().st_mtime_ns for file in files if file.suffix != ".pyc"}


def until(process: subprocess.Popen, words: str) -> None:
    """Read what a process says until it says this."""
    assert process.stdout is not None
    while words not in (line := process.stdout.readline()):
        assert line, f"it ended without saying {words!r}"


def edit(copy: Copy, name: str, old: str, new: str) -> None:
    """Replace a text in a file, and the file by another one."""
    text = (copy.path / name).read_text()
    assert old in text, f"{name}: {old}"
    (copy.path / name).unlink()
    (copy.path / name).write_text(text.replace(old, new))


def hashes(lock: str) -> dict[str, str]:
    """Path to MD5 of every output in a dvc.lock."""
    return {out["path"]: out["md5"] for stage in yaml.safe_load(lock)["stages"].values() for out in stage["outs"]}


def copy_of_the_tree(path: Path) -> Copy:
    """What is in the working tree (git's files and those it would take), committed in a repository of its own."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, path / name, follow_symlinks=False)
    copy = Copy(path)
    copy.run("git", "init", "--quiet", "--initial-branch=main")
    copy.run("git", "config", "core.trustctime", "false")  # of what is linked, it changes with every fork
    copy.commit("Start")
    pack(copy)
    return copy


def cheapened(copy: Copy) -> Copy:
    """The copy with a small model, few folds and few resamples, run and committed so."""
    return reconfigured(copy, CHEAP)


def reconfigured(copy: Copy, changes: Sequence[tuple[str, str, str]]) -> Copy:
    """The copy with texts of its files replaced, run and committed so. changes: file, text, new text."""
    for change in changes:
        edit(copy, *change)
    copy.run("assay", "params")
    copy.repro()
    copy.commit("Change the configuration")
    pack(copy)
    return copy


def pack(copy: Copy) -> None:
    """Make one file of git's objects, which are half of what every fork copies."""
    copy.run("git", "gc", "--quiet")


def listed(copy: Copy) -> list[str]:
    """The names of the experiments."""
    return sorted(copy.run("dvc", "exp", "list", "--name-only").stdout.split())


def wait_for(condition: Callable[[], object], seconds: float = 120) -> None:
    """Wait until something is the case."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.1)


def workers(folder: Path) -> list[str]:
    """Processes whose working directory is under a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append(process.name)
        except OSError:
            continue  # another's, or gone
    return found
