"""`assay export-mlflow`: experiments as runs of MLflow."""

from typing import Annotated

import typer

from assay.errors import reported
from assay.root import enter_root
from assay.terminal import say


def export_mlflow(
    to: Annotated[str, typer.Option(help="A tracking server (http://HOST:PORT), or a folder.")],
    conditions: Annotated[
        list[str] | None,
        typer.Argument(metavar="CONDITION...", help="Only revisions that meet it, as for assay experiments."),
    ] = None,
    experiment: Annotated[str, typer.Option(help="The experiment there that gets the runs.")] = "assay",
) -> None:
    """Write branches, tags and experiments to MLflow as runs: parameters, metrics with intervals, hashes of outputs.

    Done again, it adds what is new and doubles nothing: a run is known by its commit.
    """
    from pathlib import Path

    from assay.overview.columns import figures
    from assay.overview.intervals import with_intervals
    from assay.overview.overview import overview
    from assay.overview.rows import DAMAGED
    from assay.overview.selection import where
    from assay.tracking.runs import runs
    from assay.tracking.server import DATABASE, export

    with reported("assay export-mlflow"):
        here = Path.cwd()
        enter_root()
        place = to if "://" in to else str(here / to)
        rows = where(overview(), conditions or [])
        done = export(runs(with_intervals(rows, figures())), place, experiment)
        say(f"{place}: {done.new} new, {done.updated} updated, {done.same} as they were")
        for row in rows:
            if row.state == DAMAGED:
                say(f"left out: {row.name}, which is damaged ({row.note})")
        if "://" not in to:
            say(f"look at them: mlflow ui --backend-store-uri sqlite:///{Path(place) / DATABASE}")
