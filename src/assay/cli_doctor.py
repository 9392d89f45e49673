"""`assay doctor` and `assay back`: out of whatever a clone is stuck in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assay.errors import reported

if TYPE_CHECKING:
    from assay.doctor.attic import Attic
    from assay.doctor.clone import Clone


def doctor(
    mend: Annotated[bool, typer.Option("--mend", help="Mend it; what is replaced is kept in .assay/doctor/.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="What can stop or spoil a run: make repro does this.")] = False,
    skip: Annotated[list[str] | None, typer.Option(help="A check to leave out, by its code; may be repeated.")] = None,
) -> None:
    """Look at everything that a clone can be stuck in: environment, configuration, locks, data, cache, git.

    Says what is wrong and what to do. Exits with 1 if anything is left but notes. docs/doctor.md lists the checks.
    """
    with reported("assay doctor"):
        from assay.doctor.attic import Attic

        clone = _here()
        sound = _examined(clone, quick, skip or [], Attic(clone.root) if mend else None)
    if not sound:
        raise typer.Exit(1)


def back() -> None:
    """Go back to the last commit's params.yaml, dvc.lock, reports, data and models, and keep what was here.

    What you wrote in conf/, src/ and annotations/ stays.
    """
    with reported("assay back"):
        from assay.doctor.attic import Attic
        from assay.doctor.back import back as brought_back

        clone = _here()
        attic = Attic(clone.root)
        paths = brought_back(clone, attic)
        typer.echo(f"{len(paths)} file(s) of params.yaml, dvc.lock and reports/ were others than the last commit's")
        sound = _examined(clone.fresh(), False, ["params", *_not_results()], attic)
    if not sound:
        raise typer.Exit(1)


def _here() -> "Clone":
    import os

    from assay.doctor.clone import Clone, find

    root = find(Path.cwd())
    os.chdir(root)
    return Clone(root)


def _examined(clone: "Clone", quick: bool, skipped: list[str], attic: "Attic | None") -> bool:
    """Examine, say it as it goes; whether all is well."""
    from assay.doctor.examine import chosen, examined
    from assay.doctor.report import lines, summary

    results = []
    for result in examined(clone, chosen(quick, skipped), attic):
        results.append(result)
        for line in lines(result):
            typer.echo(line)
    for line in summary(results, len(clone.hashes), attic.kept if attic else []):
        typer.echo(line)
    return all(result.sound for result in results)


def _not_results() -> list[str]:
    """The checks that going back has nothing to do with."""
    from assay.doctor.registry import CHECKS

    return [check.code for check in CHECKS if not check.quick and check.code not in ("missing", "params")]
