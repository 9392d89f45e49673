"""`assay deps`: writes the code and the parameters that each stage depends on into dvc.yaml."""

from pathlib import Path
from typing import Annotated

import typer

from assay.errors import AssayError, reported
from assay.root import enter_root
from assay.terminal import say


def deps(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail with a diff if they differ.")] = False,
) -> None:
    """Write into dvc.yaml (and replay/dvc.yaml) the code that can change each stage's outputs, found by its imports.

    Also lists the keys of params.yaml at which a stage stopped because they were not listed. Nothing else in the file
    changes. Commit it together with the change of code.
    """
    from assay.lineage.graph import DVC_YAML, REPLAY_YAML

    with reported("assay deps"):
        enter_root()
        for name in (DVC_YAML, REPLAY_YAML):
            if Path(name).exists() or name == DVC_YAML:
                _update(Path(name), check)


def _update(path: Path, check: bool) -> None:
    from assay.files import read_text, write_text
    from assay.lineage.listing import difference, listed, unlisted

    before = read_text(path)
    after = listed(before, {} if check else unlisted())
    if check and before != after:
        raise AssayError(
            f"the imports say otherwise:\n{difference(before, after)}", where=str(path), todo="assay deps; dvc repro"
        )
    if before != after:
        write_text(path, after)
    say(f"{path}: {'unchanged' if before == after else 'written'}")
