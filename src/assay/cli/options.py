"""Arguments and options that several commands share."""

from typing import Annotated

import typer

Base = Annotated[str, typer.Argument(help="A branch, tag, commit or experiment, or: workspace")]
Head = Annotated[str, typer.Argument(help="The same; by default the workspace.")]
AsMarkdown = Annotated[bool, typer.Option("--md", help="Print Markdown, for a pull request.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a program.")]
Trust = Annotated[
    list[str] | None,
    typer.Option(
        envvar="ASSAY_TRUST",
        metavar="SHA256",
        help="Run the dataset's code of this hash from an archive; without it only code that is installed here runs.",
    ),
]
