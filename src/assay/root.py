"""Where the repo is."""

import os
from pathlib import Path

from assay.errors import AssayError


def enter_root(start: Path | None = None) -> Path:
    """Change to the folder that holds dvc.yaml, here or above; every path in the code is relative to it."""
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        if (folder / "dvc.yaml").exists():
            os.chdir(folder)
            return folder
    raise AssayError(
        "no dvc.yaml here or above",
        where=str(here),
        todo="change to your clone of the repo; if the file is lost: assay doctor --mend",
    )
