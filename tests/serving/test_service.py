"""A challenger in the shadow of the model: its scores are logged, and it can harm no answer."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assay.bundle.loading import Bundle
from assay.config.dataset import Column
from assay.errors import AssayError
from assay.scoring.reason_choice import Reasons
from assay.serving.log import PredictionLog, read
from assay.serving.model import Model, ScoreRequest
from assay.serving.service import Service
from assay.serving.start import Allowed, Place, server
from model_serving import Given


class Halved(Model):
    """Gives half the score."""

    def __init__(self, bundle: Bundle) -> None:
        super().__init__(bundle, "challenger")
        score = self.scorer.score
        self.scorer.score = lambda columns: score(columns) / 2


def asked(*records: dict[str, Any]) -> list[ScoreRequest]:
    return [ScoreRequest(one, Reasons.ALERTS) for one in records]


@pytest.fixture
def records(good: dict[str, Any]) -> list[ScoreRequest]:
    return asked(good, {**good, "sick": "x"}, {**good, "TSH": 60, "FTI": 20}, {**good, "on_thyroxine": True})


def test_the_challenger_is_logged_and_answers_are_the_models(
    model: Model, records: list[ScoreRequest], tmp_path: Path
) -> None:
    alone = Service(model)
    both = Service(model, PredictionLog(tmp_path), Halved(model.bundle))
    assert both(records) == alone(records)
    lines = list(read(tmp_path))
    assert all(head["shadow"]["version"] == "challenger" for head, _ in lines)
    assert [line.get("shadow") for _, line in lines] == [
        lines[0][1]["score"] / 2,
        None,
        lines[2][1]["score"] / 2,
        None,
    ]
    text = both.metrics.text().decode()
    assert "assay_shadow_difference_count 2.0" in text
    assert f'assay_model{{hash="{model.bundle.hash}",role="challenger",version="challenger"}} 1.0' in text


def test_a_challenger_that_fails_is_counted_told_of_once_and_harms_nobody(
    model: Model, records: list[ScoreRequest], tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    def broken(columns: Any) -> Any:
        raise KeyError("a value of a record")

    challenger = Halved(model.bundle)
    challenger.scorer.score = broken
    service = Service(model, PredictionLog(tmp_path), challenger)
    for _ in range(3):
        assert service(records) == Service(model)(records)
    assert "assay_failed_shadows_total 3.0" in service.metrics.text().decode()
    assert len(list(read(tmp_path))) == 12
    said = capfd.readouterr().err
    assert said.count("the challenger failed") == 1
    assert "a value" not in said


@pytest.fixture
def wider(model: Model) -> Model:
    """One that knows a column more."""
    whole = model.bundle.dataset
    columns = {**whole.columns, "ward": Column("category", "check", values=["A"])}
    return Model(replace(model.bundle, dataset=replace(whole, columns=columns)), "wider")


def test_a_challenger_that_could_score_no_record_of_the_model_is_refused(
    model: Model, wider: Model, capfd: pytest.CaptureFixture
) -> None:
    with pytest.raises(AssayError, match="the challenger takes other records than the model: column ward"):
        server(Given(wider), Place(port=0), Allowed(), None, None, Given(model))
    assert (wider.strange(model), model.strange(model)) == ([], [])
    service = Service(model, None, model)
    service.swap(wider)
    assert "other records than the new model, and scores none: column ward" in capfd.readouterr().err


def test_after_a_swap_the_other_model_answers_and_is_named(model: Model, records: list[ScoreRequest]) -> None:
    service, other = Service(model), Halved(model.bundle)
    before = service(records)
    service.swap(other)
    after = service(records)
    assert {one.name["version"] for one, _ in after} == {"challenger"}
    assert after[0][1]["score"] == before[0][1]["score"] / 2
    assert 'role="model",version="challenger"' in service.metrics.text().decode()


def test_without_a_log_nothing_is_written(model: Model, records: list[ScoreRequest], here: Path) -> None:
    files = list(here.rglob("*"))
    Service(model)(records)
    assert list(here.rglob("*")) == files
