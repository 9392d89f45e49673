"""`assay doctor` and `assay back`: repair a clone, or restore the last commit's results."""

from pathlib import Path
from typing import Annotated

import typer

from assay.errors import reported


def doctor(
    mend: Annotated[bool, typer.Option("--mend", help="Repair it; replaced files are kept in .assay/doctor/.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Only what can stop a run, as in make repro.")] = False,
    skip: Annotated[list[str] | None, typer.Option(help="A check to leave out, by its code; may be repeated.")] = None,
) -> None:
    """Look at everything that a clone can be stuck in: environment, configuration, locks, data, cache, git.

    Says what is wrong and what to do. Exits with 1 if anything is left but notes. docs/doctor.md lists the checks.
    """
    with reported("assay doctor"):
        from assay.doctor.attic import Attic
        from assay.doctor.clone import enter
        from assay.doctor.examine import chosen
        from assay.doctor.report import print_report

        clone = enter(Path.cwd())
        sound = print_report(clone, chosen(quick, skip or []), Attic(clone.root) if mend else None)
    if not sound:
        raise typer.Exit(1)


def go_back() -> None:
    """Go back to the last commit's params.yaml, dvc.lock, reports, data and models, and keep what was here.

    What you wrote in conf/, src/ and annotations/ stays.
    """
    with reported("assay back"):
        from assay.doctor.attic import Attic
        from assay.doctor.back import CHECKS, back
        from assay.doctor.clone import enter
        from assay.doctor.report import print_report

        clone = enter(Path.cwd())
        attic = Attic(clone.root)
        paths = back(clone, attic)
        typer.echo(f"{len(paths)} file(s) of params.yaml, dvc.lock and reports/ were others than the last commit's")
        sound = print_report(clone.fresh(), CHECKS, attic)
    if not sound:
        raise typer.Exit(1)
