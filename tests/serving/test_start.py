"""From settings to a running service, and to its end."""

import asyncio
import json
import re
import signal
import socket
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assay.cli.commands import app
from assay.errors import AssayError
from assay.serving.log import read
from assay.serving.model import Model
from assay.serving.start import Allowed, Place, hosts, server
from model_serving import KEY, Client, Given, ask, bodies, started

SERVES = r"serves models \(lightgbm, [0-9a-f]{12}\)\n"  # all that it may say on standard error


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place(), {"127.0.0.1:8000", "localhost:8000"}),
        (Place("::1"), {"127.0.0.1:8000", "localhost:8000", "[::1]:8000"}),
        (Place("10.0.0.5"), {"127.0.0.1:8000", "localhost:8000", "10.0.0.5:8000"}),
        (
            Place("10.0.0.5", names=["s.org"]),
            {"127.0.0.1:8000", "localhost:8000", "10.0.0.5:8000", "s.org:8000", "s.org"},
        ),
        (
            Place("0.0.0.0", names=["s.org"]),
            {"127.0.0.1:8000", "localhost:8000", "0.0.0.0:8000", "s.org:8000", "s.org"},
        ),
        (Place("0.0.0.0"), None),
        (Place("::"), None),
    ],
)
def test_only_its_own_names_are_answered(place: Place, expected: Collection[str] | None) -> None:
    assert hosts(place, 8000) == expected


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("10.0.0.5", False)],
)
def test_whether_others_reach_it(host: str, local: bool) -> None:
    assert Place(host).local is local


@pytest.mark.parametrize(
    ("key", "why"),
    [("short", "fewer than 16"), ("", "fewer than 16"), ("a" * 15 + "ä", "no header"), (" " * 20, "no header")],
)
def test_a_key_that_cannot_be_one_is_refused(model: Model, key: str, why: str) -> None:
    with pytest.raises(AssayError, match=why):
        server(Given(model), Place(port=0), Allowed(), None, key)


def test_a_taken_port_an_unwritable_log_and_no_model_are_told_at_once(model: Model, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(AssayError, match="in use"):
        server(Given(model), Place(port=taken.getsockname()[1]), Allowed(), None, None)
    (tmp_path / "file").touch()
    with pytest.raises(AssayError, match="cannot be written"):
        server(Given(model), Place(port=0), Allowed(), tmp_path / "file" / "log", None)
    refused = CliRunner().invoke(app, ["serve", "--bundle", str(tmp_path / "none"), "--port", "0"])
    assert refused.exit_code == 1
    assert "to do" in refused.output


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_under_load_answers_all_that_came_in(
    small_line: Path, tmp_path: Path, good: dict[str, Any], number: signal.Signals
) -> None:
    process, port = started(small_line / "models", "--log", str(tmp_path))
    answered: list[str] = []
    broken = 0

    async def worker(part: int) -> None:
        nonlocal broken
        client = await Client.of(port)
        for count in range(1000):
            record = {**good, "patient_id": f"86011{part}{count:03}"}
            try:
                status, body = await client.predict(*bodies([record]))
            except asyncio.IncompleteReadError as error:
                broken += bool(error.partial)  # half an answer
                return
            except OSError:  # the connection was closed before this request was read
                return
            assert status == 200
            answered.append(json.loads(body)["record_id"])

    async def run() -> None:
        workers = [asyncio.create_task(worker(part)) for part in range(8)]
        while len(answered) < 50:
            await asyncio.sleep(0.01)
        process.send_signal(number)
        await asyncio.gather(*workers)

    with process:
        asyncio.run(asyncio.wait_for(run(), 120))
        out, err = process.communicate()
    assert (process.returncode, broken) == (0, 0)
    assert re.fullmatch(SERVES, err)
    logged = Counter(line["id"] for _, line in read(tmp_path))
    assert logged == Counter(answered)
    assert good["patient_id"] not in out


@pytest.mark.slow
def test_the_command_serves_with_a_key_and_a_challenger(small_line: Path, tmp_path: Path, good: dict[str, Any]) -> None:
    models = str(small_line / "models")
    process, port = started(
        small_line / "models", "--log", str(tmp_path), "--shadow", models, "--most-records", "3", ASSAY_API_KEY=KEY
    )
    with process:
        key = {"X-API-Key": KEY}
        assert ask(port, "POST", "/predict", good).status == 401
        assert ask(port, "POST", "/predict", [good] * 4, key).status == 413
        assert ask(port, "POST", "/predict", good, key).status == 200
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate()
    assert process.returncode == 0
    assert re.fullmatch(SERVES, err)
    assert KEY not in out
    ((head, line),) = read(tmp_path)
    assert line["shadow"] == line["score"]
    assert head["shadow"] == head["model"]
