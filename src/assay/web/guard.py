"""An application behind everything that each server here needs."""

from collections.abc import Callable, Collection

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from assay.web.body import BodyLimit
from assay.web.errors import JsonErrors, error_answer, failed, refused
from assay.web.headers import SecurityHeaders
from assay.web.hosts import OwnHost


def guarded(
    app: Starlette,
    hosts: Collection[str] | None,
    longest_body: int,
    *,
    said: Callable[[Exception], str] = failed,
    report: Callable[[Exception], None] | None = None,
) -> ASGIApp:
    """The application (Starlette or FastAPI) with security headers, JSON errors and a limit of the body.

    hosts: as `OwnHost` takes them; None serves any, for a server behind a proxy that checks. longest_body: in bytes.
    said, report: as `JsonErrors` takes them.
    """

    async def unexpected(_: Request, error: Exception) -> JSONResponse:
        return error_answer(500, said(error))

    app.router.redirect_slashes = False
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(Exception, unexpected)
    inner: ASGIApp = BodyLimit(app, longest_body)
    if hosts is not None:
        inner = OwnHost(inner, hosts)
    return SecurityHeaders(JsonErrors(inner, said, report))
