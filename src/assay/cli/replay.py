"""`assay replay`: production simulated month by month."""

import subprocess
import sys
from typing import Annotated

import typer

from assay.cli.options import AsMarkdown
from assay.errors import AssayError, reported
from assay.root import enter_root
from assay.terminal import print_markdown, say


def replay(
    markdown: AsMarkdown = False,
    browser: Annotated[bool, typer.Option(help="Open the page; otherwise only print where it is.")] = True,
) -> None:
    """What would each policy of retraining have been worth? Production simulated on the dated records.

    Runs `dvc repro replay/dvc.yaml`, which does nothing if nothing has changed, and shows the result.
    """
    import webbrowser

    from assay.files import read_json
    from assay.lineage.graph import REPLAY_YAML
    from assay.paths import REPLAY, REPLAY_PAGE
    from assay.replay.page import as_markdown

    with reported("assay replay"):
        root = enter_root()
        ran = subprocess.run([sys.executable, "-m", "dvc", "repro", "--quiet", REPLAY_YAML])
        if ran.returncode:
            raise AssayError(
                "the replay did not run", where=REPLAY_YAML, todo=f"see above, then: dvc repro {REPLAY_YAML}"
            )
        print_markdown(as_markdown(read_json(REPLAY)), as_it_is=markdown)
        page = root / REPLAY_PAGE
        say(f"\n{page}")
        if browser and sys.stdout.isatty():
            webbrowser.open(page.as_uri())
