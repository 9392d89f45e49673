"""What is costly to make, made once for all the processes of a test run."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder that `make` makes, made by whichever worker needs it first. Not to be changed: copy it.

    As pytest-xdist's documentation has it, "Making session-scoped fixtures execute only once".
    """
    folder = shared(factory) / name
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            making = folder.with_name(f"{name}.making")
            shutil.rmtree(making, ignore_errors=True)  # one that failed is made again, and fails again by its reason
            make(making)
            making.rename(folder)
    return folder


def shared(factory: pytest.TempPathFactory) -> Path:
    """The folder of this test run that all its processes have."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
