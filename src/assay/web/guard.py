"""An application behind everything that each server here needs."""

from collections.abc import Callable, Collection

from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from assay.web.body import BodyLimit
from assay.web.errors import JsonErrors, failed, refused
from assay.web.headers import SecurityHeaders
from assay.web.hosts import OwnHost


def guarded(
    app: Starlette,
    hosts: Collection[str] | None,
    longest_body: int,
    *,
    said: Callable[[Exception], str] = failed,
    report: Callable[[Exception], None] | None = None,
) -> Starlette:
    """The same application, with security headers, JSON errors and a limit of the body added.

    hosts: as `OwnHost` takes them; None serves any, for a server behind a proxy that checks. longest_body: in bytes.
    said, report: as `JsonErrors` takes them.
    """
    app.router.redirect_slashes = False
    app.add_exception_handler(HTTPException, refused)
    app.add_middleware(BodyLimit, longest=longest_body)
    if hosts is not None:
        app.add_middleware(OwnHost, hosts=hosts)
    app.add_middleware(JsonErrors, said=said, report=report)
    app.add_middleware(SecurityHeaders)  # the outermost: every answer passes it
    return app
