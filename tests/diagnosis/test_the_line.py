"""`assay diagnose` on a line that ran."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from assay.cli.commands import app
from assay.diagnosis import reading
from assay.files import md5, read_json, write_json
from assay.lineage.statement import read as statement
from samples import forget_statements

CAUSES = {
    "weak features",
    "parameters",
    "errors in the labels",
    "errors in the data",
    "faults in features",
    "too few records",
}
FOLDER = Path(".assay/diagnosis")


def diagnose(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["diagnose", "--repeats", "1", *arguments])


def findings(*arguments: str) -> dict[str, dict[str, Any]]:
    done = diagnose("--json", *arguments)
    assert done.exit_code == 0, done.output
    return {one["cause"]: one for one in json.loads(done.output)["findings"]}


def test_every_cause_has_a_verdict_in_order_of_urgency(line: Path) -> None:
    done = diagnose("--md")
    assert done.exit_code == 0, done.output
    rows = [row.split(" | ") for row in done.output.splitlines() if row.startswith("| ")][1:]
    assert {row[0].removeprefix("| ") for row in rows} == CAUSES
    order = ["holds it back", "undecided", "not measured", "does not"]
    assert [order.index(row[1]) for row in rows] == sorted(order.index(row[1]) for row in rows)
    assert sorted(path.name for path in FOLDER.iterdir()) == ["README.md", "diagnosis.json", "gains.svg"]
    page = (FOLDER / "README.md").read_text()
    assert done.output.split("\n\nThe evidence")[0] in page
    assert "## Loss of average precision when values are permuted" in page


def test_twice_the_same_bytes(line: Path) -> None:
    diagnose()
    before = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    diagnose()
    assert {path.name: path.read_bytes() for path in FOLDER.iterdir()} == before


def test_what_the_test_fold_holds_is_not_read(line: Path) -> None:
    before = findings()
    for path in ("data/split/test.parquet", "data/predictions/test.parquet", "data/annotated/labels.parquet"):
        Path(path).unlink()
    shutil.rmtree("data/raw")
    for path in Path("reports").glob("*"):
        if path.name not in ("cleaning.json", "review.json"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert findings() == before


def test_the_labels_of_the_test_fold_do_not_change_a_figure(line: Path) -> None:
    before = findings()
    tested = pd.read_parquet("data/split/test.parquet")["record_id"]
    cleaned = pd.read_parquet("data/cleaned/records.parquet")
    assert cleaned["record_id"].isin(tested).any()
    cleaned.loc[cleaned["record_id"].isin(tested), "code"] = "F"
    cleaned.to_parquet("data/cleaned/records.parquet", index=False)
    Path("data/lineage/clean.json").unlink()
    assert findings() == before


def test_results_and_what_is_made_of_them_are_permuted_together(line: Path) -> None:
    found = {one["value"]: one for one in findings()["weak features"]["facts"]["importances"]}
    assert found["TSH"]["features"] == ["TSH", "log_TSH"]
    assert found["TSH"]["recorded"]
    assert not found["TSH / FTI"]["recorded"]
    assert "log_TSH" not in found
    assert found["TSH"]["loss"] > found["TSH / FTI"]["loss"] - 0.05


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda: shutil.rmtree("models"), "there is no model yet"),
        (lambda: Path("data/predictions/out_of_fold.parquet").unlink(), "the file is missing"),
        (lambda: touch("data/split/train.parquet"), "the file is not what split made"),
        (lambda: touch("data/split/train.parquet", forget=True), "the model was fitted on another"),
        (lambda: rescored(), "the model scores the records otherwise than in the last run"),
        (lambda: cleaned_anew(), "the records give other features now"),
    ],
    ids=["no model", "no scores out of fold", "another file", "another split", "other scores", "other records"],
)
def test_what_is_missing_or_out_of_date_is_refused(spoil: Callable[[], None], said: str, line: Path) -> None:
    spoil()
    done = diagnose()
    assert done.exit_code == 1
    assert said in done.output
    assert "to do:" in done.output
    assert not FOLDER.exists()


def touch(path: str, *, forget: bool = False) -> None:
    table = pd.read_parquet(path)
    table.assign(label=table["label"].to_numpy()[::-1]).to_parquet(path, index=False)
    if forget:
        forget_statements()


def rescored() -> None:
    path = "data/predictions/out_of_fold.parquet"
    table = pd.read_parquet(path)
    table.assign(score=table["score"] / 2).to_parquet(path, index=False)
    forget_statements()


def cleaned_anew() -> None:
    path = "data/cleaned/records.parquet"
    table = pd.read_parquet(path)
    table.assign(TSH=table["TSH"] + 1).to_parquet(path, index=False)
    forget_statements()


def test_a_queue_by_other_scores_is_not_measured_by(line: Path) -> None:
    Path("data/lineage/review.json").unlink()
    found = findings()["errors in the labels"]
    assert (found["verdict"], found["gain"]) == ("not measured", None)
    assert found["commands"] == ["dvc repro review"]


def decision(**changes: Any) -> dict[str, Any]:
    """A decision on this line: the model in use is behind another one."""
    trained = statement("train")
    assert trained
    used = {"model": trained.params["model"], "features": read_json(Path("models/bundle.json"))["config"]["features"]}
    figures = {"standard_error_of_that": 0.01}
    return {
        "chosen": "incumbent",
        "best": "other",
        "optimism_of_the_best": 0.002,
        "configuration": used,
        "files": {"data/split/train.parquet": md5(Path("data/split/train.parquet"))},
        "candidates": [
            {"name": "incumbent", **used, **figures, "behind_the_best": 0.05},
            {"name": "other", **used, "model": {"name": "other"}, **figures, "behind_the_best": 0.0},
        ],
        **changes,
    }


def decided(content: Any) -> None:
    write_json(Path("choices/thyroid-overt-models/decision.json"), content)


def test_a_decision_that_holds_is_taken(line: Path) -> None:
    decided(decision())
    found = findings()["parameters"]
    assert found["verdict"] == "holds it back"
    assert found["gain"] == {"value": 0.05, "interval": [0.0304, 0.0696], "at_most": True}
    assert "Of 2 candidates the best, other, is ahead by +0.050 [+0.030, +0.070]" in found["measured"]


def test_the_best_candidate_is_acquitted(line: Path) -> None:
    own = decision()
    best = {**own["candidates"][0], "behind_the_best": 0.0}
    decided({**own, "best": "incumbent", "candidates": [best, own["candidates"][1]]})
    assert findings()["parameters"]["verdict"] == "does not"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"files": {"data/split/train.parquet": "0" * 32}}, "was decided on other data or candidates"),
        ({"files": {"conf/choice/gone.yaml": "0" * 32}}, "was decided on other data or candidates"),
        ({"configuration": {"model": {}, "features": {}}, "candidates": []}, "does not know the model in use"),
        ({"candidates": None}, "is no decision of this release"),
        ({"files": ["a"]}, "is no decision of this release"),
        ({"optimism_of_the_best": None}, "is no decision of this release"),
        ({"chosen": "nobody"}, "is no decision of this release"),
    ],
)
def test_a_decision_that_does_not_hold_is_named(changes: dict[str, Any], why: str, line: Path) -> None:
    decided(decision(**changes))
    found, said = reading.standing()
    assert found is None
    assert said == f"choices/thyroid-overt-models/decision.json {why}."


@pytest.mark.parametrize("content", [[], "x", 3, None])
def test_a_file_that_is_no_decision_is_named(content: Any, line: Path) -> None:
    decided(content)
    assert "is no decision of this release" in reading.standing()[1]


@pytest.mark.parametrize("worth", ["-0.1", "2", "x"])
def test_a_worth_outside_its_range_is_refused(worth: str, line: Path) -> None:
    assert diagnose("--worth", worth).exit_code == 2


def test_nothing_is_worth_more_than_a_perfect_model_gains(line: Path) -> None:
    verdicts = {one["verdict"] for cause, one in findings("--worth", "1").items() if one["gain"]}
    assert verdicts <= {"does not"}


def test_rules_that_only_note_are_found_in_the_cleaned_records(line: Path) -> None:
    found = reading.subject()
    log = {one["rule"]: one["count"] for one in read_json(Path("reports/cleaning.json"))["rules"]}
    assert all(0 < mask.sum() <= log[name] for name, mask in found.noted.items())
    assert all(mask.dtype == np.bool_ and len(mask) == len(found.records.y) for mask in found.noted.values())
