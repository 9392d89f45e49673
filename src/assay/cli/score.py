"""`assay score`: score files of raw records."""

import os
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assay.cli.options import Trust
from assay.errors import reported, warn
from assay.root import enter_root
from assay.terminal import say

STREAM = "-"
MOST = 4  # threads: more would mostly wait for each other


class Reasons(StrEnum):
    """Which records get reasons."""

    ALERTS = "alerts"
    ALL = "all"
    NONE = "none"


class Extra(StrEnum):
    """What to do with columns that the contract does not declare."""

    REFUSE = "refuse"
    IGNORE = "ignore"


def score(
    records: Annotated[
        str, typer.Argument(metavar="IN", help="A CSV or Parquet file of raw records; -: CSV on stdin.")
    ],
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="OUT", help="A .csv, .jsonl or .parquet file; -: CSV on stdout.")
    ],
    bundle: Annotated[
        Path | None, typer.Option(help="A model folder or an archive; by default models/ of the repo.")
    ] = None,
    reasons: Annotated[Reasons | None, typer.Option(help="Which records get reasons; by default alerts.")] = None,
    extra: Annotated[Extra, typer.Option(help="Columns that the contract does not declare.")] = Extra.REFUSE,
    jobs: Annotated[
        int | None, typer.Option("-j", min=1, help="Threads; by default one for each processor, up to 4.")
    ] = None,
    trust: Trust = None,
) -> None:
    """Score a file of raw records of any size: a row for each, with its score, or with the reason why it has none.

    OUT is written whole or not at all, and replaces a file of that name. On stdout rows come as they are made.
    """
    with reported("assay score"):
        from assay.bundle.loading import load
        from assay.paths import MODEL
        from assay.scoring.files import score_file
        from assay.scoring.outputs import Target

        source = None if records == STREAM else Path(records).absolute()
        target = None if output == STREAM else Target.of(Path(output).absolute(), source)
        loaded = load(bundle.absolute() if bundle else enter_root() / MODEL, trusted=trust or ())
        start, replaced = time.perf_counter(), bool(target and target.path.exists())
        threads = jobs or min(MOST, os.cpu_count() or 1)
        tally = score_file(loaded, source, target, reasons and reasons.value, extra == Extra.IGNORE, threads)
        say(tally.summary(time.perf_counter() - start), error=True)
        if target:
            say(f"{output}: {'replaced' if replaced else 'written'}", error=True)
        for one in tally.warnings(loaded.description):
            warn(one)
