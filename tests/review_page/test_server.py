"""The server: whom it answers, what it refuses, and that no decision is lost or doubled."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assay.cli.commands import app
from assay.errors import AssayError
from assay.labels.ledger import Ledger
from assay.paths import REVIEW_QUEUE
from assay.review_page.server import LONGEST_BODY, TOKEN_HEADER, Server
from assay.review_page.session import Session
from assay.tables import read_table
from decisions import CODES
from review_serving import post, request, serving, started, state

LEDGER = Path("annotations/decisions.csv")


@pytest.fixture
def server(ann: Session) -> Iterator[Server]:
    with serving(ann) as one:
        yield one


@pytest.fixture
def first(folder: Path) -> str:
    """The record on top of the queue."""
    return str(read_table(REVIEW_QUEUE)["record_id"].iloc[0])


def written(folder: Path) -> list[tuple[str, str, str]]:
    return [(one.annotator, one.record_id, one.code) for one in Ledger(folder / LEDGER, CODES).read()]


def test_a_decision_is_on_disk_when_it_is_confirmed_and_undone_by_another_line(
    server: Server, folder: Path, first: str
) -> None:
    status, after = post(server.address, "/decide", record=first, code="F|G", reason="TSH of 9,\n=FTI of 50")
    assert (status, after["done"], after["undo"]) == (200, 1, [first])
    assert after["record"]["record_id"] != first
    assert written(folder) == [("ann", first, "F|G")]
    status, after = post(server.address, "/undo", record=first)
    assert (status, after["done"], after["record"]["record_id"]) == (200, 0, first)
    assert written(folder)[1:] == [("ann", first, "withdrawn")]
    assert post(server.address, "/skip", record=first)[1]["record"]["record_id"] != first
    assert len(written(folder)) == 2


@pytest.mark.parametrize(
    ("status", "changed"),
    [
        (403, {"X_Review_Token": None}),
        (403, {"X_Review_Token": "guessed"}),
        (403, {"X_Review_Token": "gu\xe9ss"}),
        (403, {"Origin": None}),
        (403, {"Origin": "null"}),
        (403, {"Origin": "https://example.org"}),
        (403, {"Origin": "http://127.0.0.1:1"}),
        (403, {"Sec_Fetch_Site": "cross-site"}),
        (403, {"Sec_Fetch_Site": "same-site"}),
        (421, {"Host": "example.org"}),
        (421, {"Host": "127.0.0.1"}),
        (415, {"Content_Type": "text/plain"}),
        (415, {"Content_Type": "application/x-www-form-urlencoded"}),
        (415, {"Content_Type": None}),
        (400, {"Content_Length": "-1"}),
        (413, {"Content_Length": str(LONGEST_BODY + 1)}),
    ],
)
def test_what_the_page_itself_does_not_send_is_refused(
    server: Server, folder: Path, first: str, status: int, changed: dict[str, str | None]
) -> None:
    content = {"record": first, "code": "F"}
    assert request(server.address, "POST", "/decide", content, **changed)[0] == status
    assert written(folder) == []


@pytest.mark.parametrize(
    ("status", "path", "content"),
    [
        (404, "/decide", {"record": "no such", "code": "F"}),
        (404, "/decide", {"code": "F"}),
        (404, "/elsewhere", {"record": "", "code": "F"}),
        (409, "/undo", {"record": "FIRST"}),
        (422, "/decide", {"record": "FIRST", "code": "Z"}),
        (422, "/decide", {"record": "FIRST", "code": "withdrawn"}),
        (422, "/decide", {"record": "FIRST"}),
        (422, "/decide", {"record": "FIRST", "code": "F", "reason": "x" * 501}),
        (400, "/decide", {"record": ["FIRST"], "code": "F"}),
        (400, "/decide", ["FIRST"]),
        (400, "/decide", b"{"),
        (400, "/decide", b"\xff"),
        (400, "/decide", b"[" * 9_000),
    ],
)
def test_what_makes_no_sense_is_refused(
    server: Server, folder: Path, first: str, status: int, path: str, content: object
) -> None:
    asked = content if isinstance(content, bytes) else json.loads(json.dumps(content).replace("FIRST", first))
    answered, _, body = request(server.address, "POST", path, asked)
    assert answered == status
    assert json.loads(body)["error"]
    assert written(folder) == []


@pytest.mark.parametrize(("method", "status"), [("PUT", 405), ("OPTIONS", 405), ("DELETE", 405)])
def test_other_methods_are_refused(server: Server, method: str, status: int) -> None:
    assert request(server.address, method, "/decide", {})[0] == status


def test_the_page_holds_no_data_and_may_load_nothing(server: Server, first: str) -> None:
    status, headers, page = request(server.address, "GET", "/", X_Review_Token=None)
    assert status == 200
    assert first not in page
    assert server.token not in page
    assert re.findall(r"""(?:src|href)=["'](?!data:)""", page) == []
    policy = headers["content-security-policy"]
    nonce = re.findall(r'nonce="([^"]+)"', page)
    assert len(set(nonce)) == 1
    assert f"script-src 'nonce-{nonce[0]}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert request(server.address, "GET", "/")[1]["content-security-policy"] != policy
    assert request(server.address, "GET", "/", Host="example.org")[0] == 421


