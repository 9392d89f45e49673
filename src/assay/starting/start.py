"""Makes a repository around one table."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from assay.config.compose import CONF
from assay.errors import AssayError
from assay.experiments.clones import reason
from assay.files import read_text, replacing, write_text
from assay.git import git
from assay.onboarding.dataset import init_dataset, name_of, require_file
from assay.onboarding.draft import NOTHING, Draft
from assay.onboarding.outcome import Answer
from assay.onboarding.tracking import Tracked, track
from assay.starting import upstream
from assay.starting.pages import render


@dataclass(frozen=True)
class Wanted:
    """The table that a repository is made around, and what a person has said of it, as `assay init-dataset` asks."""

    table: Path
    name: str | None = None
    target: str | None = None
    answer: Answer = NOTHING
    encoding: str | None = None
    remote: str | None = None


def start(home: Path, folder: Path, wanted: Wanted) -> tuple[Draft, Tracked]:
    """Make a repository in `folder`, of the code of the last commit of the clone `home`.

    The result: the draft of its contract, and where its table is kept. AssayError if the folder is there already, or as
    of `assay init-dataset`; then nothing is left behind.
    """
    _require_new(home, folder)
    require_file(wanted.table)
    name = name_of(wanted.table, wanted.name)
    with _nothing_left(folder), replacing(folder) as scratch:
        scratch.mkdir()
        upstream.write(upstream.taken(home, "HEAD"), scratch)
        write_text(scratch / upstream.NOTE, upstream.note(home, "HEAD"))
        _choose(name, scratch)
        git(scratch, "init", "--quiet", "--initial-branch", "main")
        with chdir(scratch):
            _, drawn, _ = init_dataset(wanted.table, name, wanted.target, wanted.answer, wanted.encoding)
        kept = track(scratch, name)
        for path, content in render(
            name, wanted.table.name if kept.why else kept.path, upstream.noted(scratch)
        ).items():
            write_text(scratch / path, content)
        if not drawn.is_open:  # else nothing is composed before a person has answered
            _run(scratch, sys.executable, "-m", "assay.cli", "params")
        if wanted.remote:
            _push(scratch, wanted.remote)
        git(scratch, "add", "--all")
        git(scratch, "commit", "--quiet", "--no-verify", "-m", f"Start {name}, with the code of Assay")
    return drawn, kept


def _require_new(home: Path, folder: Path) -> None:
    if folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder]):
        raise AssayError("it is there already, and not empty", where=str(folder), todo="name a new folder")
    if folder.resolve().is_relative_to(home.resolve()):
        what = "it would be inside this clone, which would take it for a part of itself"
        raise AssayError(what, where=str(folder), todo="name a folder outside, such as ../shop")


@contextmanager
def _nothing_left(folder: Path) -> Iterator[None]:
    """Remove the folders above `folder` that were made for it, if it comes to nothing."""
    new = [one for one in folder.parents if not one.exists()]
    try:
        yield
    except BaseException:
        for one in new:
            with suppress(OSError):
                one.rmdir()
        raise


def _choose(name: str, folder: Path) -> None:
    """Make the dataset the default, and take the days of another one out of the split by time."""
    _replace(folder / CONF / "config.yaml", r"(?m)^(  - dataset:) \S+$", rf"\1 {name}")
    _replace(folder / CONF / "split/temporal.yaml", r"(?m)^(validation_from|test_from): .*$", r"\1: ???")


def _replace(path: Path, pattern: str, by: str) -> None:
    """AssayError if nothing is there to replace: the code is of another version than this one."""
    text, count = re.subn(pattern, by, read_text(path))
    if not count:
        raise AssayError(f"no line like {pattern}", where=str(path), todo="start from a released version of Assay")
    write_text(path, text)


def _push(folder: Path, remote: str) -> None:
    """Make a remote the default one, and send it what DVC keeps."""
    _run(folder, "dvc", "remote", "add", "--quiet", "--default", "storage", remote)
    _run(folder, "dvc", "remote", "modify", "--quiet", "storage", "verify", "true")
    try:
        _run(folder, "dvc", "push")
    except AssayError as error:
        todo = "check the address, and that you may write there; or start without --remote, and add one later"
        raise AssayError(f"the table cannot be sent: {error.what}", where=remote, todo=todo) from error


def _run(folder: Path, *command: str) -> str:
    """The output of a command in the new repository; AssayError with its message if it fails."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise AssayError(f"{' '.join(command[-3:])} failed: {reason(done.stderr)}", where=str(folder))
    return done.stdout.strip()
