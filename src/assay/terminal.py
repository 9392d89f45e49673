"""Text for a terminal."""

import sys

import typer

from assay.text import visible


def say(text: object, *, error: bool = False) -> None:
    """Write lines to stdout or stderr; control characters in them become visible and do nothing."""
    typer.echo(visible(text, keep="\n"), err=error)


def print_markdown(text: str, *, as_it_is: bool = False) -> None:
    """Print Markdown, formatted on a terminal; unformatted to a file or a pipe, or if `as_it_is`."""
    if as_it_is or not sys.stdout.isatty():
        say(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(visible(text, keep="\n")))
