"""The routes: one record or many, limits, the key, and that nothing of a record leaves but in its answer."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from assay.serving import predict as predicting
from assay.serving.log import read
from assay.serving.model import Model
from assay.web.server import Server
from model_serving import KEY, Client, Given, ask, bodies, port, predict, serving

SECRET = "Jane-Planted-Value"
ILL = {"TSH": 60, "FTI": 20}


def test_one_record_gets_its_score_and_the_model_that_gave_it(
    service: Server, model: Model, good: dict[str, Any]
) -> None:
    answer = predict(service, {**good, **ILL})
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    content = answer.content
    assert (content["alert"], content["record_id"]) == (True, good["patient_id"])
    assert content["threshold"] == model.bundle.threshold
    assert content["model"] == {"version": "small", "hash": model.bundle.hash, "data": model.bundle.data}
    assert content["reasons"]
    assert predict(service, {**good, **ILL}, "?reasons=none").content["reasons"] == []
    assert predict(service, good, "?reasons=all").content["reasons"]


def test_a_list_gets_an_answer_for_each_record_in_order(service: Server, good: dict[str, Any]) -> None:
    records = [good, {"TSH": 1}, {**good, "on_thyroxine": True}, {**good, **ILL}]
    content = predict(service, records).content
    assert content.keys() == {"predictions", "threshold", "model"}
    kinds = [one["not_scored"] and one["not_scored"]["kind"] for one in content["predictions"]]
    assert kinds == [None, "contract", "outside the population", None]
    for record, answer in zip(records, content["predictions"], strict=True):
        alone = predict(service, record).content
        assert alone.get("score") == answer["score"]


def test_a_list_of_several_parts_is_whole(
    service: Server, good: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predicting, "PART", 3)
    records = [{**good, "patient_id": f"860101{number:03}"} for number in range(10)]
    answers = predict(service, records).content["predictions"]
    assert [one["record_id"] for one in answers] == [one["patient_id"] for one in records]


def test_who_is_outside_the_population_gets_the_reason_and_no_score(service: Server, good: dict[str, Any]) -> None:
    answer = predict(service, {**good, "on_thyroxine": True})
    assert answer.status == 200
    assert answer.content["score"] is None
    assert "treated" in answer.content["not_scored"]["why"]


@pytest.mark.parametrize(
    ("status", "content", "query", "headers"),
    [
        (422, {}, "", {}),
        (422, [], "", {}),
        (422, [1], "", {}),
        (422, [{}, []], "", {}),
        (422, 3, "", {}),
        (422, None, "?reasons=some", {}),
        (422, {"TSH": SECRET}, "", {}),
        (400, b"", "", {}),
        (400, b'{"a": NaN}', "", {}),
        (400, b'{"a": 1, "a": 2}', "", {}),
        (400, b"\xff", "", {}),
        (400, b"[" * 50_000, "", {}),
        (413, [{}] * 1001, "", {}),
        (413, b" " * (4 << 20) + b" ", "", {}),
        (415, {}, "", {"Content_Type": "text/plain"}),
        (415, {}, "", {"Content_Type": None}),
        (415, {}, "", {"Content_Type": "application/x-www-form-urlencoded"}),
        (421, {}, "", {"Host": "example.org"}),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_request_is_refused(
    service: Server, status: int, content: Any, query: str, headers: dict[str, str | None]
) -> None:
    answer = predict(service, b"{}" if content is None else content, query, **headers)
    assert answer.status == status
    assert answer.content["error"]


def test_a_violation_names_rule_and_field(service: Server, model: Model, good: dict[str, Any]) -> None:
    content = predict(service, {**good, "TSH": "much", "sex": "X"}).content
    assert {(one["rule"], *one["fields"]) for one in content["violations"]} == {
        ("TSH_type", "TSH"),
        ("sex_values", "sex"),
    }
    assert content["model"]["hash"] == model.bundle.hash


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/predict", 405), ("PUT", "/predict", 405), ("POST", "/health", 405), ("GET", "/no", 404)]
    + [("GET", path, 404) for path in ("/docs", "/predict/", "/../models", "/%2e%2e/models", "//health")],
)
def test_other_routes_are_none(service: Server, method: str, path: str, status: int) -> None:
    assert ask(port(service), method, path).status == status


def test_the_model_tells_what_it_is(service: Server, model: Model) -> None:
    about = ask(port(service), "GET", "/model").content
    assert about["hash"] == model.bundle.hash
    assert about["threshold"]["value"] == model.bundle.threshold
    assert about["card"] == "# A card"
    assert about["population"]
    assert about["features"] == list(model.bundle.columns)


def test_the_page_may_run_only_its_own_scripts(service: Server) -> None:
    answer = ask(port(service), "GET", "/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "NONCE" not in answer.text
    assert "http://" not in answer.text.replace("http://www.w3.org/", "")
    assert "https://" not in answer.text
    assert ask(port(service), "GET", "/").headers["content-security-policy"] != policy


def test_with_a_key_records_and_figures_are_for_its_holder(model: Model, good: dict[str, Any]) -> None:
    with serving(Given(model), key=KEY) as server:
        for wrong in (None, "", "guessed", KEY[:-1], KEY + "x", "gu\xe9ss", KEY.upper()):
            header = {"X-API-Key": wrong}
            for method, path in (("POST", "/predict"), ("GET", "/model"), ("GET", "/metrics")):
                assert ask(port(server), method, path, good, header).status == 401
        right = {"X-API-Key": KEY}
        assert ask(port(server), "POST", "/predict", good, right).status == 200
        assert ask(port(server), "GET", "/model", headers=right).status == 200
        assert ask(port(server), "GET", "/metrics", headers=right).status == 200
        for path in ("/", "/health", "/ready", "/openapi.json"):
            assert ask(port(server), "GET", path).status == 200
        for path in ("/", "/openapi.json", "/ready"):
            assert KEY not in ask(port(server), "GET", path).text


def test_who_has_no_key_is_refused_before_a_body_is_read(model: Model) -> None:
    with serving(Given(model), key=KEY) as server:
        assert ask(port(server), "POST", "/predict", b"{").status == 401


def test_limits_can_be_set(model: Model, good: dict[str, Any]) -> None:
    with serving(Given(model), records=2, body=2000) as server:
        assert predict(server, [good, good]).status == 200
        assert predict(server, [good] * 3).status == 413
        assert predict(server, b" " * 2001).status == 413
        document = ask(port(server), "GET", "/openapi.json").content
        many = document["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]["schema"]["oneOf"][1]
        assert many["maxItems"] == 2


def test_more_connections_than_allowed_are_turned_away(model: Model) -> None:
    async def two() -> tuple[int, int]:
        first = await Client.of(port(server))
        held = (await first.predict(b"{}"))[0]
        second = await Client.of(port(server))
        refused = int((await second.reader.readuntil(b"\r\n\r\n"))[9:12])
        first.close()
        second.close()
        return held, refused

    with serving(Given(model), connections=1) as server:
        assert asyncio.run(two()) == (422, 503)


def test_of_many_large_bodies_some_are_turned_away(
    model: Model, good: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predicting, "LARGE", 10_000)
    monkeypatch.setattr(predicting, "LARGE_AT_ONCE", 2)
    large = json.dumps([good] * 30).encode()

    async def send() -> tuple[list[int], int, int]:
        slow = [await Client.of(port(server)) for _ in range(2)]
        for one in slow:  # they announce a large body, and do not send it
            head = f"POST /predict HTTP/1.1\r\nHost: 127.0.0.1:{one.port}\r\nContent-Type: application/json\r\n"
            one.writer.write(f"{head}Content-Length: {len(large)}\r\n\r\n".encode())
        client = await Client.of(port(server))
        while (refused := (await client.predict(large))[0]) == 200:
            await asyncio.sleep(0.01)
        single = (await client.predict(json.dumps(good).encode()))[0]
        for one in slow:
            one.writer.write(large)
        statuses = [int((await one.reader.readuntil(b"\r\n\r\n"))[9:12]) for one in slow]
        for one in (*slow, client):
            one.close()
        return statuses, refused, single

    with serving(Given(model)) as server:
        assert asyncio.run(send()) == ([200, 200], 503, 200)
        assert predict(server, large).status == 200


def test_many_at_once_get_what_each_alone_gets(service: Server, raw: Any) -> None:
    sent = bodies(raw.to_dict("records")[:60])

    async def worker(mine: list[int], found: dict[int, bytes]) -> None:
        client = await Client.of(port(service))
        for number in mine:
            found[number] = (await client.predict(sent[number]))[1]
        client.close()

    async def all_at(connections: int) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        numbers = range(len(sent))
        await asyncio.gather(*(worker(list(numbers[one::connections]), found) for one in range(connections)))
        return found

    assert asyncio.run(all_at(20)) == asyncio.run(all_at(1))


def test_a_fault_of_the_program_is_500_for_one_and_tells_nothing(
    model: Model, good: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture, tmp_path: Path
) -> None:
    score = model.scorer.score

    def broken(columns: Any) -> Any:
        if (columns["TSH"] == 77).any():
            raise KeyError(SECRET)
        return score(columns)

    monkeypatch.setattr(model.scorer, "score", broken)
    with serving(Given(model), tmp_path) as server:

        async def at_once() -> list[int]:
            clients = [await Client.of(port(server)) for _ in range(6)]
            sent = bodies([{**good, "TSH": 77 if number == 3 else 2} for number in range(6)])
            answers = await asyncio.gather(*(one.predict(body) for one, body in zip(clients, sent, strict=True)))
            for one in clients:
                one.close()
            assert SECRET.encode() not in b"".join(body for _, body in answers)
            return [status for status, _ in answers]

        assert asyncio.run(at_once()) == [200, 200, 200, 500, 200, 200]
    assert len(list(read(tmp_path))) == 5
    said = "".join(capfd.readouterr())
    assert "KeyError in " in said
    assert SECRET not in said


@pytest.mark.parametrize("faulty", [False, True])
def test_no_value_of_a_record_reaches_the_terminal(
    model: Model,
    good: dict[str, Any],
    faulty: bool,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture,
    tmp_path: Path,
) -> None:
    with serving(Given(model), tmp_path) as server:
        if faulty:
            monkeypatch.setattr(model.scorer, "features", lambda *_: 1 / 0)
        for content in (
            {**good, "TSH": SECRET},
            {**good, SECRET: 1},
            {**good, "target": SECRET},
            [good, {**good, "sex": SECRET}],
            SECRET.encode(),
            {"a": {SECRET: [SECRET]}},
        ):
            predict(server, content)
            predict(server, content, f"?reasons={SECRET}")
            ask(port(server), "POST", f"/{SECRET}", content, {"X-API-Key": SECRET})
            ask(port(server), SECRET, "/predict", content, {SECRET: SECRET})
    said = "".join(capfd.readouterr())
    assert SECRET not in said
    assert SECRET not in "".join(path.read_text() for path in tmp_path.iterdir())
    assert ("a request failed" in said) is faulty
