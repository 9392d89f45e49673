"""What git says."""

import subprocess
from pathlib import Path

from assay.errors import AssayError


def git(folder: Path, *arguments: str) -> str:
    """What git prints in a folder; AssayError with its words if it fails."""
    return raw(folder, *arguments).decode(errors="replace").rstrip("\n")


def raw(folder: Path, *arguments: str) -> bytes:
    """The same, byte for byte."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise AssayError(f"git {arguments[0]} failed: {said}", where=str(folder))
    return done.stdout
