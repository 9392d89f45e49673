"""Runs git."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from assay.errors import AssayError
from assay.machine import advice

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


def content(folder: Path, revision: str, path: str) -> bytes | None:
    """A file of a commit (of the index for ""); None if there is no such file or commit."""
    try:
        return raw(folder, "cat-file", "blob", f"{revision}:{path}")
    except AssayError:
        return None


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
