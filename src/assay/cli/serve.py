"""`assay serve`: the model behind HTTP."""

import os
from pathlib import Path
from typing import Annotated

import typer

from assay.config.start import enter_root
from assay.errors import reported, warn
from assay.paths import MODEL, MODEL_CARD
from assay.terminal import say

KEY_VARIABLE = "ASSAY_API_KEY"
LOG = Path(".assay/predictions")


def serve(
    bundle: Annotated[Path | None, typer.Option(help="A model folder; by default models/ of this clone.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = 8000,
    host: Annotated[
        str, typer.Option(help="The address to listen on; only this machine reaches the default.")
    ] = "127.0.0.1",
    name: Annotated[list[str] | None, typer.Option(help="A name by which clients reach it.")] = None,
    shadow: Annotated[Path | None, typer.Option(help="A challenger's folder: its scores are only logged.")] = None,
    log: Annotated[Path, typer.Option(help="The folder of the prediction log.")] = LOG,
    no_log: Annotated[bool, typer.Option("--no-log", help="Keep no log of predictions.")] = False,
    most_records: Annotated[int, typer.Option(min=1, help="Records of a request.")] = 1000,
    most_bytes: Annotated[int, typer.Option(min=1000, help="Bytes of a request.")] = 4 << 20,
) -> None:
    """Serve the model: POST /predict scores a record or a list of records. / is a page, /openapi.json the interface.

    With ASSAY_API_KEY set, requests need that key in the header X-API-Key. Ctrl-C answers what is running, and ends it.
    """
    from assay.serving.sources import Folder
    from assay.serving.start import Allowed, Place, server, settle
    from assay.web.server import serve as run

    with reported("assay serve"):
        place, key = Place(host, port, name or ()), os.environ.get(KEY_VARIABLE)
        source = Folder(bundle.absolute()) if bundle else Folder(enter_root() / MODEL, MODEL_CARD)
        challenger = Folder(shadow.absolute()) if shadow else None
        with server(
            source, place, Allowed(most_records, most_bytes), None if no_log else log, key, challenger
        ) as ready:
            if not place.local and key is None:
                warn(f"whoever reaches this address gets scores; {KEY_VARIABLE} sets a key")
            settle()
            say(f"http://{f'[{host}]' if ':' in host else host}:{ready.listener.getsockname()[1]}/\nCtrl-C ends it.")
            run(ready)
