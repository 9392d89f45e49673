"""`assay monitor`: do arriving records still resemble those of the training?"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from assay.cli.options import AsJson, ModelFile, Trust
from assay.cli.score import InStage, Tables, chosen, named
from assay.errors import reported
from assay.paths import MONITOR_PAGE
from assay.placing import placing, require_another
from assay.root import enter_root
from assay.terminal import say

Source = Annotated[
    Path, typer.Argument(metavar="BATCH|LOG", help="A CSV or Parquet file of raw records; or a prediction log.")
]
Labels = Annotated[
    Path | None,
    typer.Option(help="Labels that have arrived, a file: record_id, and code or label (0, 1); or key, target."),
]


def command(in_stage: InStage) -> Callable[..., None]:
    """The command; in_stage: gives the model in use if no bundle is given."""

    def monitor(
        source: Source,
        labels: Labels = None,
        output: Annotated[Path, typer.Option("--output", "-o", help="The page.")] = MONITOR_PAGE,
        as_json: AsJson = False,
        bundle: ModelFile = None,
        stage: Annotated[str | None, typer.Option(help="The model that is in this stage.")] = None,
        table: Tables = None,
        trust: Trust = None,
    ) -> None:
        """Compare arriving records, and labels if some have come, with those of the training: fine, watch, or retrain?

        Writes a page, and exits with 0 (fine), 10 (watch) or 20 (retrain); with 1 after an error. The settings are
        criteria.monitoring.
        """
        import json

        from assay.config.load import load
        from assay.files import plain
        from assay.monitoring.command import as_json as plain_of
        from assay.monitoring.command import monitored
        from assay.monitoring.decision import EXIT_CODES
        from assay.monitoring.page import as_text, render

        with reported("assay monitor"):
            batch, arrived, here = source.absolute(), labels.absolute() if labels else None, Path.cwd()
            tables = named(table or [])
            model = chosen(bundle, stage, trust or (), in_stage)
            page = _page(output, here, {"records": batch, **({"labels": arrived} if arrived else {}), **tables})
            criteria = load().criteria.monitoring
            found = monitored(model.bundle, batch, criteria, f"{model.name}, {model.place}", arrived, tables)
            with placing(page) as scratch:
                scratch.write_text(render(found), encoding="utf-8", newline="\n")
            say(json.dumps(plain(plain_of(found)), indent=2) if as_json else as_text(found))
        raise typer.Exit(EXIT_CODES[found.judged.decision.action])

    return monitor


def _page(output: Path, here: Path, read: dict[str, Path]) -> Path:
    """The path of the page, by default in the repository; AssayError if it is one of the files that are read."""
    root = enter_root()
    page = (root / MONITOR_PAGE if output == MONITOR_PAGE else here / output).resolve()
    require_another(page, str(output), read)
    return page
