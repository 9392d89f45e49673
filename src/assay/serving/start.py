"""From settings to a running service."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from assay.errors import AssayError
from assay.serving.app import Settings, application
from assay.serving.log import PredictionLog
from assay.serving.service import Service
from assay.serving.sources import Source
from assay.web.guard import guarded
from assay.web.hosts import LOCAL, own_hosts
from assay.web.limits import Limits
from assay.web.server import LOOPBACK, Server, bound

SHORTEST_KEY = 16  # characters
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
    """What a client may send: records of a request, bytes of a body, connections at once."""

    records: int = 1000
    body: int = 4 << 20
    connections: int = 2000


def server(
    source: Source, place: Place, allowed: Allowed, log: Path | None, key: str | None, shadow: Source | None = None
) -> Server:
    """The service on a bound socket; AssayError if there is no model, or the port is taken."""
    if key is not None and len(key) < SHORTEST_KEY:
        raise AssayError(f"the API key has fewer than {SHORTEST_KEY} characters", todo="choose a longer one")
    sign = source.sign()
    service = Service(source.load(), PredictionLog(log) if log else None, shadow.load() if shadow else None)
    listener = bound(place.host, place.port)
    app = application(service, Settings(allowed.records, key, source, sign))
    guard = guarded(app, hosts(place, listener.getsockname()[1]), allowed.body)
    return Server(guard, listener, Limits(connections=allowed.connections))


def hosts(place: Place, port: int) -> Collection[str] | None:
    """The Host headers that are answered: those of this machine and of `place.names`; any on all addresses."""
    if place.host in EVERYWHERE and not place.names:
        return None
    return own_hosts(port, {*LOCAL, place.host, *place.names}) | {*place.names}
