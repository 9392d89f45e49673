"""Servers for tests, and a client that is no browser."""

import http.client
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assay.review_page.server import TOKEN_HEADER, Server
from assay.review_page.session import Session
from pipeline_copy import Copy
from web_serving import running

HOSTILE = "<img src=x onerror=alert(1)>"  # a value of a record


@contextmanager
def serving(session: Session) -> Iterator[Server]:
    """A server in a thread of this process."""
    with Server(session) as server, running(server):
        yield server


def started(folder: Path, annotator: str) -> tuple[subprocess.Popen, str]:
    """`assay review` in a process of its own, and the address that it prints."""
    process = Copy(folder).start("assay", "review", "--annotator", annotator, "--no-browser")
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def request(
    address: str, method: str, path: str, content: Any = None, **changed: str | None
) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of the answer to what the page would ask; `changed` headers, None to leave one out.

    Names of headers in the answer are in lower case.
    """
    place, _, token = address.removeprefix("http://").partition("/#")
    headers = {TOKEN_HEADER: token, "Origin": f"http://{place}", "Content-Type": "application/json"}
    sent = {name: value for name, value in {**headers, **{_name(k): v for k, v in changed.items()}}.items() if value}
    connection = http.client.HTTPConnection(place, timeout=60)
    try:
        body = content if isinstance(content, bytes) or content is None else json.dumps(content).encode()
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
    finally:
        connection.close()


def post(address: str, path: str, **content: str) -> tuple[int, dict[str, Any]]:
    """Status and JSON of the answer to an action of the page."""
    status, _, body = request(address, "POST", path, content)
    return status, json.loads(body)


def state(address: str) -> dict[str, Any]:
    """What the page is told."""
    return json.loads(request(address, "GET", "/state")[2])


def _name(keyword: str) -> str:
    return keyword.replace("_", "-")
