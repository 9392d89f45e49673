"""`assay board`: a local page on experiments, comparisons, labels, models and watch."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from assay.cli.labels import Role
from assay.errors import AssayError, reported
from assay.root import enter_root
from assay.terminal import say


def board(
    revisions: Annotated[
        list[str] | None, typer.Argument(help="With --html: the revisions in the file; the first one is the base.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Serve nothing; write one file that needs only a browser.")] = None,
    annotator: Annotated[str | None, typer.Option(help="Who decides on labels, on the page Labels.")] = None,
    role: Annotated[Role, typer.Option(help="An adjudicator sees what annotators dispute.")] = Role.ANNOTATOR,
    port: Annotated[int, typer.Option(min=0, max=65535, help="By default any free one.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open it; otherwise only print where it is.")] = True,
) -> None:
    """Open a page on this machine: experiments in any state, what they changed and gave, and whether that is real.

    It reads git, DVC's notes and the cache, takes none of DVC's locks, asks no network, and changes nothing: what does
    is a command to copy, but for decisions on labels. Ctrl-C ends it.
    """
    with reported("assay board"):
        root = enter_root()
        if html:
            _write(root, revisions or [], html)
        elif revisions:
            raise AssayError("revisions are for a file", todo="name it: --html FILE; the page shows all of them")
        else:
            _serve(root, annotator, role, port, browser)


def _serve(root: Path, annotator: str | None, role: Role, port: int, browser: bool) -> None:
    import webbrowser

    from assay.board.app import Server
    from assay.board.site import here
    from assay.config.load import load
    from assay.review_page.session import session
    from assay.web.server import serve

    reviewing = session(load(), annotator, role.value) if annotator else None
    site = here(root, reviewing=reviewing is not None)
    with Server(site, port, reviewing) as server:
        site.listing()  # so that the first page is there at once
        say(f"{server.address}\nCtrl-C ends it.")
        if browser and sys.stdout.isatty():
            webbrowser.open(server.address)
        with suppress(KeyboardInterrupt):  # before the server takes it
            serve(server)


def _write(root: Path, revisions: list[str], path: Path) -> None:
    from assay.board.export import page
    from assay.board.site import here
    from assay.files import write_text

    if not revisions:
        raise AssayError("which revisions?", todo="name them: assay board main EXPERIMENT --html FILE")
    write_text(path, page(here(root), revisions))
    say(path)
