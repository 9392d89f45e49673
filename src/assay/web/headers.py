"""Headers of every answer: nothing is cached, framed or guessed, and a page may load only what it names itself."""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NONCE = "nonce"
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
POLICY = "Content-Security-Policy"


class SecurityHeaders:
    """Adds the headers that an answer does not have yet. Scripts and styles run only with the nonce of their answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault(POLICY, page_policy(state[NONCE]) if NONCE in state else NOTHING)
            await send(message)

        await self.app(scope, receive, sending)


def nonce(request: Request) -> str:
    """The nonce of the answer to `request`, for the `nonce` attributes of its page."""
    state: dict[str, str] = request.scope["state"]
    return state.setdefault(NONCE, secrets.token_urlsafe(16))


def page_policy(nonce: str) -> str:
    """The policy of a page with this nonce: it may run its own scripts and styles, and ask this server."""
    return f"{NOTHING}; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; connect-src 'self'"
