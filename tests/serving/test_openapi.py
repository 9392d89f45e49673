"""The interface: what it says is so, whatever schemathesis makes of it."""

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from assay.config.compose import composed
from assay.config.dataset import QUARANTINE, STOP, Column, Dataset
from assay.config.load import load
from assay.preparation.prepare import Preparer
from assay.preparation.reduced_contract import collected
from assay.preparation.request import request_contract, without_optional
from assay.serving.model import Model
from assay.serving.openapi import NEEDS_KEY, openapi
from assay.serving.paths import HEALTH, METRICS, MODEL, PAGE, PATHS, PREDICT, READY
from assay.serving.requests import Form
from assay.serving.schema import column_schema, example, record_schema
from assay.web.server import Server
from model_serving import ask, port, predict

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
]
FUZZ = settings(
    max_examples=20,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "mode", "statuses"),
    [
        (PREDICT, GenerationMode.POSITIVE, {200, 422}),
        (PREDICT, GenerationMode.NEGATIVE, {422}),
        *((path, GenerationMode.POSITIVE, {200}) for path in (MODEL, METRICS, PAGE, HEALTH, READY)),
    ],
)
def test_every_request_that_can_be_made_of_it_is_answered_as_it_says(
    service: Server, path: str, mode: GenerationMode, statuses: set[int]
) -> None:
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{port(service)}/openapi.json")
    (operation,) = [one.ok() for one in schema.get_all_operations() if one.ok().path == path]
    seen = set()

    @FUZZ
    @given(case=operation.as_strategy(generation_mode=mode))
    def fuzz(case: schemathesis.Case) -> None:
        seen.add(case.call_and_validate(checks=CHECKS).status_code)

    fuzz()
    assert statuses <= seen


def test_all_paths_are_in_it_and_the_key_where_one_is_needed(model: Model) -> None:
    without, with_key = (openapi(model, 1000, key=key) for key in (False, True))
    assert without["paths"].keys() == with_key["paths"].keys() == PATHS
    assert "securitySchemes" not in without["components"]
    for path, operations in with_key["paths"].items():
        for one in operations.values():
            assert ("security" in one) is ("401" in one["responses"]) is (path in NEEDS_KEY)
    json.dumps(with_key)


def test_its_example_gets_a_score(service: Server) -> None:
    document = ask(port(service), "GET", "/openapi.json").content
    (record,) = document["components"]["schemas"]["Record"]["examples"]
    assert predict(service, record).status == 200
    assert predict(service, [record]).status == 200


@pytest.mark.parametrize("name", ["thyroid", "covid"])
def test_the_example_of_each_contract_keeps_it(name: str, tmp_path: Path) -> None:
    policy = {"thyroid": "overt", "covid": "covid"}[name]
    (tmp_path / "params.yaml").write_text(composed([f"dataset={name}", f"labels={policy}"]))
    dataset = load(tmp_path / "params.yaml").dataset
    contract = request_contract(collected(dataset), derived=True)
    record = example(contract, dataset)
    form = Form(contract, unread=())
    assert form.faults(record) == []
    judged = Preparer(dataset, without_optional(contract)).judge(form.raw([record]))
    assert not judged.rows(STOP, QUARANTINE).any()


@pytest.mark.parametrize(
    ("column", "schema"),
    [
        (Column(type="number", range=[0, 9], unit="mg"), {"minimum": 0, "maximum": 9, "description": "in mg"}),
        (Column(type="number", range=[0, 9], otherwise="missing"), {"type": ["number", "string", "null"]}),
        (Column(type="number", nullable=True), {"type": ["number", "string", "null"]}),
        (Column(type="flag", values=["1", "0"]), {"enum": [True, False, "1", "0"]}),
        (Column(type="flag"), {"type": ["boolean", "string", "number"]}),
        (Column(type="category", values=["a", "b"], nullable=True), {"enum": ["a", "b", None]}),
        (Column(type="category", values=["a"], otherwise="missing"), {"type": ["string", "number", "boolean", "null"]}),
        (Column(type="text", pattern=r"\d+"), {"pattern": r"^(?:\d+)$"}),
        (Column(type="text", pattern=r"(?i)a\Z"), {"type": ["string", "number", "boolean"]}),
        (Column(type="date"), {"type": ["string"], "description": "a date like %Y-%m-%d"}),
        (Column(type="date", about="born", format="%d.%m.%Y"), {"description": "born, a date like %d.%m.%Y"}),
    ],
)
def test_the_schema_of_a_column(column: Column, schema: dict[str, Any]) -> None:
    found = column_schema(column)
    assert {name: found[name] for name in schema} == schema
    assert ("pattern" in found) is ("pattern" in schema)
    assert ("enum" in found) is ("enum" in schema)


def test_what_must_be_there_is_required() -> None:
    contract = Dataset(columns={"a": Column(type="number"), "b": Column(type="number", nullable=True)})
    found = record_schema(contract, contract)
    assert found["required"] == ["a"]
    assert found["additionalProperties"] is False
