"""What several commands are given."""

from typing import Annotated

import typer

Base = Annotated[str, typer.Argument(help="A branch, tag, commit or experiment, or: workspace")]
Head = Annotated[str, typer.Argument(help="The same; by default what lies here.")]
AsMarkdown = Annotated[bool, typer.Option("--md", help="Print Markdown, for a pull request.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a program.")]
