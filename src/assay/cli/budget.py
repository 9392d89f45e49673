"""`assay budget`: what the model costs to run."""

from typing import Annotated

import typer

from assay.cli.options import AsJson, AsMarkdown
from assay.errors import reported
from assay.root import enter_root
from assay.terminal import print_markdown


def budget(
    as_json: AsJson = False,
    markdown: AsMarkdown = False,
    seconds: Annotated[
        float, typer.Option(min=1, max=3600, help="How long to score, besides starting the processes that do.")
    ] = 30,
) -> None:
    """What does the model cost to run: size, time to load, memory, latency, throughput, training?

    Measures in fresh processes, writes reports/budget.json, and compares with the limits of conf/criteria. It exits
    with 0 whatever the verdict: `assay promote` is the gate.
    """
    import json

    from assay.budget import page
    from assay.budget.command import STEPS, measured, write
    from assay.config.load import load
    from assay.files import plain
    from assay.progress import progress

    with reported("assay budget"):
        enter_root()
        cost = load().criteria.cost
        with progress(STEPS, "processes") as bar:
            found = measured(seconds, bar.update)
        write(found)
        if as_json:
            typer.echo(json.dumps(plain(page.as_json(found, cost)), indent=2))
        else:
            print_markdown(page.as_markdown(found, cost), as_it_is=markdown)
