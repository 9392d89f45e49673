"""The page's server: on loopback, for whoever has the token of this start, and for no other site.

The page itself has no data and is served to anybody. Its address has the token after the `#`, which no browser sends;
every request for data must have it in a header, which no other site can set. So there is no cookie that a browser could
be made to send. A foreign name that points to this machine (DNS rebinding) is refused by its Host header.
"""

import json
import secrets
import sys
from collections.abc import Callable
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Lock
from typing import Any

from assay.errors import AssayError, described
from assay.review_page.desk import ConflictError
from assay.review_page.session import Session

LOOPBACK = "127.0.0.1"
NAMES = (LOOPBACK, "localhost")
TOKEN_HEADER = "X-Review-Token"
LONGEST_BODY = 10_000  # bytes
PATIENCE = 10  # seconds for a request to arrive
JSON = "application/json"
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
POLICY = (
    "default-src 'none'; script-src 'nonce-{0}'; style-src 'nonce-{0}'; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class RefusalError(Exception):
    """A request that is not served, with the status that says why."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        self.status = status
        super().__init__(why)


class Server(ThreadingHTTPServer):
    """One reviewer's server, on loopback only; port 0 takes any free one. AssayError if the port is taken."""

    daemon_threads = True

    def __init__(self, session: Session, port: int = 0) -> None:
        self.session, self.token, self.one_at_a_time = session, secrets.token_urlsafe(32), Lock()
        try:
            super().__init__((LOOPBACK, port), Handler)
        except OSError as error:
            raise AssayError(
                f"port {port}: {error.strerror}", todo="choose another: --port 0 takes a free one"
            ) from error

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a browser that closed the connection; report any other error in one message."""
        error = sys.exception()
        if error and not isinstance(error, ConnectionError | TimeoutError):
            print(f"assay review: {described(error)}", file=sys.stderr)

    @property
    def address(self) -> str:
        """The address of the page, with its token."""
        return f"http://{LOOPBACK}:{self.server_port}/#{self.token}"


class Handler(BaseHTTPRequestHandler):
    """GET / is the page; everything else is JSON, and needs the token."""

    server: Server
    timeout = PATIENCE
    server_version, sys_version = "assay", ""

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the terminal is for messages to a person."""

    def _answer(self, serve: Callable[[], Any]) -> None:
        try:
            require_own_host(self.headers, self.server.server_port)
            content, status = serve(), HTTPStatus.OK
        except RefusalError as refusal:
            content, status = {"error": str(refusal)}, refusal.status
        except LookupError as error:
            content, status = {"error": f"no such record before you: {error}"}, HTTPStatus.NOT_FOUND
        except ConflictError as error:
            content, status = {"error": str(error)}, HTTPStatus.CONFLICT
        except AssayError as error:
            content, status = {"error": str(error)}, HTTPStatus.UNPROCESSABLE_ENTITY
        except ConnectionError:
            raise
        except Exception as error:  # of the disk or a file: the page must show it, because nobody watches the terminal
            content, status = {"error": described(error)}, HTTPStatus.INTERNAL_SERVER_ERROR
        if isinstance(content, str):
            nonce = secrets.token_urlsafe(16)
            self._send(status, "text/html; charset=utf-8", content.replace("NONCE", nonce), POLICY.format(nonce))
        else:
            self._send(status, JSON, json.dumps(content, ensure_ascii=False), POLICY.format("none"))

    def _get(self) -> Any:
        if self.path == "/":
            return files("assay.review_page").joinpath("page.html").read_text(encoding="utf-8")
        if self.path != "/state":
            raise RefusalError(HTTPStatus.NOT_FOUND, "there is no such page")
        require_token(self.headers, self.server.token)
        with self.server.one_at_a_time:
            return self.server.session.state()

    def _post(self) -> Any:
        require_own_page(self.headers, self.server.server_port)
        require_token(self.headers, self.server.token)
        asked = self._body()
        with self.server.one_at_a_time:
            session = self.server.session
            actions = {"/decide": session.decide, "/undo": session.undo, "/skip": session.skip}
            if self.path not in actions:
                raise RefusalError(HTTPStatus.NOT_FOUND, "there is no such action")
            return actions[self.path](asked)

    def _body(self) -> dict[str, str]:
        if self.headers.get_content_type() != JSON:
            raise RefusalError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"only {JSON} is read")
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            raise RefusalError(HTTPStatus.LENGTH_REQUIRED, "the length is missing")
        if int(length) > LONGEST_BODY:
            raise RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {LONGEST_BODY} bytes")
        return texts(self.rfile.read(int(length)))

    def _send(self, status: HTTPStatus, kind: str, content: str, policy: str) -> None:
        body = content.encode()
        self.send_response(status)
        about = {"Content-Type": kind, "Content-Length": str(len(body)), "Content-Security-Policy": policy}
        for name, value in (HEADERS | about).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def require_own_host(headers: Message, port: int) -> None:
    """RefusalError unless the Host header names this server."""
    if headers.get("Host") not in [f"{name}:{port}" for name in NAMES]:
        raise RefusalError(HTTPStatus.MISDIRECTED_REQUEST, "not an address of this server")


def require_own_page(headers: Message, port: int) -> None:
    """RefusalError unless the request comes from our own page, by Origin and, if it is sent, Sec-Fetch-Site."""
    own = headers.get("Origin") == f"http://{headers.get('Host')}"
    if not own or headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise RefusalError(HTTPStatus.FORBIDDEN, "another site asked")


def require_token(headers: Message, token: str) -> None:
    """RefusalError unless the request has the token of this start."""
    if not secrets.compare_digest(headers.get(TOKEN_HEADER, "").encode(), token.encode()):
        raise RefusalError(HTTPStatus.FORBIDDEN, "open the address that `assay review` prints")


def texts(body: bytes) -> dict[str, str]:
    """A JSON object of texts, by name; RefusalError if it is anything else."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RefusalError(HTTPStatus.BAD_REQUEST, "not JSON") from error
    if not isinstance(content, dict) or not all(isinstance(value, str) for value in content.values()):
        raise RefusalError(HTTPStatus.BAD_REQUEST, "not an object of texts")
    return content
