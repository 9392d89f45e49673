"""`assay deps`: what dvc.yaml lists of the code and the parameters that each stage depends on."""

from pathlib import Path
from typing import Annotated

import typer

from assay.config.stage import enter_root
from assay.errors import AssayError, reported
from assay.terminal import say


def deps(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail with a diff if they differ.")] = False,
) -> None:
    """Write into dvc.yaml the files of code that can change what each stage makes, read from the imports.

    A stage that reads a key of params.yaml which is not listed stops: this lists it too. Everything else there stays as
    it is. Commit it with the change of code that asked for it.
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
