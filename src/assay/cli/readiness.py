"""`assay readiness`: can this model go into use?"""

import sys
from typing import Annotated

import typer

from assay.cli.options import AsMarkdown
from assay.errors import reported
from assay.root import enter_root
from assay.terminal import print_markdown, say


def readiness(
    markdown: AsMarkdown = False,
    price_per_cpu_hour: Annotated[
        float | None, typer.Option(min=0, help="What an hour of one processor costs, in any currency.")
    ] = None,
    minutes_per_alert: Annotated[
        float | None, typer.Option(min=0, help="How many minutes a person needs for an alert.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page; otherwise only print where it is.")] = True,
) -> None:
    """Can this model go into use? One page for those who decide and integrate.

    What it claims, what it needs, what it costs, which data is missing, what people must decide, and the risks, each
    with its figure and the file that says so. Writes reports/readiness.html; with --md it prints the page.
    """
    import webbrowser
    from datetime import UTC, datetime

    from assay.files import write_text
    from assay.paths import READINESS
    from assay.readiness.costs import Prices
    from assay.readiness.facts import gather
    from assay.readiness.page import as_html, as_markdown, page

    with reported("assay readiness"):
        root = enter_root()
        made = page(gather(root, datetime.now(UTC).date()), Prices(price_per_cpu_hour, minutes_per_alert))
        write_text(READINESS, as_html(made))
        if markdown:
            print_markdown(as_markdown(made))
            return
        say(f"{made.lead}\n{root / READINESS}")
        if browser and sys.stdout.isatty():
            webbrowser.open((root / READINESS).as_uri())
