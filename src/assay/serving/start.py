"""From settings to a running service."""

import gc
import re
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from assay.errors import AssayError, sample
from assay.serving.app import Settings, application
from assay.serving.counting import Counted
from assay.serving.log import PredictionLog
from assay.serving.service import Service
from assay.serving.sources import Source, ready
from assay.terminal import say
from assay.web.guard import guarded
from assay.web.hosts import LOCAL, own_hosts
from assay.web.limits import Limits
from assay.web.server import LOOPBACK, Server, bound

SHORTEST_KEY = 16  # characters
IDLE = 75  # seconds: nginx and others keep a connection for 60
EVERYWHERE = ("0.0.0.0", "::")


@dataclass(frozen=True)
class Place:
    """Where to listen. names: other names by which clients reach it, such as that of a proxy."""

    host: str = LOOPBACK
    port: int = 8000
    names: Collection[str] = ()

    @property
    def local(self) -> bool:
        """Whether only this machine reaches it."""
        return self.host in (*LOCAL, "::1")


@dataclass(frozen=True)
class Allowed:
    """The limits on what a client may send: records of a request, bytes of a body, connections at once."""

    records: int = 1000
    body: int = 4 << 20
    connections: int = 2000


def server(
    source: Source, place: Place, allowed: Allowed, log: Path | None, key: str | None, shadow: Source | None = None
) -> Server:
    """The service on a bound socket; AssayError if there is no model, or the port is taken."""
    if key is not None:
        require_usable(key)
    sign = source.sign()
    model, challenger = ready(source), ready(shadow) if shadow else None
    if challenger and (strange := challenger.strange(model)):
        what = f"the challenger takes other records than the model: column {sample(strange)}"
        raise AssayError(what, todo="name a challenger with the model's contract")
    service = Service(model, PredictionLog(log) if log else None, challenger)
    if service.log:
        service.log.require_room()
    listener = bound(place.host, place.port)
    app = application(service, Settings(allowed.records, key, source, sign))
    say(f"serves {service.model}", error=True)
    guard = guarded(app, hosts(place, listener.getsockname()[1]), allowed.body)
    return Server(Counted(guard, service.metrics.request), listener, Limits(connections=allowed.connections, idle=IDLE))


def settle() -> None:
    """Make this process one that does nothing but serve; to be called once all is loaded."""
    # Such as of a logarithm of 0, which has a value: it names a line of the program, and would come with each record.
    warnings.filterwarnings("ignore", category=RuntimeWarning)
    gc.collect()
    gc.freeze()  # what is loaded stays: to search it again and again for garbage would delay answers


def require_usable(key: str) -> None:
    """AssayError unless the key can stand in a header, and is hard to guess."""
    if len(key) < SHORTEST_KEY:
        raise AssayError(f"the API key has fewer than {SHORTEST_KEY} characters", todo="choose a longer one")
    if not re.fullmatch(r"[!-~]+", key):
        raise AssayError("the API key has a character that no header can hold", todo="use letters, digits and - . _ ~")


def hosts(place: Place, port: int) -> Collection[str] | None:
    """The Host headers that are answered: those of this machine and of `place.names`; any on all addresses."""
    if place.host in EVERYWHERE and not place.names:
        return None
    names = {f"[{name}]" if ":" in name else name for name in (*LOCAL, place.host, *place.names)}
    return own_hosts(port, names) | {*place.names}
