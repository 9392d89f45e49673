"""Which Host headers are a server's own."""

import asyncio

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from assay.web.hosts import OwnHost, own_hosts


@pytest.mark.parametrize(
    ("hosts", "asked", "own"),
    [
        (own_hosts(8000), "127.0.0.1:8000", True),
        (own_hosts(8000), "LOCALHOST:8000", True),
        (own_hosts(8000), "localhost", False),
        (own_hosts(8000), "[::1]:8000", False),
        (own_hosts(8000, ["[::1]"]), "[::1]:8000", True),
        (own_hosts(80), "localhost", True),
        (own_hosts(80), "localhost:80", True),
        (["scores.example"], "scores.example", True),
        (["scores.example"], "scores.example:8443", True),
        (["scores.example"], "scores.example:8443:1", False),
        (["scores.example"], "scores.example:", False),
        (["scores.example"], "scores.example:8443x", False),
        (["scores.example"], "scores.example.", False),
        (["scores.example"], "evil.scores.example", False),
        (["[::1]"], "[::1]:9", True),
        (["[::1]"], "[::1", False),
    ],
)
def test_own_hosts(hosts: list[str], asked: str, own: bool) -> None:
    served = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        served.append(scope)

    call = OwnHost(app, hosts)({"type": "http", "headers": [(b"host", asked.encode())]}, None, None)  # type: ignore[arg-type]
    try:
        asyncio.run(call)
    except HTTPException as error:
        assert error.status_code == 421
    assert bool(served) == own
