"""Clients that are slow, greedy or do not speak HTTP: they are cut, and everybody else is served."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from assay.web.limits import Limits
from assay.web.server import Server
from web_serving import ask, connected, place, serving, statuses

GET = "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n"
LAST = "GET / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n"
SLEEPY = "GET /sleepy HTTP/1.1\r\nHost: HOST\r\n\r\n"
POST = "POST /echo HTTP/1.1\r\nHost: HOST\r\n"
CLOSE = "Connection: close\r\n"
CHUNKED = f"{POST}Transfer-Encoding: chunked\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(limits=Limits(head=10_000)) as one:
        yield one


@pytest.fixture(scope="module")
def impatient() -> Iterator[Server]:
    with serving(limits=Limits(patience=0.1)) as one:
        yield one


@pytest.mark.parametrize(
    "sent",
    [
        "\x00\x01\x02\r\n\r\n",
        "\x16\x03\x01\x00\xc8\x01",  # TLS
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "HACK / HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET / HTTP/3.7\r\nHost: HOST\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : HOST\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: HOST\r\nX: a\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: HOST\r\nX: a\x00b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: HOST\r\nX: a\rY: b\r\n\r\n",
        "GET / HTTP/1.1\nHost: HOST\n\n",
        "GET /\xff HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "CONNECT example.org:443 HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n",
        # Two readings of where the body ends: a second request could hide in it.
        f"{POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{GET}",
        f"{POST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{GET}",
        f"{POST}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        f"{POST}Content-Length: 5, 5\r\n\r\nabcde",
        f"{POST}Content-Length: +5\r\n\r\nabcde",
        f"{POST}Content-Length: -1\r\n\r\n",
        f"{POST}Content-Length: \r\n\r\n",
        f"{POST}Content-Length: {'9' * 30}\r\n\r\n",
        f"{POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        f"{POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        f"{CHUNKED}\r\n-5\r\nabcde\r\n0\r\n\r\n",
        f"{CHUNKED}\r\n{'f' * 20}\r\nabcde\r\n0\r\n\r\n",
        f"{CHUNKED}\r\n5\nabcde\n0\n\n",
    ],
)
def test_what_is_not_http_is_refused_once(server: Server, sent: str) -> None:
    assert statuses(server, sent) == [400]
    assert ask(server, sent).error


@pytest.mark.parametrize(
    ("status", "sent"),
    [
        (200, f"GET / HTTP/1.1\r\nHost: HOST\r\nX: {'a' * 9_000}\r\n\r\n"),
        (431, f"GET / HTTP/1.1\r\nHost: HOST\r\nX: {'a' * 10_000}\r\n\r\n"),
        (431, f"GET /{'a' * 10_000} HTTP/1.1\r\nHost: HOST\r\n\r\n"),
        (431, "GET / HTTP/1.1\r\nHost: HOST\r\n" + "a: b\r\n" * 6_000 + "\r\n"),
    ],
)
def test_headers_have_a_limit(server: Server, status: int, sent: str) -> None:
    answer = ask(server, sent)
    assert answer.status == status
    assert status == 200 or answer.error == "headers of more than 10000 bytes"


@pytest.mark.parametrize(
    "begin",
    [
        "GET / HTTP/1.1\r\nHost: HOST\r\nX: ",
        "GET /",
        f"{CHUNKED}\r\n5;",
        f"{CHUNKED}\r\n5\r\nabcde\r\n0\r\nX: ",
    ],
)
def test_what_never_ends_is_cut(server: Server, begin: str) -> None:
    with connected(server) as connection:
        connection.sendall(begin.replace("HOST", place(server)).encode())
        with pytest.raises(ConnectionError):
            for _ in range(10_000):  # 650 MB, were it not cut
                connection.sendall(b"a" * 65_536)
    assert ask(server, GET).status == 200


def test_a_header_after_the_body_is_left_out(server: Server) -> None:
    answer = ask(server, f"{CHUNKED}\r\n5\r\nabcde\r\n0\r\nHost: example.org\r\nX-Token: guessed\r\n\r\n")
    assert answer.text == '{"bytes":5,"headers":["host","transfer-encoding"]}'


@pytest.mark.parametrize(
    ("answered", "sent"),
    [
        ([200] * 3, GET + GET + LAST),
        ([200] * 3, SLEEPY + SLEEPY + LAST),
        ([413, 200], f"{POST}Content-Length: 5000\r\n\r\n{'a' * 5000}{LAST}"),
        ([200], SLEEPY + "\x00 no HTTP"),
        ([200] * 101, SLEEPY.replace("sleepy", "") * 1000),
        ([200], f"GET / HTTP/1.1\r\nHost: HOST\r\n{CLOSE}\r\n{GET}"),
        ([200], f"GET / HTTP/1.0\r\nHost: HOST\r\n\r\n{GET}"),
        ([200], "GET / HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n"),
        ([100, 200], f"{POST}{CLOSE}Expect: 100-continue\r\nContent-Length: 1\r\n\r\na"),
    ],
)
def test_several_requests_are_answered_in_order(server: Server, answered: list[int], sent: str) -> None:
    assert statuses(server, sent) == answered


@pytest.mark.parametrize(
    ("answered", "sent"),
    [
        ([], ""),
        ([], "\r\n"),
        ([408], "GE"),
        ([408], "GET / HTTP/1.1\r\nHost: HOST\r\nX: a"),
        ([408], f"{POST}Content-Length: 5\r\n\r\nabc"),
        ([408], f"{CHUNKED}\r\n5\r\nabc"),
        ([408], f"{CHUNKED}\r\n5\r\nabcde\r\n0\r\nX"),
        ([413], f"{POST}Content-Length: 5000\r\n\r\nabc"),
        ([200, 408], GET + "GET / HT"),
        ([200, 408], SLEEPY + "GET / HT"),
        ([200, 408], f"{SLEEPY}{POST}Content-Length: 5\r\n\r\nabc"),
    ],
)
def test_what_does_not_arrive_in_time_is_cut(impatient: Server, answered: list[int], sent: str) -> None:
    assert statuses(impatient, sent) == answered


def test_a_slow_trickle_is_cut(impatient: Server) -> None:
    with connected(impatient) as connection:
        connection.sendall(f"{POST}Content-Length: 100000\r\n\r\n".replace("HOST", place(impatient)).encode())
        with pytest.raises(ConnectionError):
            for _ in range(6000):
                connection.sendall(b"a")
                time.sleep(0.01)


@pytest.mark.parametrize("path", ["/large", "/stream"])
def test_who_does_not_read_is_cut(path: str) -> None:
    with serving(limits=Limits(reading=0.1)) as server, connected(server) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {place(server)}\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 200"
        for _ in range(1000):
            time.sleep(0.01 if server.server_state.connections else 0)
        assert not server.server_state.connections
        assert ask(server, GET).status == 200


def test_200_at_once_are_served(server: Server) -> None:
    request = f"GET /sleepy HTTP/1.1\r\nHost: {place(server)}\r\nConnection: close\r\n\r\n".encode()

    async def one() -> bytes:
        reader, writer = await asyncio.open_connection(*server.listener.getsockname())
        writer.write(request)
        answer = await reader.read()
        writer.close()
        return answer[:12]

    async def all_of_them() -> list[bytes]:
        return await asyncio.gather(*(one() for _ in range(200)))

    assert asyncio.run(all_of_them()) == [b"HTTP/1.1 200"] * 200


def test_more_than_the_limit_are_turned_away_until_one_leaves() -> None:
    with serving(limits=Limits(connections=3)) as server:
        held = [connected(server) for _ in range(3)]
        for connection in held:
            connection.sendall(f"GET / HTTP/1.1\r\nHost: {place(server)}\r\n\r\n".encode())
            assert connection.recv(12) == b"HTTP/1.1 200"
        with connected(server) as connection:
            assert connection.recv(12) == b"HTTP/1.1 503"
        held.pop().close()
        while len(server.server_state.connections) > 2:
            time.sleep(0.01)
        assert ask(server, GET).status == 200
        for connection in held:
            connection.close()
