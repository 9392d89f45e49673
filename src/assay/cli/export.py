"""`assay bundle export`: the model of a clone as one file."""

from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from assay.errors import reported, warn
from assay.root import enter_root
from assay.terminal import say


def export(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; by default DATASET-LABELS-HASH.zip, here.")
    ] = None,
) -> None:
    """Pack the model of this clone into one archive: model folder, card, figures on the test fold, and dataset code.

    assay score and serve take it as --bundle FILE, assay bundle show FILE and check FILE as it is, on a machine without
    this repo. The same model gives the same bytes.
    """
    from assay.export.workspace import exported
    from assay.files import write_bytes
    from assay.lineage.results import warn_unproven

    with reported("assay bundle export"):
        here = Path.cwd()
        enter_root()
        found = exported()
        path = here / (output or found.name)
        path = path / found.name if path.is_dir() else path
        write_bytes(path, found.content)
        warn_unproven()
        for name in found.left_out:
            warn(f"{name} is left out: it is not of this very model; dvc repro makes it")
        say(f"{path}\nSHA-256: {sha256(found.content).hexdigest()}")
