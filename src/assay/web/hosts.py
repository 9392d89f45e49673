"""Who a request says it is for, and from which page it comes."""

import re
from collections.abc import Collection
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

LOCAL = ("127.0.0.1", "localhost")
HTTP_PORT = 80  # browsers leave it out
PORT = re.compile(r":[0-9]{1,5}\Z")


def own_hosts(port: int, names: Collection[str] = LOCAL) -> frozenset[str]:
    """The Host headers of a server that is reached as `names` at `port`."""
    return frozenset({f"{name}:{port}" for name in names} | {name for name in names if port == HTTP_PORT})


class OwnHost:
    """Refuses a request whose Host header names another server (DNS rebinding) with 421.

    hosts: `name:port`, or a name alone for any port, as behind a proxy; in lower case, IPv6 in brackets.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self.app, self.hosts = app, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._is_own([v for name, v in scope["headers"] if name == b"host"]):
            raise HTTPException(HTTPStatus.MISDIRECTED_REQUEST, "not an address of this server")
        await self.app(scope, receive, send)

    def _is_own(self, hosts: list[bytes]) -> bool:
        if len(hosts) != 1:
            return False
        host = hosts[0].decode("latin-1").lower()
        return host in self.hosts or PORT.sub("", host) in self.hosts


def require_own_page(request: Request) -> None:
    """HTTPException unless a page of this server asks, by Origin and, if it is sent, Sec-Fetch-Site."""
    own = request.headers.get("Origin") == f"http://{request.headers.get('Host')}"
    if not own or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise HTTPException(HTTPStatus.FORBIDDEN, "another site asked")
