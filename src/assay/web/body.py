"""Bodies of requests: a limit of their length, announced or not, and their kind."""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

JSON = "application/json"


def require_json(request: Request) -> None:
    """HTTPException unless the body is said to be JSON, which no other site's form can send."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != JSON:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"only {JSON} is read")


class BodyLimit:
    """Refuses a body of more than `longest` bytes with 413: at once if its length is stated, else while it is read.

    It reads no more than the application does, so whoever is refused by a header has sent nothing into memory.
    Starlette's own limit answers in plain text.
    """

    def __init__(self, app: ASGIApp, longest: int) -> None:
        self.app, self.longest = app, longest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self._require(int(Headers(scope=scope).get("Content-Length", "0")))
        so_far = 0

        async def receiving() -> Message:
            nonlocal so_far
            message = await receive()
            so_far += len(message.get("body", b""))
            self._require(so_far)
            return message

        await self.app(scope, receiving, send)

    def _require(self, length: int) -> None:
        if length > self.longest:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {self.longest} bytes")
