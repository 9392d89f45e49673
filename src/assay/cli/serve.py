"""`assay serve`: the model behind HTTP."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assay.cli.options import ModelFile, Trust, require_one_name
from assay.errors import reported, warn
from assay.terminal import say

if TYPE_CHECKING:
    from assay.serving.sources import Source
    from assay.web.server import Server

KEY_VARIABLE = "ASSAY_API_KEY"
LOG = Path(".assay/predictions")
Shadow = Annotated[Path | None, typer.Option(help="A challenger's folder or archive: its scores are only logged.")]
InStage = Callable[[str | None, bool], "Source"]  # by stage, and whether somebody must vouch for it


def command(in_stage: InStage) -> Callable[..., None]:
    """The command; in_stage: gives the place that the model comes from if no bundle is given."""

    def serve(
        bundle: ModelFile = None,
        stage: Annotated[str | None, typer.Option(help="Serve what is in this stage, and what comes there.")] = None,
        require_signed: Annotated[
            bool, typer.Option("--require-signed", help="Serve only what an allowed signer vouches for.")
        ] = False,
        port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = 8000,
        host: Annotated[str, typer.Option(help="The address; only this machine reaches the default.")] = "127.0.0.1",
        name: Annotated[list[str] | None, typer.Option(help="A name by which clients reach it.")] = None,
        shadow: Shadow = None,
        log: Annotated[Path, typer.Option(help="The folder of the prediction log.")] = LOG,
        no_log: Annotated[bool, typer.Option("--no-log", help="Keep no log of predictions.")] = False,
        most_records: Annotated[int, typer.Option(min=1, help="Records of a request.")] = 1000,
        most_bytes: Annotated[int, typer.Option(min=1000, help="Bytes of a request.")] = 4 << 20,
        trust: Trust = None,
    ) -> None:
        """Serve the model: POST /predict scores a record or a list of them. / is a page, /openapi.json the interface.

        A newer model in the same place takes over without a pause. With ASSAY_API_KEY set, requests need that key in
        the header X-API-Key. Ctrl-C answers what is running, and ends it.
        """
        from assay.serving.sources import source_of
        from assay.serving.start import Allowed, Place, server

        with reported("assay serve"):
            place, key = Place(host, port, name or ()), os.environ.get(KEY_VARIABLE)
            challenger = source_of(shadow.absolute(), trust or ()) if shadow else None
            kept = None if no_log else log.absolute()
            require_one_name(bundle, stage or require_signed)
            source = source_of(bundle.absolute(), trust or ()) if bundle else in_stage(stage, require_signed)
            with server(source, place, Allowed(most_records, most_bytes), kept, key, challenger) as ready:
                if not place.local and key is None:
                    warn(f"whoever reaches this address gets scores; {KEY_VARIABLE} sets a key")
                run(ready, host)

    return serve


def run(server: "Server", host: str) -> None:
    """Say under which address it answers, and answer until Ctrl-C."""
    from assay.serving.start import settle
    from assay.web.server import serve

    settle()
    shown = f"[{host}]" if ":" in host else host
    say(f"http://{shown}:{server.listener.getsockname()[1]}/\nCtrl-C ends it.")
    serve(server)
