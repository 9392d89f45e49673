"""Limits on what a client may take of a server."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """connections: at once; more are turned away. head: bytes of the first line and the headers of a request.

    Seconds: patience, in which a request must arrive; reading, in which a client must take what waits for it; stop,
    which running requests get after a signal; idle, after which a connection without a request ends: behind a proxy,
    longer than the proxy keeps it, or a request may meet a connection that is just ending.
    """

    connections: int = 500
    head: int = 32_768
    patience: float = 10
    reading: float = 60
    stop: int = 10
    idle: int = 5
