"""The page's server: on loopback, for whoever has the token of this start, and for no other site.

The page itself has no data and is served to anybody. Its address has the token after the `#`, which no browser sends;
every request for data must have it in a header, which no other site can set. So there is no cookie that a browser could
be made to send. A foreign name that points to this machine (DNS rebinding) is refused by its Host header.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib.resources import files
from threading import Lock
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

import assay.web.server
from assay.errors import AssayError, described
from assay.review_page.desk import ConflictError
from assay.review_page.session import Session
from assay.web.body import require_json
from assay.web.errors import error_answer
from assay.web.guard import guarded
from assay.web.headers import nonce
from assay.web.hosts import own_hosts, require_own_page
from assay.web.server import LOOPBACK, bound

TOKEN_HEADER = "X-Review-Token"
LONGEST_BODY = 10_000  # bytes

Action = Callable[[dict[str, str]], dict[str, Any]]


class Server(assay.web.server.Server):
    """One reviewer's server, on loopback only; port 0 takes any free one. AssayError if the port is taken."""

    def __init__(self, session: Session, port: int = 0) -> None:
        self.token = secrets.token_urlsafe(32)
        listener = bound(LOOPBACK, port)
        self.port = listener.getsockname()[1]
        # An unexpected error is shown on the page, because nobody watches the terminal.
        app = guarded(application(session, self.token), own_hosts(self.port), LONGEST_BODY, said=described)
        super().__init__(app, listener)
        self.session = session

    @property
    def address(self) -> str:
        """The address of the page, with its token."""
        return f"http://{LOOPBACK}:{self.port}/#{self.token}"


def application(session: Session, token: str) -> Starlette:
    """GET / is the page; everything else is JSON, and needs the token."""
    return Starlette(routes=routes(session, token), exception_handlers=HANDLERS)


def routes(session: Session, token: str) -> list[Route]:
    """The routes of the page, which a server may have under any path that ends with a slash."""
    answers = Answers(session, token)
    return [
        Route("/", answers.page, methods=["GET"]),
        Route("/state", answers.state, methods=["GET"]),
        Route("/decide", answers.decide, methods=["POST"]),
        Route("/undo", answers.undo, methods=["POST"]),
        Route("/skip", answers.skip, methods=["POST"]),
    ]


@dataclass(frozen=True)
class Answers:
    """Answers of the routes. The session serves one request at a time, in a thread, because it waits for the disk."""

    session: Session
    token: str
    one_at_a_time: Lock = field(default_factory=Lock)
    html: str = field(default_factory=lambda: files("assay.review_page").joinpath("page.html").read_text("utf-8"))

    async def page(self, request: Request) -> HTMLResponse:
        return HTMLResponse(self.html.replace("NONCE", nonce(request)))

    async def state(self, request: Request) -> JSONResponse:
        require_token(request, self.token)
        return JSONResponse(await run_in_threadpool(self._alone, lambda _: self.session.state(), {}))

    async def decide(self, request: Request) -> JSONResponse:
        return await self._act(request, self.session.decide)

    async def undo(self, request: Request) -> JSONResponse:
        return await self._act(request, self.session.undo)

    async def skip(self, request: Request) -> JSONResponse:
        return await self._act(request, self.session.skip)

    async def _act(self, request: Request, action: Action) -> JSONResponse:
        require_own_page(request)
        require_token(request, self.token)
        require_json(request)
        fields = texts(await request.body())
        return JSONResponse(await run_in_threadpool(self._alone, action, fields))

    def _alone(self, action: Action, fields: dict[str, str]) -> dict[str, Any]:
        with self.one_at_a_time:
            return action(fields)


async def unknown(_: Request, error: Exception) -> JSONResponse:
    return error_answer(HTTPStatus.NOT_FOUND, f"no such record before you: {error}")


async def conflict(_: Request, error: Exception) -> JSONResponse:
    return error_answer(HTTPStatus.CONFLICT, str(error))


async def invalid(_: Request, error: Exception) -> JSONResponse:
    return error_answer(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))


HANDLERS: dict[Any, Any] = {LookupError: unknown, ConflictError: conflict, AssayError: invalid}


def require_token(request: Request, token: str) -> None:
    """HTTPException unless the request has the token of this start."""
    if not secrets.compare_digest(request.headers.get(TOKEN_HEADER, "").encode(), token.encode()):
        raise HTTPException(HTTPStatus.FORBIDDEN, "open the address that `assay review` prints")


def texts(body: bytes) -> dict[str, str]:
    """A JSON object of texts, by name; HTTPException if it is anything else."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "not JSON") from error
    if not isinstance(content, dict) or not all(isinstance(value, str) for value in content.values()):
        raise HTTPException(HTTPStatus.BAD_REQUEST, "not an object of texts")
    return content
