"""assay monitor: what it says, its page, and its exit codes."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from assay.bundle.hashes import seal
from assay.cli.commands import app
from assay.files import read_json, write_json
from assay.placing import HELD_PREFIX, LOCK
from samples import synthetic_raw

RAW = "data/raw/records.csv"


def assay_monitor(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["monitor", *map(str, arguments)])


def batch(path: Path, seed: int = 0, **changes: str) -> Path:
    synthetic_raw(420, seed).assign(**changes).to_csv(path, index=False)
    return path


def asked(key: str, before: str, value: str) -> None:
    """Set it in params.yaml."""
    params = Path("params.yaml").read_text()
    assert f"{key}: {before}" in params
    Path("params.yaml").write_text(params.replace(f"{key}: {before}", f"{key}: {value}"))


def test_without_findings_it_is_fine(line: Path, tmp_path: Path) -> None:
    asked("stale_after_days", "365", "null")
    found = assay_monitor(batch(tmp_path / "in.csv", seed=1))
    assert found.stdout.splitlines()[:2] == ["fine", "  no change was found"], found.stdout
    assert found.exit_code == 0
    page = Path("reports/monitor.html").read_text()
    assert "Arriving records" in page
    assert not re.search(r"""(src|href)=["'](https?:)?//""", page)


def test_a_column_that_is_gone_is_to_be_watched(line: Path) -> None:
    pd.read_csv(RAW, dtype="str").drop(columns=["TSH", "TSH_measured"]).to_csv("in.csv", index=False)
    found = assay_monitor("in.csv", "-o", "out/page.html", "--json")
    assert found.exit_code == 10
    told = json.loads(found.stdout)
    assert told["action"] == "watch"
    assert told["reasons"][0].startswith("there is no column TSH")
    assert ("column gone", "TSH") in {(one["kind"], one["subject"]) for one in told["findings"]}
    assert Path("out/page.html").exists()


def test_a_value_that_the_contract_does_not_list_is_named(line: Path, tmp_path: Path) -> None:
    found = assay_monitor(batch(tmp_path / "in.csv", referral_source="<b>NEW</b>"), "--json")
    assert found.exit_code == 10
    assert "referral_source_values" in json.loads(found.stdout)["reasons"][0]
    assert "<b>NEW" not in Path("reports/monitor.html").read_text()


def test_an_old_training_is_to_be_watched(line: Path) -> None:
    asked("stale_after_days", "365", "10")
    found = assay_monitor(RAW)
    assert found.exit_code == 10
    assert "days from the last day of the training" in found.stdout


def test_a_model_without_a_reference_is_refused(line: Path) -> None:
    shutil.copytree("models", "other")
    Path("other/reference.json").unlink()
    seal(Path("other"))
    found = assay_monitor(RAW, "--bundle", "other")
    assert found.exit_code == 1
    assert "says nothing of the records of its training" in found.stderr


EARLIER = {
    "no slices": (["slices"], ["no slice is looked at"]),
    "no months of the calibration": (["by_month"], ["leave out how months differ"]),
    "no calibration": (["calibration", "slices"], ["no performance is estimated", "no slice is looked at"]),
}


@pytest.mark.parametrize("case", EARLIER)
def test_a_model_of_an_earlier_version_says_what_is_not_looked_at(case: str, line: Path) -> None:
    gone, said = EARLIER[case]
    shutil.copytree("models", "other")
    stated = read_json(Path("other/reference.json"))
    for name in gone:
        stated.pop(name, None)
        stated.get("calibration", {}).pop(name, None)
    write_json(Path("other/reference.json"), stated)
    seal(Path("other"))
    found = assay_monitor(RAW, "--bundle", "other")
    (told,) = [one for one in found.stdout.splitlines() if "earlier version" in one]
    assert all(one in told for one in [*said, "dvc repro train"])
    page = Path("reports/monitor.html").read_text()
    assert "The model is of an earlier version of Assay" in page
    assert page.count("data:image/svg+xml") == (1 if case == "no calibration" else 3)  # that of alerts
    assert "earlier version" not in assay_monitor(RAW).stdout


@pytest.mark.parametrize("change", [{"features": {}}, {"scores": []}, {"features": {"age": {"kind": "x"}}}])
def test_another_reference_is_refused(line: Path, change: dict[str, object]) -> None:
    shutil.copytree("models", "other")
    write_json(Path("other/reference.json"), read_json(Path("other/reference.json")) | change)
    seal(Path("other"))
    found = assay_monitor(RAW, "--bundle", "other")
    assert found.exit_code == 1
    assert "not what `train` writes" in found.stderr


def test_a_file_that_is_not_there(line: Path) -> None:
    found = assay_monitor("none.csv")
    assert found.exit_code == 1
    assert "there is no such file or folder\n  where: " in found.stderr
    assert "none.csv" in found.stderr


