"""Services with a small model for tests, and clients."""

import asyncio
import contextlib
import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from assay.serving.model import Model
from assay.serving.sources import Source
from assay.serving.start import Allowed, Place, server
from assay.web.server import Server
from web_serving import Answer, running

KEY = "a key of the tests, and no other".replace(" ", "-")


@dataclass
class Given:
    """A source that has the model that it is given."""

    model: Model

    def sign(self) -> object:
        return id(self.model)

    def load(self) -> Model:
        return self.model


@contextlib.contextmanager
def serving(
    source: Source, log: Path | None = None, key: str | None = None, shadow: Source | None = None, **allowed: int
) -> Iterator[Server]:
    """A service in a thread of this process."""
    with server(source, Place(port=0), Allowed(**allowed), log, key, shadow) as one, running(one):
        yield one


def port(server: Server) -> int:
    return server.listener.getsockname()[1]


def ask(
    port: int, method: str, path: str, content: Any = None, headers: Mapping[str, str | None] | None = None
) -> Answer:
    """The answer to a request; a content that is no bytes is sent as JSON. headers: changed; None leaves one out."""
    sent = {"Content-Type": "application/json", **(headers or {})}
    body = content if isinstance(content, bytes) or content is None else json.dumps(content).encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        connection.request(method, path, body, {name: value for name, value in sent.items() if value is not None})
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, named, answer.read().decode())


def predict(server: Server, content: Any, query: str = "", **headers: str | None) -> Answer:
    """The answer of /predict."""
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    return ask(port(server), "POST", f"/predict{query}", content, changed)


def started(bundle: Path, *options: str, **environment: str) -> tuple[subprocess.Popen[str], int]:
    """`assay serve` in a process of its own, and the port on which it listens."""
    command = [sys.executable, "-m", "assay.cli", "serve", "--bundle", str(bundle), "--port", "0", *options]
    own = {name: value for name, value in os.environ.items() if not name.startswith("ASSAY_")} | environment
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=own)
    assert process.stdout is not None
    address = process.stdout.readline()
    if not address.startswith("http://"):
        raise AssertionError(f"not started: {address}{process.communicate()[1]}")
    return process, int(address.rstrip("/\n").rpartition(":")[2])


class Client:
    """A connection that stays open: the quickest way to send requests from one event loop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        self.reader, self.writer, self.port = reader, writer, port

    @classmethod
    async def of(cls, port: int) -> "Client":
        return cls(*await asyncio.open_connection("127.0.0.1", port), port)

    async def predict(self, body: bytes, query: str = "") -> tuple[int, bytes]:
        """Status and body of the answer; IncompleteReadError or ConnectionError if there is none."""
        head = f"POST /predict{query} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\n"
        self.writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await self.reader.readuntil(b"\r\n\r\n")
        lower = answer.lower()
        start = lower.index(b"content-length:") + 15
        length = int(lower[start : lower.index(b"\r\n", start)])
        return int(answer[9:12]), await self.reader.readexactly(length)

    def close(self) -> None:
        self.writer.close()


def records(raw: pd.DataFrame) -> list[dict[str, str]]:
    """The rows of a raw table as requests, every value a text."""
    return raw.to_dict("records")


def bodies(records: Sequence[Mapping[str, Any]]) -> list[bytes]:
    return [json.dumps(one).encode() for one in records]
