"""The board's server: on loopback, for whoever has the address of this start.

The address has a token in its path. No page can guess it, no cookie has it, and no header carries it to another site.
"""

import secrets
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

import assay.web.server
from assay.board.site import Site, UnknownError
from assay.errors import AssayError, described
from assay.review_page import server as desk
from assay.review_page.session import Session
from assay.web.errors import error_answer
from assay.web.guard import guarded
from assay.web.headers import NOTHING, POLICY, nonce
from assay.web.hosts import own_hosts
from assay.web.server import LOOPBACK, bound

Show = Callable[..., str]
LONGEST_BODY = 10_000  # bytes: of a label decision
# A page that a commit brings, such as its report: it shows itself, runs nothing, asks nobody and is in no other page.
FOREIGN = f"{NOTHING}; style-src 'unsafe-inline'; img-src data:; sandbox"


class Server(assay.web.server.Server):
    """A board on loopback only; port 0 takes any free one. AssayError if the port is taken.

    review: the session of a reviewer, who then decides on labels under /labels/review.
    """

    def __init__(self, site: Site, port: int = 0, review: Session | None = None) -> None:
        self.token = secrets.token_urlsafe(16)
        listener = bound(LOOPBACK, port)
        self.port = listener.getsockname()[1]
        self.source = site.source
        app = guarded(application(site, self.token, review), own_hosts(self.port), LONGEST_BODY, said=described)
        super().__init__(app, listener)

    def __exit__(self, *error: object) -> None:
        self.source.close()
        super().__exit__(*error)

    @property
    def address(self) -> str:
        """The address of the first page."""
        return f"http://{LOOPBACK}:{self.port}/{self.token}/"


def application(site: Site, token: str, review: Session | None = None) -> Starlette:
    """Every page under the token."""
    pages: list[tuple[str, Show]] = [
        ("/", site.experiments),
        ("/compare", site.compare),
        ("/parameters", site.parameters),
        ("/labels", site.labels),
        ("/models", site.models),
        ("/watch", site.watch),
        ("/revision/{sha}", site.revision),
        ("/revision/{sha}/card/{path:path}", site.card),
    ]
    routes: list[BaseRoute] = [Route(path, partial(_page, show), methods=["GET"]) for path, show in pages]
    routes += [
        Route("/state", partial(_state, site), methods=["GET"]),
        Route("/rows", partial(_part, site.rows), methods=["GET"]),
        Route("/compare/pair", partial(_part, site.pair), methods=["GET"]),
        Route("/compare/curves", partial(_part, site.curves), methods=["GET"]),
        Route("/revision/{sha}/file/{path:path}", partial(_file, site), methods=["GET"]),
    ]
    handlers: dict[Any, Any] = {
        UnknownError: partial(_problem, site, HTTPStatus.NOT_FOUND),
        AssayError: partial(_problem, site, HTTPStatus.UNPROCESSABLE_ENTITY),
    }
    if review:
        routes.append(Mount("/labels/review", Router(desk.routes(review, token), redirect_slashes=False)))
        handlers = {**desk.HANDLERS, **handlers}
    inner = WithToken(Router(routes, redirect_slashes=False), token)
    return Starlette(routes=[Mount("/{token}", inner)], exception_handlers=handlers)


class WithToken:
    """Lets a request pass whose path begins with the token; others learn no more than where to look for it."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app, self.token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not secrets.compare_digest(str(scope["path_params"].get("token", "")).encode(), self.token.encode()):
            raise HTTPException(HTTPStatus.NOT_FOUND, "open the address that `assay board` prints")
        await self.app(scope, receive, send)


async def _page(show: Show, request: Request) -> HTMLResponse:
    return HTMLResponse(
        await run_in_threadpool(show, _root(request), nonce(request), request.query_params, **_asked(request))
    )


async def _part(show: Show, request: Request) -> HTMLResponse:
    return HTMLResponse(await run_in_threadpool(show, _root(request), request.query_params))


async def _state(site: Site, request: Request) -> JSONResponse:
    return JSONResponse({"fingerprint": await run_in_threadpool(site.fingerprint)})


async def _file(site: Site, request: Request) -> Response:
    content = await run_in_threadpool(site.document, **_asked(request))
    return Response(content, media_type="text/html", headers={POLICY: FOREIGN})


def _asked(request: Request) -> dict[str, str]:
    return {name: value for name, value in request.path_params.items() if name in ("sha", "path")}


def _root(request: Request) -> str:
    """The path of the board's first page, without its last slash."""
    return str(request.scope.get("root_path", ""))


async def _problem(site: Site, status: int, request: Request, error: Exception) -> Response:
    """A page that says what is wrong; for a part of a page, only that."""
    if request.headers.get("Sec-Fetch-Dest", "document") != "document":
        return error_answer(status, str(error))
    return HTMLResponse(site.problem(_root(request), nonce(request), str(error)), status)
