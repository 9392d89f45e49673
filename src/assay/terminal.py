"""Text for a terminal."""

import sys

import typer

from assay.text import visible


def say(text: object, *, error: bool = False) -> None:
    """Lines on stdout, or on stderr; whatever they hold, they move no cursor and change no colour."""
    typer.echo(visible(text, keep="\n"), err=error)


def print_markdown(text: str, *, as_it_is: bool = False) -> None:
    """Markdown laid out for people on a terminal; as it is for a file, a pipe, or on demand."""
    if as_it_is or not sys.stdout.isatty():
        say(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(visible(text, keep="\n")))
