"""Outputs of the line in this clone, for benches: a clone that has not run it yet runs what they need of it."""

import os
import subprocess
import sys
from pathlib import Path

from samples import ROOT


def raw_records() -> Path:
    """The raw file of the thyroid records."""
    return _made(ROOT / "data/raw/records.csv", by="collect")


def model_folder() -> Path:
    """The model of the line: its bundle."""
    return _made(ROOT / "models", by="train")


def _made(path: Path, by: str) -> Path:
    """The path, after a run of the line up to the stage `by` if it is not there."""
    if not path.exists():
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        command = [sys.executable, "-m", "dvc", "repro", by]
        print(f"{path.relative_to(ROOT)} is not there: dvc repro {by}", flush=True)
        if subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": programs}).returncode:
            sys.exit(f"dvc repro {by} failed: see above")
    return path
