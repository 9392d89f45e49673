"""What a client may take of a server."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """connections: at once; more are turned away. head: bytes of the first line and the headers of a request.

    Seconds: patience, in which a request must arrive; reading, in which a client must take what waits for it; stop,
    which running requests get after a signal.
    """

    connections: int = 500
    head: int = 32_768
    patience: float = 10
    reading: float = 60
    stop: int = 10
