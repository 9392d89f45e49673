"""Start and stop of a server."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette

from assay.errors import AssayError
from assay.web.server import Server, bound
from web_serving import application

PROGRAM = """
import sys, time
from pathlib import Path
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from assay.web.limits import Limits
from assay.web.server import Server, bound, serve

def wait(request):
    print("running", flush=True)
    while not Path("go").exists():
        time.sleep(0.01)
    return PlainTextResponse("done")

listener = bound()
print(listener.getsockname()[1], flush=True)
serve(Server(Starlette(routes=[Route("/", wait)]), listener, Limits(stop=int(sys.argv[1]))))
print("ended")
"""


@pytest.mark.parametrize(
    ("host", "port", "reason"),
    [
        ("127.0.0.1", None, "in use"),
        ("192.0.2.1", 0, "assign"),  # an address that is nobody's
        ("\u00e9" * 70, 0, "hostname"),
        ("\0", 0, "null character"),
        ("", 0, "no host"),
        ("127.0.0.1", 70_000, "65535"),
    ],
)
def test_where_it_cannot_listen_it_says_why(host: str, port: int | None, reason: str) -> None:
    with bound() as taken, pytest.raises(AssayError, match=reason) as error:
        bound(host, taken.getsockname()[1] if port is None else port)
    assert error.value.todo


def test_who_connects_before_it_serves_waits() -> None:
    with bound() as listener, socket.create_connection(listener.getsockname(), timeout=60):
        assert listener.getsockname()[1] > 0


def test_it_raises_what_kept_the_application_from_starting() -> None:
    @asynccontextmanager
    async def without_model(_: Starlette) -> AsyncIterator[None]:
        raise AssayError("there is no model", todo="dvc repro")
        yield

    with Server(application(lifespan=without_model), bound()) as server, pytest.raises(AssayError, match="no model"):
        server.run()


def started(folder: Path, stop: int) -> tuple[subprocess.Popen, socket.socket]:
    """A server in a process of its own, with a request that runs until there is a file `go`."""
    command = [sys.executable, "-c", PROGRAM, str(stop)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout is not None
    connection = socket.create_connection(("127.0.0.1", int(process.stdout.readline())), timeout=60)
    connection.sendall(b"GET / HTTP/1.1\r\nHost: any\r\n\r\n")
    assert process.stdout.readline() == "running\n"
    return process, connection


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_a_running_request_finish(tmp_path: Path, number: signal.Signals) -> None:
    process, connection = started(tmp_path, stop=60)
    process.send_signal(number)
    while listens(connection.getpeername()):
        time.sleep(0.01)
    time.sleep(0.5)  # a server that does not wait is gone by then
    (tmp_path / "go").touch()
    answer = b"".join(iter(lambda: connection.recv(1000), b""))
    connection.close()
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"done")
    out, err = process.communicate()
    assert (process.returncode, out, err) == (0, "ended\n", "")


@pytest.mark.slow
@pytest.mark.parametrize(("stop", "signals"), [(1, 1), (600, 2)])
def test_a_request_that_hangs_keeps_the_process_no_longer_than_the_limit_or_a_second_ctrl_c(
    tmp_path: Path, stop: int, signals: int
) -> None:
    process, connection = started(tmp_path, stop)
    for _ in range(signals):
        process.send_signal(signal.SIGINT)
        while process.poll() is None and listens(connection.getpeername()):
            time.sleep(0.01)
    out, err = process.communicate()
    connection.close()
    assert (process.returncode, out) == (1, "")
    assert "not done in time" in err


def listens(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address).close()
    except ConnectionError:
        return False
    return True
