"""DVC's public commands."""

import subprocess
import sys
from pathlib import Path

from assay.errors import AssayError


def dvc(*arguments: str, folder: Path = Path()) -> str:
    """The output of a command of DVC in a folder; AssayError with its words if it fails."""
    command = [sys.executable, "-m", "dvc", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0].removeprefix("ERROR: ")
        raise AssayError(f"dvc {arguments[0]} failed: {said}", todo=f"run: dvc {' '.join(arguments)}")
    return done.stdout


def last_line(*arguments: str, folder: Path = Path()) -> str:
    """The last line that a command of DVC prints; "" if it fails, as `dvc config` does where nothing is set."""
    try:
        return (dvc(*arguments, folder=folder).strip().splitlines() or [""])[-1]
    except AssayError:
        return ""
