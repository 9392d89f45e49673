"""`assay retrain`: learn from new records, and say whether that is better than what is in use."""

import json
from pathlib import Path
from typing import Annotated

import typer

from assay.cli.options import AsJson
from assay.cli.registry import PROD
from assay.cli.score import Tables, named
from assay.errors import described, reported
from assay.root import enter_root
from assay.terminal import print_markdown, say

WORSE_CODE, BUSY_CODE = 3, 4


def retrain(
    data: Annotated[Path, typer.Option(help="A CSV or Parquet file of new records, as the raw table has them.")],
    labels: Annotated[
        Path | None, typer.Option(help="A file with key and target of each record, if the batch comes without.")
    ] = None,
    stage: Annotated[str, typer.Option(help="Compare with what is in this stage, else with HEAD.")] = PROD,
    branch: Annotated[str, typer.Option(help="Make a branch of the experiment, for a pull request.")] = "",
    keep_folds: Annotated[bool, typer.Option(help="Leave the dates of the folds as they are.")] = False,
    table: Tables = None,
    as_json: AsJson = False,
) -> None:
    """Add a batch of new, labelled records as a data version, run the line on it, compare with the champion.

    Makes an experiment on HEAD, in a clone: your files stay as they are. The same batch again does nothing; a call
    that was killed is made good by the next. Exit codes: 0 there is a model that is not worse, or nothing to do; 1 an
    error; 3 it is worse than the champion, beyond chance; 4 another retraining is at work.
    """
    from assay.compare.paired import WORSE
    from assay.merging.merge import forget_outer_git
    from assay.retraining import page
    from assay.retraining.command import Order, retrain
    from assay.retraining.lock import BusyError

    code = 0
    with reported("assay retrain"):
        data, given, tables = data.absolute(), labels.absolute() if labels else None, named(table or [])
        root = enter_root()
        forget_outer_git()
        try:
            outcome = retrain(root, Order(data, given, stage, branch, keep_folds, tables), _aside)
            code = WORSE_CODE if page.verdict(outcome) == WORSE else 0
            if as_json:
                typer.echo(json.dumps(page.as_json(outcome), indent=2))
            else:
                print_markdown(page.as_markdown(outcome))
        except BusyError as busy:
            _aside(f"assay retrain: {described(busy)}")
            code = BUSY_CODE
    if code:
        raise typer.Exit(code)


def _aside(text: str) -> None:
    say(text, error=True)
