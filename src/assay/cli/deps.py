"""`assay deps`: writes the code and the parameters that each stage depends on into dvc.yaml and src/deps."""

from pathlib import Path
from typing import Annotated

import typer

from assay.errors import AssayError, reported
from assay.root import enter_root
from assay.terminal import say


def deps(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail with a diff if they differ.")] = False,
) -> None:
    """Link in src/deps the code that can change each stage's outputs, found by its imports; dvc.yaml lists the folders.

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
    from assay.lineage import links
    from assay.lineage.listing import difference, linked, listed, unlisted

    before = read_text(path)
    after, code = listed(before, {} if check else unlisted()), linked(before)
    moved = [line for folder, wanted in code.items() for line in links.difference(folder, wanted)]
    if check and (moved or before != after):
        said = "\n".join(filter(None, [difference(before, after), *moved]))
        raise AssayError(f"the imports say otherwise:\n{said}", where=str(path), todo="assay deps; dvc repro")
    if before != after:
        write_text(path, after)
    for folder, wanted in code.items() if moved else ():
        links.write(folder, wanted)
    say(f"{path}: {'written' if moved or before != after else 'unchanged'}")
