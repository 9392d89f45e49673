"""What hostile clients can do to `assay serve`: python tests/bench serve_attacks

Starts the service in a process of its own, attacks it in many ways, and looks each time whether a proper request is
still answered. At the end: no 5xx but 503 (a limit), no trace of the program in an answer, no value of a request on the
terminal or in the log, and how much memory it took. Takes two minutes.
"""

import asyncio
import contextlib
import json
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assay.bundle.loading import load
from assay.serving.model import Model
from assay.serving.schema import example
from bench_serve import memory_mb, say
from line_outputs import model_folder
from model_serving import Client, ask, started

SECRET = "planted-value-7f3a"
INTERNAL = re.compile(rb"Traceback|File \"|site-packages|\.py\b|assay\.|starlette|uvicorn|pydantic|pandas", re.I)
ODD_VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1e308, -1e308, 1e-320, 2**63, 10**400),
    *("", " ", "NaN", "inf", "1e999", "-", "\0", SECRET, "x" * 100_000, "٣", "１２", "−5", "\u202e", "😀"),
    *("' OR 1=1 --", "{{7*7}}", "${x}", "../..", "\n\r\t", [], {}, [[]], [None], {SECRET: 1}),
]
ODD_PATHS = [
    *(
        "/..",
        "/../../etc/passwd",
        "/%2e%2e/",
        "/predict/../model",
        "//predict",
        "/predict%00",
        "/predict;x",
        "/PREDICT",
    ),
    *("/predict?reasons=%00", "/predict?reasons=" + "a" * 5000, "/predict?reasons=all&reasons=none", "/%ff", "/*"),
    *("/PREDICT", "/" + "a" * 8000, "/?x=<script>", f"/{SECRET}"),
]
NOT_JSON = [
    b"",
    b"{",
    b"\xff\xfe",
    b'{"a":"\xc3\x28"}',
    b'{"a":"\\ud800"}',
    b'{"a":NaN}',
    b"[Infinity]",
    b"nul",
    b"\0" * 1000,
]
ODD_HEADERS = [
    *("X: " + "a" * 40_000, "X: y\r\n" * 500, "X: y\r\n" * 50_000, "X: \0", "Content-Length: 5", "Host: evil"),
    *("Expect: 100-continue", f"X-API-Key: {SECRET}", "Transfer-Encoding: gzip", "Upgrade: websocket", ": x"),
]
LENGTHS = ["Content-Length: -1", "Content-Length: x", "Content-Length: 2\r\nTransfer-Encoding: chunked"]
NOISE = [b"\x16\x03\x01" * 100, b"\0" * 5000, b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 40_000, SECRET.encode() * 3000]
METHODS = ["GET", "PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "CONNECT", "PATCH", "JANE", SECRET.upper()]


@dataclass
class Attack:
    """The service under attack, and the answers that it gave."""

    port: int
    process_id: int
    good: dict[str, Any]
    statuses: dict[str, dict[int, int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def note(self, name: str, status: int, body: bytes) -> None:
        counts = self.statuses.setdefault(name, {})
        counts[status] = counts.get(status, 0) + 1
        if status >= 500 and status != 503:
            self.wrong.append(f"{name}: {status}")
        if INTERNAL.search(body) and b'"openapi"' not in body and b"<!doctype" not in body:
            self.wrong.append(f"{name}: tells {body[:200]!r}")

    async def raw(self, name: str, *parts: bytes, wait: float = 0, patience: float = 15) -> None:
        """Send bytes, and note every answer until the connection ends, or nothing comes any more."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        answer = b""
        sending = asyncio.create_task(sent(writer, parts, wait))
        with contextlib.suppress(OSError, TimeoutError):  # of a server that answers and closes before all was sent
            async with asyncio.timeout(patience):
                while more := await reader.read(1 << 20):
                    answer += more
        sending.cancel()
        writer.close()
        found = re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)
        for status in found or [b"0"]:
            self.note(name, int(status), answer)

    def head(self, method: str = "POST", path: str = "/predict", length: int | None = None, more: str = "") -> bytes:
        size = "" if length is None else f"Content-Length: {length}\r\n"
        lines = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\n{size}{more}"
        )
        return f"{lines}Connection: close\r\n\r\n".encode("utf-8", "surrogatepass")

    async def post(self, name: str, body: bytes, path: str = "/predict") -> None:
        await self.raw(name, self.head(path=path, length=len(body)) + body)

    async def still_there(self, after: str) -> None:
        answer = await asyncio.to_thread(ask, self.port, "POST", "/predict", self.good)
        if answer.status != 200:
            self.wrong.append(f"after {after}: a proper request gets {answer.status}")


async def bodies_that_are_not_json(on: Attack) -> None:
    for body in NOT_JSON:
        await on.post("not JSON", body)
    for deep in (10, 200, 10_000, 1_000_000):
        await on.post("deep JSON", b"[" * deep + b"]" * deep)
        await on.post("deep JSON", b'{"TSH":' * deep + b"1" + b"}" * deep)
    await on.post("a number of a million digits", b'{"TSH":' + b"9" * 1_000_000 + b"}")
    await on.post("a key twice", b'{"TSH":1,"TSH":2}')
    await on.post("many objects", b"[" + b",".join([b"{}"] * 1_000_000) + b"]")
    await on.post("many keys", json.dumps({f"k{number}": 1 for number in range(200_000)}).encode())


async def odd_values_in_every_column(on: Attack) -> None:
    records = [{**on.good, name: value} for name in on.good for value in ODD_VALUES if len(str(value)) < 1000]
    for start in range(0, len(records), 500):
        await on.post("odd values, listed", json.dumps(records[start : start + 500]).encode())
    client = await Client.of(on.port)
    for record in records:
        status, body = await client.predict(json.dumps(record).encode(), "?reasons=all")
        on.note("odd values", status, body)
    client.close()
    for value in ODD_VALUES:
        await on.post("odd values everywhere", json.dumps(dict.fromkeys(on.good, value)).encode())
        await on.post("odd names", json.dumps({**on.good, str(value): 1}).encode())


async def large_and_slow(on: Attack) -> None:
    await on.raw("100 MB announced", on.head(length=100 << 20), b"x" * 100_000)
    await on.raw("100 MB announced", on.head(length=10**30))
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    await on.raw("100 MB in chunks", on.head(more="Transfer-Encoding: chunked\r\n"), *[chunk] * 1600)
    slow = [on.raw("slow head", *(bytes([one]) for one in on.head(length=2)[:40]), wait=0.5) for _ in range(50)]
    slow += [on.raw("slow body", on.head(length=1000), *[b" "] * 30, wait=0.5) for _ in range(50)]
    await asyncio.gather(*slow, on.still_there("slow clients, under way"))


async def many_connections(on: Attack) -> None:
    idle = await asyncio.gather(*(Client.of(on.port) for _ in range(1000)))
    await on.still_there("1,000 idle connections, still open")
    body = json.dumps(on.good).encode()
    for status, answer in await asyncio.gather(*(one.predict(body) for one in idle)):
        on.note("1,000 requests at once", status, answer)
    for one in idle:
        one.close()
    whole = on.head(length=len(body)) + body
    await asyncio.gather(*(on.raw("closed before the answer", whole, patience=0.001) for _ in range(300)))


async def odd_http(on: Attack) -> None:
    body = json.dumps(on.good).encode()
    one = on.head(length=len(body)) + body
    pipelined = one.replace(b"Connection: close\r\n", b"")
    sent = [("pipelined", pipelined * count + one) for count in (10, 90, 2000)]
    sent += [("methods", on.head(method)) for method in METHODS]
    sent += [("paths", on.head("GET", path)) for path in ODD_PATHS]
    sent += [("paths", on.head("POST", path, length=2) + b"{}") for path in ODD_PATHS]
    sent += [("headers", on.head("GET", "/health", more=more + "\r\n")) for more in ODD_HEADERS]
    sent += [("lengths", on.head(more=more + "\r\n") + b"{}") for more in LENGTHS]
    sent += [("no HTTP", noise) for noise in NOISE]
    await asyncio.gather(*(on.raw(*pair) for pair in sent))


async def sent(writer: asyncio.StreamWriter, parts: Sequence[bytes], wait: float) -> None:
    with contextlib.suppress(OSError):
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(wait)


ATTACKS: list[Callable[[Attack], Awaitable[None]]] = [
    bodies_that_are_not_json,
    odd_values_in_every_column,
    odd_http,
    many_connections,
    large_and_slow,
]


async def run(on: Attack) -> None:
    for attack in ATTACKS:
        await attack(on)
        await on.still_there(attack.__name__)
        say(f"   memory after {attack.__name__.replace('_', ' ')}, MB", f"{memory_mb(on.process_id):.0f}")


if __name__ == "__main__":
    bundle = model_folder()
    model = Model(load(bundle), "")
    with tempfile.TemporaryDirectory() as log:
        process, port = started(bundle, "--log", log)
        with process:
            on = Attack(port, process.pid, example(model.scorer.contract, model.bundle.dataset))
            try:
                asyncio.run(run(on))
            finally:
                process.terminate()
                out, err = process.communicate()
        logged = "".join(path.read_text() for path in Path(log).iterdir())
    for name, counts in on.statuses.items():
        say(name, ", ".join(f"{status or 'no answer'}: {count}" for status, count in sorted(counts.items())))
    unexpected = "".join(line for line in err.splitlines(keepends=True) if not line.startswith("serves "))
    on.wrong += [f"on the terminal: {unexpected[:500]}"] if unexpected else []
    on.wrong += ["a planted value is in the log"] if SECRET in logged else []
    on.wrong += [f"it ended with {process.returncode}"] if process.returncode else []
    print("\n".join(["", *on.wrong]) if on.wrong else "\nnothing went wrong")
    sys.exit(bool(on.wrong))
