"""What Prometheus reads."""

from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from assay.serving.model import Model
from assay.web.server import Server
from model_serving import KEY, Given, ask, port, predict, serving

ILL = {"TSH": 60, "FTI": 20}


def figures(server: Server, headers: dict[str, str | None] | None = None) -> dict[tuple[str, ...], float]:
    """Each figure by its name and the values of its labels, in the order of their names."""
    families = text_string_to_metric_families(ask(port(server), "GET", "/metrics", headers=headers).text)
    samples = [one for family in families for one in family.samples]
    return {(one.name, *(one.labels[label] for label in sorted(one.labels))): one.value for one in samples}


def test_records_are_counted_by_what_became_of_them(model: Model, good: dict[str, Any]) -> None:
    with serving(Given(model)) as server:
        predict(server, good)
        predict(server, [good, {**good, **ILL}, {**good, "on_thyroxine": True}, {**good, "target": "R"}, {}])
        found = figures(server)
    outcomes = {"no_alert": 2, "alert": 1, "outside_population": 1, "ungradable": 1, "broken_contract": 1}
    assert {name: found["assay_records_total", name] for name in outcomes} == outcomes
    assert found["assay_score_count",] == 3
    assert found["assay_batch_seconds_count",] == 2
    assert found["assay_predict_seconds_count",] == 2
    assert found["assay_model", model.bundle.hash, "model", "small"] == 1


def test_every_request_is_counted_whoever_answers_it(model: Model, good: dict[str, Any]) -> None:
    with serving(Given(model), key=KEY, body=2000) as server:
        key: dict[str, str | None] = {"X-API-Key": KEY}
        ask(port(server), "POST", "/predict", good, key)
        ask(port(server), "POST", "/predict", {}, key)
        ask(port(server), "POST", "/predict", b"{", key)
        ask(port(server), "POST", "/predict", b" " * 2001, key)
        ask(port(server), "POST", "/predict", good, key | {"Content-Type": "text/plain"})
        ask(port(server), "POST", "/predict", good, key | {"Host": "example.org"})
        ask(port(server), "POST", "/predict", good)
        ask(port(server), "GET", "/predict", headers=key)
        ask(port(server), "GET", "/Jane", headers=key)
        ask(port(server), "GET", "/Jane?TSH=5", headers=key)
        found = figures(server, key)
    statuses = ("200", "422", "400", "413", "415", "421", "401", "405")
    assert {one: found["assay_requests_total", "/predict", one] for one in statuses} == dict.fromkeys(statuses, 1)
    assert found["assay_requests_total", "other", "404"] == 2
    assert not [one for one in found if "Jane" in str(one)]


def test_a_fault_is_counted_too(model: Model, good: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Given(model)) as server:
        monkeypatch.setattr(model.scorer, "features", lambda *_: 1 / 0)
        assert predict(server, good).status == 500
        assert figures(server)["assay_requests_total", "/predict", "500"] == 1
