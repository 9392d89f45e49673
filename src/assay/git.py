"""Runs git."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from assay.errors import AssayError
from assay.machine import advice

CREDENTIALS = re.compile(r"(?<=https://)[^/@]*@|(?<=http://)[^/@]*@")  # in an address
LINES = 6  # of git's output that are shown


def git(folder: Path, *arguments: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
    """The output of git in a folder; AssayError with git's message if it fails."""
    return raw(folder, *arguments, stdin=stdin, env=env).decode(errors="replace").rstrip("\n")


def raw(folder: Path, *arguments: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> bytes:
    """The output of git as bytes; AssayError with git's message if it fails.

    stdin: what it reads there; by default what this process would. env: variables besides those of this process.
    """
    variables = {**os.environ, **(env or {})}
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, input=stdin, env=variables)
    except FileNotFoundError as error:
        if error.filename != "git":  # the folder is missing, not git
            raise
        raise AssayError("there is no program git", where="PATH", todo="install git, then run it again") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise AssayError(f"git {arguments[0]} failed: {_shortened(said)}", where=str(folder), todo=advice(said))
    return done.stdout


def address(folder: Path) -> str:
    """Where the remote `origin` is, without what is secret in it; "" if there is none."""
    try:
        found = git(folder, "remote", "get-url", "origin")
    except AssayError:
        return ""
    here = Path(folder, found)
    return str(here.resolve()) if here.exists() else CREDENTIALS.sub("", found)


def content(folder: Path, revision: str, path: str) -> bytes | None:
    """A file of a commit (of the index for ""); None if there is no such file or commit."""
    try:
        return raw(folder, "cat-file", "blob", f"{revision}:{path}")
    except AssayError:
        return None


def parents(folder: Path, commit: str) -> list[str]:
    """The commits from which a commit was made."""
    return git(folder, "rev-list", "--parents", "--max-count=1", commit).split()[1:]


def objects(folder: Path, names: Sequence[str]) -> list[bytes | None]:
    """Many files of commits (SHA:path) and commits (SHA), read by one process; None for each that there is not.

    Takes no lock. ValueError if a name has an end of line in it.
    """
    if any("\n" in name for name in names):
        raise ValueError("a name of git with an end of line")
    if not names:
        return []
    said = raw(folder, "cat-file", "--batch", "--buffer", stdin="".join(f"{name}\n" for name in names).encode())
    found, at = [], 0
    for _ in names:
        end = said.index(b"\n", at)
        kind, size = _described(said[at:end])
        at = end + 1
        found.append(said[at : at + size] if kind in (b"blob", b"commit") else None)
        at += size + 1 if kind else 0
    return found


def _described(line: bytes) -> tuple[bytes, int]:
    """Kind and size of an object in a line of `git cat-file --batch`; no kind if there is no such object."""
    parts = line.rsplit(b" ", 2)
    return (parts[1], int(parts[2])) if len(parts) == 3 and parts[2].isdigit() else (b"", 0)


def shared(folder: Path, one: str, other: str) -> str:
    """The last commit that two have in common; "" if there is none, or one of them is unknown."""
    try:
        return git(folder, "merge-base", one, other)
    except AssayError:
        return ""


def _shortened(said: str) -> str:
    """The first and the last of many lines: on a full disk git names every file."""
    lines = said.splitlines()
    return said if len(lines) <= LINES else "\n".join([lines[0], f"... {len(lines) - 2} more lines ...", lines[-1]])
