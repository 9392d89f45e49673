"""`assay init-dataset`, `assay start`, `assay update`: a table of one's own, and a repository around it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assay.errors import reported
from assay.root import enter_root
from assay.terminal import say
from assay.text import visible

if TYPE_CHECKING:
    from assay.onboarding.draft import Draft
    from assay.onboarding.outcome import Answer

Name = Annotated[str | None, typer.Option(help="The name of the dataset; by default the file's name.")]
Target = Annotated[str | None, typer.Option(help="The column to predict.")]
Positive = Annotated[list[str] | None, typer.Option(help="A value of it that is positive; may be repeated.")]
Negative = Annotated[
    list[str] | None, typer.Option(help="A negative value: then all others are left out. May be repeated.")
]
Event = Annotated[
    str | None,
    typer.Option(help="In place of a target: the condition that makes a record positive, as: hba1c >= 6.5."),
]
Time = Annotated[
    str | None, typer.Option(help="The column of how long after the record the event came, or it was seen.")
]
Horizon = Annotated[float | None, typer.Option(help="The event counts up to this time, in the unit of that column.")]
Group = Annotated[
    str | None,
    typer.Option(help="The column of a person or device whose records stay in one fold; else it is guessed."),
]
Encoding = Annotated[str | None, typer.Option(help="Of a CSV; by default it is found.")]


def init_dataset(
    file: Annotated[Path, typer.Argument(help="A CSV with a header, a Parquet file, or a folder of such files.")],
    name: Name = None,
    target: Target = None,
    positive: Positive = None,
    negative: Negative = None,
    event: Event = None,
    time: Time = None,
    horizon: Horizon = None,
    group: Group = None,
    encoding: Encoding = None,
    track: Annotated[bool, typer.Option(help="Copy the table to data/tables and give it to DVC.")] = True,
) -> None:
    """Write a first contract, label policy and split for a table of your own, and say what to decide on.

    No Python is needed: `dvc exp run -S dataset=NAME` then runs the whole line on it.
    """
    from assay.onboarding import dataset as drafting
    from assay.onboarding.tracking import as_text
    from assay.onboarding.tracking import track as tracked

    with reported("assay init-dataset"):
        path = file.absolute()
        root = enter_root()
        answer = answered(target, positive, negative, event, time, horizon, group)
        name, draft, written = drafting.init_dataset(path, name, target, answer, encoding)
        say("\n".join(f"written: {one}" for one in written))
        if track:
            say(as_text(tracked(root, name)))
        say_draft(draft, "in the first of them", "in these files", f"dvc exp run -S dataset={name}")


def start(
    folder: Annotated[Path, typer.Argument(help="A new folder for the repository.")],
    table: Annotated[Path, typer.Option(help="A CSV with a header, a Parquet file, or a folder of such files.")],
    target: Target = None,
    name: Name = None,
    positive: Positive = None,
    negative: Negative = None,
    event: Event = None,
    time: Time = None,
    horizon: Horizon = None,
    group: Group = None,
    encoding: Encoding = None,
    remote: Annotated[
        str | None, typer.Option(help="A folder or s3:// for data and models; a new clone needs it.")
    ] = None,
) -> None:
    """Make a repository of your own around one table: contract, line, reports, workflows, tests.

    Run it in a clone of Assay, whose last commit gives the code.
    """
    from assay.onboarding.tracking import as_text
    from assay.starting.start import Wanted
    from assay.starting.start import start as made

    with reported("assay start"):
        folder, table = folder.absolute(), table.absolute()
        place = str(Path(remote).absolute()) if remote and "://" not in remote else remote
        answer = answered(target, positive, negative, event, time, horizon, group)
        draft, kept = made(enter_root(), folder, Wanted(table, name, target, answer, encoding, place))
        say(f"{folder}: a repository with one commit\n{as_text(kept)}")
        say_draft(
            draft, "in its conf/dataset/", "in its conf/", "read its README.md, fill in what it says, and make repro"
        )


def answered(
    target: str | None,
    positive: list[str] | None,
    negative: list[str] | None,
    event: str | None,
    time: str | None,
    horizon: float | None,
    group: str | None = None,
) -> "Answer":
    """The answers in the options: who is positive, what belongs together; AssayError if they contradict each other."""
    from assay.onboarding.event_outcome import asked_for
    from assay.onboarding.outcome import Answer

    return Answer(positive or (), negative or (), asked_for(event, time, horizon, [target, positive, negative]), group)


def say_draft(draft: "Draft", dataset: str, files: str, then: str) -> None:
    """Who is positive, what to decide on, and what to do; dataset, files: where the contract and all its files are."""
    say("\n" + "\n  ".join(map(visible, draft.outcome)))
    if draft.remarks:
        say(f"\nto decide on, {dataset}:\n" + "\n".join(f"  {visible(one)}" for one in draft.remarks))
    first = f"answer each ??? {files}, " if draft.is_open else ""
    say(f"\n{first}then: {then}")


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
