"""What git says."""

import subprocess
from pathlib import Path

from assay.errors import AssayError
from assay.machine import advice


def git(folder: Path, *arguments: str) -> str:
    """What git prints in a folder; AssayError with its words if it fails."""
    return raw(folder, *arguments).decode(errors="replace").rstrip("\n")


def raw(folder: Path, *arguments: str) -> bytes:
    """The same, byte for byte."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True)
    except FileNotFoundError as error:
        if error.filename != "git":  # but the folder
            raise
        raise AssayError("there is no program git", where="PATH", todo="install git, then run it again") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise AssayError(f"git {arguments[0]} failed: {said}", where=str(folder), todo=advice(said))
    return done.stdout
