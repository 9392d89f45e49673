"""Arguments and options that several commands share."""

import os
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from assay.errors import DEBUG_VARIABLE, AssayError

Base = Annotated[str, typer.Argument(help="A branch, tag, commit or experiment, or: workspace")]
Head = Annotated[str, typer.Argument(help="The same; by default the workspace.")]
AsMarkdown = Annotated[bool, typer.Option("--md", help="Print Markdown, for a pull request.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a program.")]
ModelFile = Annotated[
    Path | None,
    typer.Option("--bundle", help="A model folder or an archive; by default what is promoted, else models/."),
]
Trust = Annotated[
    list[str] | None,
    typer.Option(
        envvar="ASSAY_TRUST",
        metavar="SHA256",
        help="Run the dataset's code of this hash from an archive; without it only code that is installed here runs.",
    ),
]


def command_line(text: str) -> typer.Typer:
    """A command that has others, with `text` as its help, and --debug for all of them."""
    app = typer.Typer(
        help=text, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
    )

    @app.callback()
    def options(
        debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    ) -> None:
        if debug:
            os.environ[DEBUG_VARIABLE] = "1"

    return app


def require_one_name(bundle: Path | None, of_stage: object) -> None:
    """AssayError if both a bundle and a stage (or what is asked of one) say which model is meant."""
    if bundle and of_stage:
        raise AssayError("--bundle names the model: it is in no stage", todo="leave out one of the two")


def no_stage(*_: object) -> NoReturn:
    """In place of a function that finds the model in a stage, where there is no registry."""
    raise AssayError("which model?", todo="name a file of assay bundle export, or a model folder: --bundle FILE")
