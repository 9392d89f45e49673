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
    """Write into dvc.yaml the code files that can change each stage's outputs, found by its imports.

    Also lists the keys of params.yaml at which a stage stopped because they were not listed. Nothing else in the file
    changes. Commit it together with the change of code.
    """
    from assay.files import read_text, write_text
    from assay.lineage.graph import DVC_YAML
    from assay.lineage.listing import difference, listed, unlisted

    with reported("assay deps"):
        enter_root()
        before = read_text(Path(DVC_YAML))
        after = listed(before, {} if check else unlisted())
        if check and before != after:
            raise AssayError(
                f"the imports say otherwise:\n{difference(before, after)}", where=DVC_YAML, todo="assay deps; dvc repro"
            )
        if before != after:
            write_text(Path(DVC_YAML), after)
        say(f"{DVC_YAML}: {'unchanged' if before == after else 'written'}")
