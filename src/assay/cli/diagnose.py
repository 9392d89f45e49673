"""`assay diagnose`: what holds the model back."""

from pathlib import Path
from typing import Annotated

import typer

from assay.cli.options import AsJson, AsMarkdown
from assay.errors import reported
from assay.root import enter_root
from assay.terminal import print_markdown

FOLDER = Path(".assay/diagnosis")


def diagnose(
    markdown: AsMarkdown = False,
    as_json: AsJson = False,
    worth: Annotated[
        float, typer.Option(min=0, max=1, help="The least gain in average precision that is worth the work.")
    ] = 0.01,
    repeats: Annotated[int, typer.Option(min=1, help="Permutations of each value.")] = 3,
) -> None:
    """What holds the model back? Weigh weak features, parameters, labels, data, faults and the number of records.

    Everything is measured out of fold on train and validation; the test fold is not read. Page and picture are
    written to .assay/diagnosis.
    """
    import json

    from assay.diagnosis.command import as_json as plain_of
    from assay.diagnosis.command import of_the_last_run
    from assay.diagnosis.page import as_markdown, write
    from assay.files import plain
    from assay.presentation.markdown import Markdown, code

    with reported("assay diagnose"):
        enter_root()
        found = of_the_last_run(repeats, worth)
        write(found, FOLDER)
        if as_json:
            typer.echo(json.dumps(plain(plain_of(found)), indent=2))
        else:
            text = Markdown("{}\n\nThe evidence in detail: {}").format(as_markdown(found), code(str(FOLDER)))
            print_markdown(text, as_it_is=markdown)
