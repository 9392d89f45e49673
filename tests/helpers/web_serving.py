"""A small application on a server of its own, and a client that may send anything."""

import http.client
import json
import re
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

from assay.web.guard import guarded
from assay.web.headers import nonce
from assay.web.hosts import own_hosts
from assay.web.limits import Limits
from assay.web.server import Server, bound

LONGEST_BODY = 1000
SECRET = "name of a patient"


async def echo(request: Request) -> JSONResponse:
    """How long the body was, and the headers that the application saw."""
    return JSONResponse({"bytes": len(await request.body()), "headers": sorted(request.headers.keys())})


async def page(request: Request) -> HTMLResponse:
    return HTMLResponse(f"<script nonce={nonce(request)}></script>")


async def large(request: Request) -> PlainTextResponse:
    return PlainTextResponse("x" * 30_000_000)


async def stream(request: Request) -> StreamingResponse:
    async def parts() -> AsyncIterator[str]:
        for _ in range(30):
            yield "x" * 1_000_000

    return StreamingResponse(parts())


async def sleepy(request: Request) -> JSONResponse:
    await run_in_threadpool(time.sleep, 0.2)
    return JSONResponse({})


async def broken(request: Request) -> JSONResponse:
    raise KeyError(SECRET)


async def half_broken(request: Request) -> StreamingResponse:
    async def parts() -> AsyncIterator[str]:
        yield "half"
        raise KeyError(SECRET)

    return StreamingResponse(parts())


def application(**more: Any) -> Starlette:
    routes: list[tuple[str, Callable, str]] = [
        ("/", page, "GET"),
        ("/echo", echo, "POST"),
        ("/large", large, "GET"),
        ("/stream", stream, "GET"),
        ("/sleepy", sleepy, "GET"),
        ("/broken", broken, "GET"),
        ("/half-broken", half_broken, "GET"),
    ]
    return Starlette(routes=[Route(path, answer, methods=[method]) for path, answer, method in routes], **more)


@contextmanager
def serving(app: Starlette | None = None, limits: Limits | None = None, **guards: Any) -> Iterator[Server]:
    """A guarded application on a server in a thread of this process."""
    listener = bound()
    own = own_hosts(listener.getsockname()[1])
    guard = guarded(app or application(), own, LONGEST_BODY, **guards)
    with Server(guard, listener, limits) as server, running(server):
        yield server


@contextmanager
def running(server: Server) -> Iterator[None]:
    """A server in a thread of this process."""
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.stop()
        thread.join()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def content(self) -> Any:
        return json.loads(self.text)

    @property
    def error(self) -> str:
        """The text of a JSON error, which consists of nothing else."""
        content = self.content
        assert content.keys() == {"error"}
        return content["error"]


def place(server: Server) -> str:
    """Its Host header."""
    return f"127.0.0.1:{server.listener.getsockname()[1]}"


def connected(server: Server) -> socket.socket:
    return socket.create_connection(server.listener.getsockname(), timeout=60)


def ask(server: Server, sent: str, *later: bytes) -> Answer:
    """The first answer to these bytes; HOST in them is replaced."""
    with connected(server) as connection:
        connection.sendall(sent.replace("HOST", place(server)).encode("latin-1"))
        for part in later:
            connection.sendall(part)
        with http.client.HTTPResponse(connection) as answer:
            answer.begin()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, headers, answer.read().decode())


def get(server: Server, path: str, **headers: str) -> Answer:
    """The answer to a request as a client sends it, under this path of the server's address, token and all."""
    request = urllib.request.Request(server.address + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read().decode())
    except urllib.error.HTTPError as error:
        return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read().decode())


def statuses(server: Server, sent: str) -> list[int]:
    """The status of every answer until the server closes the connection."""
    with connected(server) as connection:
        connection.sendall(sent.replace("HOST", place(server)).encode("latin-1"))
        everything = b"".join(iter(lambda: connection.recv(65536), b""))
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", everything)]