def test_the_data_are_for_the_holder_of_the_token(server: Server, first: str) -> None:
    assert state(server.address)["record"]["record_id"] == first
    for changed in ({"X_Review_Token": None}, {"X_Review_Token": "guessed"}):
        status, _, body = request(server.address, "GET", "/state", **changed)
        assert status == 403
        assert first not in body
    assert request(server.address, "GET", "/state", Host="example.org")[0] == 421
    assert request(server.address, "GET", "/../params.yaml")[0] == 404


def test_the_page_is_told_nothing_of_why_a_model_picked_a_record(server: Server) -> None:
    why = set()
    for _ in range(3):
        told = state(server.address)
        assert not re.search('"suspect|borderline|score|rank', json.dumps(told))
        why.add(told["record"]["why"])
        post(server.address, "/skip", record=told["record"]["record_id"])
    assert len(why) == 2  # a suspect and a borderline case read alike; a second opinion is asked for as one


def test_it_listens_on_loopback_only(server: Server) -> None:
    assert server.listener.getsockname()[0] == "127.0.0.1"
    with pytest.raises(AssayError, match="in use"):
        Server(server.session, server.port)


def test_a_client_that_says_nothing_keeps_nobody_else_waiting(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port)):
        assert state(server.address)["done"] == 0


@pytest.mark.parametrize("name", ["Ann", "", "a b", "../ann"])
def test_a_name_that_is_none_is_refused_before_anything_starts(folder: Path, name: str) -> None:
    refused = CliRunner().invoke(app, ["review", "--annotator", name, "--no-browser"])
    assert refused.exit_code == 1
    assert "--annotator" in refused.output
    assert "to do" in refused.output


def test_without_a_queue_the_next_command_is_named(folder: Path) -> None:
    REVIEW_QUEUE.unlink()
    refused = CliRunner().invoke(app, ["review", "--annotator", "ann", "--no-browser"])
    assert refused.exit_code == 1
    assert "dvc repro" in refused.output


class Reviewer(threading.Thread):
    """Decides on `records`, again and again if the server is gone, until each is confirmed."""

    def __init__(self, folder: Path, name: str, records: list[str]) -> None:
        super().__init__()
        self.folder, self.annotator, self.records, self.confirmed = folder, name, records, 0
        self.process, self.address = started(folder, name)

    def run(self) -> None:
        for record in self.records:
            while not self._decided(record):
                time.sleep(0.05)
            self.confirmed += 1

    def _decided(self, record: str) -> bool:
        try:
            status, _ = post(self.address, "/decide", record=record, code="F")
        except (OSError, HTTPException):  # killed before, or in the midst of its answer
            return False
        assert status == 200
        return True

    def kill_and_restart(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process, self.address = started(self.folder, self.annotator)


@pytest.mark.slow
def test_two_reviewers_and_a_kill_lose_and_double_nothing(folder: Path) -> None:
    records = read_table(REVIEW_QUEUE)["record_id"].tolist()[:100]
    ann, ben = (Reviewer(folder, name, records) for name in ("ann", "ben"))
    ann.start()
    ben.start()
    while ann.confirmed < 30:
        time.sleep(0.01)
    ann.kill_and_restart()
    for one in (ann, ben):
        one.join()
        one.process.kill()
        one.process.communicate()
    assert Counter(written(folder)) == Counter((name, record, "F") for record in records for name in ("ann", "ben"))


def test_what_the_disk_does_is_told_on_the_page(server: Server, folder: Path, first: str) -> None:
    guideline = folder / "annotations/guideline.md"
    guideline.unlink()
    guideline.mkdir()
    status, body = post(server.address, "/decide", record=first, code="F")
    assert status == 500
    assert "there is a folder where a file belongs" in body["error"]
    assert str(guideline.relative_to(folder)) in body["error"]
    assert written(folder) == []


def test_a_browser_that_went_away_is_no_fault(
    server: Server, folder: Path, first: str, capsys: pytest.CaptureFixture
) -> None:
    place = server.address.removeprefix("http://").partition("/")[0]
    body = json.dumps({"record": first, "code": "F"})
    head = f"POST /decide HTTP/1.1\r\nHost: {place}\r\nOrigin: http://{place}\r\n{TOKEN_HEADER}: {server.token}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    for sent in (head + body[:9], head + body):
        with socket.create_connection(("127.0.0.1", server.port)) as browser:
            browser.sendall(sent.encode())
    while state(server.address)["done"] == 0:
        time.sleep(0.01)
    assert written(folder) == [("ann", first, "F")]
    assert capsys.readouterr().err == ""


def test_what_went_wrong_unexpectedly_is_told_on_the_page(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def broken() -> None:
        raise TypeError("of this and that")

    monkeypatch.setattr(server.session, "state", broken)
    status, _, body = request(server.address, "GET", "/state")
    assert status == 500
    assert "TypeError: of this and that" in json.loads(body)["error"]
    assert "TypeError in" in capsys.readouterr().err


def test_nothing_documents_the_routes(server: Server) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert request(server.address, "GET", path)[0] == 404


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_it_says_what_comes_next(folder: Path, first: str, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "assay.cli", "review", "--annotator", "ann", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert state(process.stdout.readline().strip())["record"]["record_id"] == first
        process.send_signal(number)
        out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert "dvc repro" in out
