"""`assay review`: the review page, for one reviewer."""

import sys
from contextlib import suppress
from typing import Annotated

import typer

from assay.cli.labels import Role
from assay.errors import reported
from assay.root import enter_root
from assay.terminal import say


def review(
    annotator: Annotated[str, typer.Option(help="Who decides: a short name in lower case.")],
    role: Annotated[Role, typer.Option(help="An adjudicator sees what annotators dispute.")] = Role.ANNOTATOR,
    port: Annotated[int, typer.Option(min=0, max=65535, help="By default any free one.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open it; otherwise only print where it is.")] = True,
) -> None:
    """Open a page on this machine with the records that are most worth a second look, one at a time.

    Decisions go to the ledger in annotations/, each on disk before the next record appears; several reviewers may work
    at once, each with a command of their own. Ctrl-C ends it; then: dvc repro
    """
    import webbrowser

    from assay.config.load import load
    from assay.review_page.server import Server
    from assay.review_page.session import session
    from assay.web.server import serve

    with reported("assay review"):
        enter_root()
        with Server(session(load(), annotator, role.value), port) as server:
            say(f"{server.address}\nCtrl-C ends it.")
            if browser and sys.stdout.isatty():
                webbrowser.open(server.address)
            with suppress(KeyboardInterrupt):  # before the server takes it
                serve(server)
            say("\nThen: dvc repro, and commit the decisions.")
