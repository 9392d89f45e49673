"""What the stages made belongs to the model and the parameters of now, or it is said why not."""

import json
from pathlib import Path
from typing import Any

import pytest

from assay.config.load import plain
from assay.lineage import statement
from assay.lineage.results import Results, unproven

STOPPED = "the audit did not pass, or did not run"


def params(**changed: Any) -> dict[str, Any]:
    return {**plain(), **changed}


def test_the_results_of_one_run_belong_together(line: Path) -> None:
    results = Results(params())
    assert {stage: results.fault(stage) for stage in results.known.graph.nodes} == dict.fromkeys(
        results.known.graph.nodes, ""
    )
    assert unproven() == ""


def test_a_stage_that_an_error_stopped_has_no_results_nor_has_any_after_it(line: Path) -> None:
    statement.location("audit").unlink()  # as DVC does before it runs the stage; the former report stays
    results = Results(params())
    assert {stage: results.fault(stage) for stage in ("train", "audit", "evaluate", "cards", "review")} == {
        "train": "",
        "audit": STOPPED,
        "evaluate": STOPPED,
        "cards": STOPPED,
        "review": "",
    }
    assert unproven() == STOPPED


@pytest.mark.parametrize(
    ("key", "value", "faults"),
    [
        ("split", {"by": "random"}, {"train", "audit", "evaluate", "cards", "review"}),
        ("criteria", {"min_recall": 0.1}, {"train", "audit", "evaluate", "cards", "review"}),
        ("evaluation", {"confidence": 0.5}, {"evaluate", "cards"}),
        ("review", {"most": 1}, {"review"}),
    ],
)
def test_other_params_are_told_from_the_first_stage_that_used_them(
    line: Path, key: str, value: Any, faults: set[str]
) -> None:
    results = Results(params(**{key: value}))
    found = {stage: results.fault(stage) for stage in ("train", "audit", "evaluate", "cards", "review")}
    assert {stage for stage, one in found.items() if one} == faults
    assert all("ran with" in one and "params.yaml says" in one for one in found.values() if one)


def test_results_of_another_model_are_told(line: Path) -> None:
    stated = statement.read("train")
    assert stated is not None
    stated.outs["models/bundle.json"] = "0" * 32
    statement.write(stated)
    assert Results().fault("evaluate") == "evaluate ran with another models"
    assert unproven() == "evaluate ran with another models"


def test_a_model_alone_is_not_proven(line: Path) -> None:
    for stage in ("clean", "train", "audit", "evaluate"):  # as after: dvc pull models
        statement.location(stage).unlink()
    assert unproven() == "no statement of clean is here"


def test_a_line_without_such_a_stage_proves_nothing(line: Path) -> None:
    Path("dvc.yaml").unlink()
    Path("dvc.yaml").write_text("stages: {train: {cmd: x, outs: [models]}}")
    assert unproven() == "dvc.yaml has no stage evaluate"


def test_a_model_from_elsewhere_is_not_proven(line: Path) -> None:
    path = Path("models/reference.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "other": 1}))
    assert unproven() == "models/ is not what train made here"
