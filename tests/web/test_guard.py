"""What every application behind the guards refuses and adds."""

import re
from collections.abc import Iterator
from http.client import IncompleteRead

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from assay.web.errors import FAILED
from assay.web.headers import HEADERS
from assay.web.server import Server
from web_serving import LONGEST_BODY, SECRET, ask, serving


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


POST = "POST /echo HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n\r\n"


def chunks(*lengths: int) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (length, b"a" * length) for length in lengths)


@pytest.mark.parametrize(
    ("status", "head", "body"),
    [
        (413, f"Content-Length: {LONGEST_BODY + 1}\r\n\r\n", b""),
        (413, f"Content-Length: {LONGEST_BODY + 1}\r\n\r\n", b"a" * (LONGEST_BODY + 1)),
        (413, f"Content-Length: {2**63}\r\n\r\n", b""),
        (413, "Content-Length: 20000000\r\n\r\n", b"a" * 20_000_000),
        (413, CHUNKED, chunks(LONGEST_BODY + 1)),
        (413, CHUNKED, chunks(*[1] * (LONGEST_BODY + 1))),
        (413, CHUNKED, chunks(*[65536] * 100)),
        (200, f"Content-Length: {LONGEST_BODY}\r\n\r\n", b"{" + b" " * (LONGEST_BODY - 2) + b"}"),
        (200, CHUNKED, b"".join(b"1\r\n%c\r\n" % one for one in b'{"a":"b"}') + b"0\r\n\r\n"),
    ],
)
def test_a_body_has_a_limit_whether_or_not_its_length_is_stated(
    server: Server, status: int, head: str, body: bytes
) -> None:
    answer = ask(server, POST + head, body)
    assert answer.status == status
    if status == 413:
        assert answer.error == f"more than {LONGEST_BODY} bytes"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/no", 404), ("GET", "/echo", 405), ("GET", "/echo/", 404)]
)
def test_what_is_not_there_is_refused_in_json(server: Server, method: str, path: str, status: int) -> None:
    answer = ask(server, f"{method} {path} HTTP/1.1\r\nHost: HOST\r\n\r\n")
    assert answer.status == status
    assert answer.error


def test_an_unexpected_error_tells_neither_client_nor_terminal_what_it_held(
    server: Server, capsys: pytest.CaptureFixture
) -> None:
    answer = ask(server, "GET /broken HTTP/1.1\r\nHost: HOST\r\n\r\n")
    assert (answer.status, answer.error) == (500, FAILED)
    said = capsys.readouterr().err
    assert "KeyError in " in said
    assert "broken" not in answer.text
    assert SECRET not in said


def test_half_an_answer_breaks_off(server: Server, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(IncompleteRead):
        ask(server, "GET /half-broken HTTP/1.1\r\nHost: HOST\r\n\r\n")
    said = capsys.readouterr().err
    assert "KeyError in " in said
    assert SECRET not in said


def test_for_a_local_page_the_error_may_be_told() -> None:
    with serving(said=lambda error: f"it was {error!r}", report=lambda error: None) as server:
        assert SECRET in ask(server, "GET /broken HTTP/1.1\r\nHost: HOST\r\n\r\n").error


@pytest.mark.parametrize(
    ("status", "hosts"),
    [
        (200, ["HOST"]),
        (421, []),
        (421, [""]),
        (421, ["127.0.0.1"]),
        (421, ["127.0.0.1:1"]),
        (421, ["example.org"]),
        (421, ["HOST.example.org"]),
        (421, ["user@HOST"]),
        (421, ["HOST, HOST"]),
        (421, ["HOST", "HOST"]),
        (421, ["HOST", "example.org"]),
        (421, ["example.org", "HOST"]),
    ],
)
def test_only_a_request_to_this_server_is_served(server: Server, status: int, hosts: list[str]) -> None:
    named = "".join(f"Host: {host}\r\n" for host in hosts)
    answer = ask(server, f"GET / HTTP/1.1\r\n{named}\r\n")
    assert answer.status == status


@pytest.mark.parametrize(
    "sent",
    [
        "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /no HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /broken HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
        f"{POST}Content-Length: {LONGEST_BODY + 1}\r\n\r\n",
        "no HTTP\r\n\r\n",
    ],
)
def test_every_answer_has_the_security_headers_and_names_no_software(server: Server, sent: str) -> None:
    answer = ask(server, sent)
    assert {name: answer.headers[name.lower()] for name in HEADERS} == HEADERS
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "server" not in answer.headers


def test_a_page_runs_only_scripts_with_the_nonce_of_its_answer(server: Server) -> None:
    answers = [ask(server, "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n") for _ in range(2)]
    nonces = [re.findall("nonce=([^>]+)", answer.text)[0] for answer in answers]
    assert nonces[0] != nonces[1]
    for answer, nonce in zip(answers, nonces, strict=True):
        assert f"script-src 'nonce-{nonce}'" in answer.headers["content-security-policy"]
    assert "script-src" not in ask(server, "GET /no HTTP/1.1\r\nHost: HOST\r\n\r\n").headers["content-security-policy"]


def test_an_answer_keeps_headers_of_its_own() -> None:
    async def cached(_: Request) -> PlainTextResponse:
        return PlainTextResponse("", headers={"Cache-Control": "max-age=60"})

    with serving(Starlette(routes=[Route("/", cached)])) as server:
        answer = ask(server, "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n")
    assert answer.headers["cache-control"] == "max-age=60"
    assert "content-security-policy" in answer.headers
