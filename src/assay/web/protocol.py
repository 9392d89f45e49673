"""A connection that ends when a client is too slow or sends too much: uvicorn with httptools limits neither.

Otherwise a few clients that never finish a request, or never read an answer, hold connections and memory for good.
A body is limited in `body.py`, because how long it may be depends on the application.
"""

import asyncio
import json
from http import HTTPStatus
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from assay.web.headers import HEADERS, NOTHING, POLICY
from assay.web.limits import Limits

WAITING = 100  # requests that may lie in one read before the first of them is answered


class Connection(HttpToolsProtocol):
    """One connection. A request has `begun` until all of it has arrived; at first it is `in_head`."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: Limits,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.limits = limits
        self.begun = self.in_head = self.arrived = self.body_came = False
        self.head = self.without_body = 0  # bytes: of this head, and of reads in a row that brought no body
        self.problem: tuple[HTTPStatus, str] | None = None
        self.deadline: asyncio.TimerHandle | None = None  # for a request to arrive
        self.stalled: asyncio.TimerHandle | None = None  # for the client to read

    # What the transport calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections; try again")
        else:
            self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self.arrived = self.body_came = False
        super().data_received(data)
        if self.transport.is_closing() or self.arrived:
            return
        self._expect()
        self.without_body = 0 if self.body_came else self.without_body + len(data)
        if self.without_body > self.limits.head:
            self._refuse(*self._too_long())

    def pause_writing(self) -> None:
        super().pause_writing()
        self.stalled = self.loop.call_later(self.limits.reading, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.stalled:
            self.stalled.cancel()
            self.stalled = None

    def timeout_keep_alive_handler(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()  # closing would wait for a client that does not read
        super().timeout_keep_alive_handler()

    # What the parser calls; an exception refuses the request

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.begun, self.in_head, self.arrived = True, True, False
        self.head = self.without_body = 0

    def on_url(self, url: bytes) -> None:
        self._count(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.in_head:  # after the body, a header could pass for one that a check has missed
            self._count(name + value)
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if not self.url.startswith(b"/"):
            raise self._wrong(HTTPStatus.BAD_REQUEST, "this is no proxy: a path begins with /")
        if len(self.pipeline) >= WAITING:
            raise self._wrong(HTTPStatus.BAD_REQUEST, "too many requests before the first answer")
        super().on_headers_complete()
        self.in_head = False

    def on_body(self, body: bytes) -> None:
        self.body_came = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.begun, self.arrived, self.without_body = False, True, 0
        self._expect_nothing()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse(*(self.problem or (HTTPStatus.BAD_REQUEST, "this is not HTTP")))

    # Limits

    def _count(self, part: bytes) -> None:
        self.head += len(part)
        if self.head > self.limits.head:
            raise self._wrong(*self._too_long())

    def _too_long(self) -> tuple[HTTPStatus, str]:
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"headers of more than {self.limits.head} bytes"

    def _wrong(self, status: HTTPStatus, why: str) -> ValueError:
        self.problem = status, why
        return ValueError(why)

    def _expect(self) -> None:
        if self.deadline is None:
            self.deadline = self.loop.call_later(self.limits.patience, self._late)

    def _expect_nothing(self) -> None:
        if self.deadline:
            self.deadline.cancel()
            self.deadline = None

    def _late(self) -> None:
        self.deadline = None
        if self._owes_an_answer():
            self._expect()  # we read no further, so the client cannot be blamed
        elif self.begun:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "the request did not arrive in time")
        else:
            self.transport.close()

    def _arriving(self) -> RequestResponseCycle | None:
        """The request whose body is arriving."""
        return self.cycle if self.begun and not self.in_head else None

    def _owes_an_answer(self) -> bool:
        """Whether an earlier request on this connection has not been answered yet."""
        earlier = self.cycle is not None and self._arriving() is None and not self.cycle.response_complete
        return bool(self.pipeline) or earlier

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        """Answer and close; if earlier requests wait for their answers, close after these."""
        if self._owes_an_answer():
            self.cycle.keep_alive = False
            self.flow.pause_reading()
            return
        cycle = self._arriving()
        if cycle is None or not cycle.response_started:
            self.transport.write(answer(status, why))
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()


def answer(status: HTTPStatus, why: str) -> bytes:
    """The bytes of an answer to what never became a request."""
    body = json.dumps({"error": why})
    about = {POLICY: NOTHING, "Content-Type": "application/json", "Content-Length": len(body), "Connection": "close"}
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        *(f"{name}: {value}" for name, value in (HEADERS | about).items()),
    ]
    return "\r\n".join([*lines, "", body]).encode()
