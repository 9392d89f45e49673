"""Requests that are refused, and what their clients are told."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from assay.web.errors import error_answer

UNAVAILABLE = "the service cannot answer now; its operator can see why"


def busy(why: str) -> HTTPException:
    """More came in than is let wait."""
    return HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, why, {"Retry-After": "1"})


async def unavailable(_: Request, error: Exception) -> Response:
    """The answer if a record cannot be logged: the terminal says why, the client learns that it may try again."""
    answer = error_answer(HTTPStatus.SERVICE_UNAVAILABLE, UNAVAILABLE)
    answer.headers["Retry-After"] = "5"
    return answer
