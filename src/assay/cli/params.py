"""`assay params`: from conf/ to params.yaml, and back."""

from pathlib import Path
from typing import Annotated

import typer

from assay.errors import AssayError, reported
from assay.root import enter_root
from assay.terminal import say


def params(
    overrides: Annotated[
        list[str] | None, typer.Argument(help="Changes to the defaults of conf/: model=logistic model.C=0.3")
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing; fail with a diff when params.yaml and conf/ disagree."),
    ] = False,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Write the values of params.yaml into conf/ instead, as after an experiment."),
    ] = False,
) -> None:
    """Compose conf/ into params.yaml, the one file that `dvc repro` reads.

    The bytes are those that `dvc exp run` writes. Run it after an edit in conf/, and commit both.
    """
    from assay.config.compose import composed
    from assay.config.keep import kept
    from assay.lineage.busy import require_idle

    with reported("assay params"):
        enter_root()
        if keep and (check or overrides):
            raise AssayError("--keep takes params.yaml as it is", todo="leave out --check and the overrides")
        if not check:
            require_idle()
        if keep:
            say("\n".join(kept() or ["conf/: unchanged"]))
        else:
            _compared_or_written(composed(overrides or []), check)


def _compared_or_written(text: str, check: bool) -> None:
    """Write this composed configuration into params.yaml; to check, stop with an AssayError where they differ."""
    from assay.config.compose import difference
    from assay.config.load import PARAMS
    from assay.doctor.clone import Clone
    from assay.doctor.kept_experiment import disagreement
    from assay.files import write_text

    changed = difference(text)
    if check and changed:
        todo = disagreement(Clone(Path.cwd()), text).todo
        raise AssayError(f"{PARAMS} is not what conf/ composes to:\n{changed}", todo=todo)
    if not check:
        write_text(PARAMS, text)
    say(f"{PARAMS}: {'unchanged' if not changed else 'written'}")
