"""`assay start` and `assay update`: a repository of one's own, and later versions of Assay in it."""

from pathlib import Path
from typing import Annotated

import typer

from assay.errors import reported
from assay.root import enter_root
from assay.terminal import say
from assay.text import visible


def start(
    folder: Annotated[Path, typer.Argument(help="A new folder for the repository.")],
    table: Annotated[Path, typer.Option(help="A CSV with a header, or a Parquet file.")],
    target: Annotated[str | None, typer.Option(help="The column to predict.")] = None,
    name: Annotated[str | None, typer.Option(help="The name of the dataset; by default the file's name.")] = None,
    positive: Annotated[list[str] | None, typer.Option(help="A value of it that is positive; may be repeated.")] = None,
    negative: Annotated[
        list[str] | None, typer.Option(help="A negative value: then all others are left out. May be repeated.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Of a CSV; by default it is found.")] = None,
    remote: Annotated[
        str | None, typer.Option(help="A folder or s3:// for data and models; a new clone needs it.")
    ] = None,
) -> None:
    """Make a repository of your own around one table: contract, line, reports, workflows, tests.

    Run it in a clone of Assay, whose last commit gives the code.
    """
    from assay.onboarding.outcome import Answer
    from assay.starting.start import Wanted
    from assay.starting.start import start as made

    with reported("assay start"):
        folder, table = folder.absolute(), table.absolute()
        place = str(Path(remote).absolute()) if remote and "://" not in remote else remote
        answer = Answer(positive or (), negative or ())
        draft = made(enter_root(), folder, Wanted(table, name, target, answer, encoding, place))
        say(f"{folder}: a repository with one commit")
        say("\n" + "\n  ".join(map(visible, draft.outcome)))
        if draft.remarks:
            say("\nto decide on, in its conf/dataset/:\n" + "\n".join(f"  {visible(one)}" for one in draft.remarks))
        first = "answer each ??? in its conf/, " if draft.is_open else ""
        say(f"\nthen: {first}read its README.md, fill in what it says, and make repro")


def update(
    source: Annotated[str, typer.Argument(help="A clone of Assay, or an address that git can clone.")],
    rev: Annotated[str, typer.Option(help="A commit, tag or branch of it.")] = "HEAD",
) -> None:
    """Take over a later version of Assay's code, and keep what was changed here.

    Only in a repository that `assay start` has made. Nothing is committed.
    """
    from assay.starting.update import update as brought

    with reported("assay update"):
        place = str(Path(source).absolute()) if Path(source).exists() else source
        found = brought(enter_root(), place, rev)
        counts = {"taken over": found.taken, "merged with your changes": found.merged, "removed": found.removed}
        say("; ".join(f"{len(names)} file(s) {what}" for what, names in counts.items()))
        say("\n".join(f"merged: {name}" for name in found.merged))
        say("then: assay params && make repro && make test, and commit")