def test_a_file_of_a_log_is_named_by_its_folder(line: Path, tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").touch()
    found = assay_monitor(tmp_path / "1.jsonl")
    assert found.exit_code == 1
    assert f"name the folder: {tmp_path}" in found.stderr


def labels(path: Path, **columns: object) -> Path:
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


@pytest.mark.parametrize(("record", "value"), [("record_id", "code"), ("patient_id", "target")])
def test_labels_that_have_arrived_are_told_by_month(line: Path, tmp_path: Path, record: str, value: str) -> None:
    raw = pd.read_csv(RAW, dtype="str", keep_default_na=False)
    given = labels(tmp_path / "labels.csv", **{record: raw["patient_id"], value: raw["target"]})
    found = assay_monitor(RAW, "--labels", given, "--json")
    assert found.exit_code in (0, 10, 20), found.output
    told = json.loads(found.stdout)
    scored = {month: one["scored"] for month, one in told["months"].items() if one["scored"]}
    assert {month: one["records"] + one["ungradable"] for month, one in told["realised"]["months"].items()} == scored
    assert all(one["coverage"] == 1 for one in told["realised"]["months"].values())
    assert told["realised"]["all"]["figures"]["recall"]["value"] > 0.5
    assert {*told["estimated"]} >= {*told["months"]}
    assert told["slices"]["looked_at"] == len(told["slices"]["slices"]) > 2
    assert {one["column"] for one in told["slices"]["slices"]} <= {"sex", "age", "referral_source"}
    page = Path("reports/monitor.html").read_text()
    assert "What labels show" in page
    assert page.count("data:image/svg+xml") == 3
    assert all(f"{one['column']} {one['name']}".replace("_", " ") in page for one in told["slices"]["slices"])


def test_how_many_records_were_scored(line: Path, tmp_path: Path) -> None:
    raw = pd.read_csv(RAW, dtype="str", keep_default_na=False).iloc[:3]
    raw.assign(TSH=["high", *raw["TSH"][1:]], on_thyroxine="f").to_csv(tmp_path / "in.csv", index=False)
    told = assay_monitor(tmp_path / "in.csv", "--json")
    scored = sum(one["scored"] for one in json.loads(told.stdout)["months"].values())
    assert scored < 3
    assert f"3 records of 1 month(s), {scored} of them scored" in assay_monitor(tmp_path / "in.csv").stdout


def test_the_estimate_is_told_without_labels(line: Path) -> None:
    found = assay_monitor(RAW)
    assert "estimated before labels (99.5 % intervals)" in found.stdout
    assert "what labels show" not in found.stdout
    assert "looked at; fallen or changed: " in found.stdout
    page = Path("reports/monitor.html").read_text()
    assert "Estimated before labels" in page
    assert "What labels show" not in page


@pytest.mark.slow
def test_labels_that_are_late_are_to_be_watched(line: Path, tmp_path: Path) -> None:
    raw = pd.read_csv(RAW, dtype="str", keep_default_na=False)
    early = raw[raw["patient_id"] < "8601"]
    given = labels(tmp_path / "labels.csv", record_id=early["patient_id"], code=early["target"])
    found = assay_monitor(RAW, "--labels", given, "--json")
    told = [one for one in json.loads(found.stdout)["findings"] if one["kind"] == "labels late"]
    assert [one["month"] for one in told] == ["1985-01 to 1986-09"]
    assert found.exit_code in (10, 20)
    assert "labels late" in Path("reports/monitor.html").read_text()
    asked("labels_after_days", "90", "null")
    found = assay_monitor(RAW, "--labels", given, "--json")
    assert not [one for one in json.loads(found.stdout)["findings"] if one["kind"] == "labels late"]


WRONG = {
    "of other records": ({"record_id": ["none"], "label": [1]}, "no label is of one of"),
    "an unknown code": ({"record_id": ["840801001"], "code": ["(a+)+"]}, "is not a code of the dataset"),
    "without a label": ({"record_id": ["840801001"], "sex": ["F"]}, "labels need the column"),
    "both kinds": ({"record_id": ["a"], "code": ["-"], "label": [1]}, "labels need the column"),
    "two of a record": ({"record_id": ["a", "a"], "label": [0, 1]}, "two different labels"),
}


@pytest.mark.parametrize("case", WRONG)
def test_labels_that_are_none_are_refused(case: str, line: Path, tmp_path: Path) -> None:
    columns, said = WRONG[case]
    found = assay_monitor(RAW, "--labels", labels(tmp_path / "labels.csv", **columns))
    assert found.exit_code == 1
    assert said in found.stderr


@pytest.mark.parametrize("name", ["none.csv", "labels.txt"])
def test_a_file_of_labels_that_is_not_there(name: str, line: Path) -> None:
    found = assay_monitor(RAW, "--labels", name)
    assert found.exit_code == 1
    assert name in found.stderr


@pytest.mark.parametrize("what", ["records", "labels"])
def test_the_page_replaces_no_file_that_it_reads(what: str, line: Path, tmp_path: Path) -> None:
    files = {
        "records": batch(tmp_path / "in.csv"),
        "labels": labels(tmp_path / "labels.csv", record_id=["a"], label=[1]),
    }
    before = files[what].read_bytes()
    found = assay_monitor(files["records"], "--labels", files["labels"], "-o", files[what])
    assert (found.exit_code, f"it would replace the {what}" in found.stderr) == (1, True)
    assert files[what].read_bytes() == before


def test_what_a_killed_call_left_is_removed(line: Path) -> None:
    left = Path(f"reports/{HELD_PREFIX}killed")
    left.mkdir(parents=True)
    (left / LOCK).touch()
    (left / "monitor.html").write_text("half")
    assay_monitor(RAW)
    assert not left.exists()
    assert Path("reports/monitor.html").read_text().endswith("</html>")
