"""Errors as JSON, `{"error": text}`: a client learns nothing internal, and the terminal nothing of a request."""

import os
import traceback
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assay.errors import DEBUG_VARIABLE, warn

FAILED = "the server failed; its terminal says where"


def failed(_: Exception) -> str:
    """The text that says nothing of the error."""
    return FAILED


def error_answer(status: int, text: str) -> JSONResponse:
    """The answer to a request that is not served."""
    return JSONResponse({"error": text}, status)


async def refused(_: Request, error: Exception) -> JSONResponse:
    """Starlette's handler for an HTTPException."""
    assert isinstance(error, HTTPException)
    answer = error_answer(error.status_code, error.detail)
    answer.headers.update(error.headers or {})
    return answer


class JsonErrors:
    """Around everything: every error becomes an answer.

    said: what a client reads of an unexpected error. report: where the operator reads of it.
    """

    def __init__(
        self, app: ASGIApp, said: Callable[[Exception], str] = failed, report: Callable[[Exception], None] | None = None
    ) -> None:
        self.app, self.said, self.report = app, said, report or report_place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            await send(message)
            started = True

        try:
            await self.app(scope, receive, sending)
        except ClientDisconnect:
            return
        except Exception as error:
            answer = await self._answer(scope, error)
            if not started:  # half an answer cannot be mended: uvicorn then breaks the connection
                await answer(scope, receive, send)

    async def _answer(self, scope: Scope, error: Exception) -> JSONResponse:
        if isinstance(error, HTTPException):
            return await refused(Request(scope), error)
        self.report(error)
        return error_answer(500, self.said(error))


def report_place(error: Exception) -> None:
    """Tell the terminal the type and place of an error, not its text, which may hold values of a record."""
    if os.environ.get(DEBUG_VARIABLE):
        warn("".join(traceback.format_exception(error)))
    warn(f"a request failed: {place(error)}; {DEBUG_VARIABLE}=1 shows the traceback, which may hold values of a record")


def place(error: BaseException) -> str:
    """The type of an error, and the module and line that raised it."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f" in {trace.tb_frame.f_globals.get('__name__')}, line {trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{where}"
