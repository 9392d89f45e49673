"""Text for a terminal."""

import sys

import typer


def print_markdown(text: str, *, as_it_is: bool = False) -> None:
    """Markdown laid out for people on a terminal; as it is for a file, a pipe, or on demand."""
    if as_it_is or not sys.stdout.isatty():
        typer.echo(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))
