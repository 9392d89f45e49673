"""From a bound socket to a graceful stop."""

import functools
import logging
import os
import socket
import sys
import threading
from types import FrameType
from typing import Any, Self, cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from assay.errors import AssayError, warn
from assay.web.errors import report_place
from assay.web.limits import Limits
from assay.web.protocol import Connection

LOOPBACK = "127.0.0.1"
MOMENT = 1.0  # seconds, for threads that have nothing to do to end
BACKLOG = 2048  # connections that may wait until they are accepted


def bound(host: str = LOOPBACK, port: int = 0) -> socket.socket:
    """A socket that listens already, so that its address can be told before anything serves it.

    Port 0 takes any free one. AssayError if the port is taken, or the host is not of this machine.
    """
    if not host:
        raise AssayError("no host to listen on", todo=f"name one: {LOOPBACK} is for this machine alone")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, TypeError, OverflowError) as error:  # the latter: no name of a host, no number of a port
        reason = str(getattr(error, "strerror", error)).partition(" (while")[0]
        raise AssayError(
            f"{host}, port {port}: {reason}", todo="choose another port: --port 0 takes a free one"
        ) from error


class Server(uvicorn.Server):
    """An application on a bound socket. After SIGINT, SIGTERM or `stop`, `run` answers running requests and returns.

    It raises what the application's lifespan raises. No request is logged, because a log would hold its content.
    """

    def __init__(self, app: ASGIApp, listener: socket.socket, limits: Limits | None = None) -> None:
        self.listener, self.app = listener, app
        self.fault: Exception | None = None
        limits = limits or Limits()
        super().__init__(
            uvicorn.Config(
                self._watched,
                http=cast(Any, functools.partial(Connection, limits=limits)),
                ws="none",
                interface="asgi3",
                lifespan="on",
                log_config=None,
                log_level="error",
                access_log=False,
                server_header=False,
                proxy_headers=False,  # a client could forge its address
                backlog=BACKLOG,
                timeout_keep_alive=limits.idle,
                timeout_graceful_shutdown=limits.stop,
            )
        )
        log = logging.getLogger("uvicorn.error")
        log.handlers, log.propagate = [Faults()], False

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets or [self.listener])
        except SystemExit as ended:  # how uvicorn reports a failed lifespan
            raise self.fault or ended from None
        if self.fault:
            raise self.fault

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.close()

    def stop(self) -> None:
        """Let `run`, in another thread, return as after a signal."""
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; a second signal does not wait for running requests.

        Unlike uvicorn's, it does not raise the signal again at the end: the caller may have something to finish.
        """
        self.force_exit = self.should_exit
        self.should_exit = True

    async def _watched(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except Exception as error:
            if scope["type"] == "lifespan":
                self.fault = error
            raise


class Faults(logging.Handler):
    """Tells of an exception that reached uvicorn, without its text. Everything else that uvicorn logs is left out."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, Exception):
            report_place(error)


def serve(server: Server) -> None:
    """Run a server as the last long task of this process: a request that hangs in a thread cannot keep it alive.

    Then the process ends with code 1; otherwise the call returns.
    """
    before = set(threading.enumerate())
    server.run()
    threads = [one for one in threading.enumerate() if one not in before and not one.daemon]
    for one in threads:
        one.join(MOMENT / len(threads))
    if any(one.is_alive() for one in threads):
        warn("a request was not done in time; the server ends without it")
        sys.stdout.flush()
        os._exit(1)  # the interpreter would wait for the thread
