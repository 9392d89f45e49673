"""`assay retrain` where columns are made of another table: the batch brings new rows of it; then promote compares."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline_copy import CHEAP, Copy, copy_of_the_tree, edit

pytestmark = pytest.mark.slow
OLD, NEW = 500, 200
TABLES = """tables:
  labs: {{source: {{uri: labs.csv, sha256: '{sha256}', licence: none, citation: none}}, key: id, time: day}}
made:
  tsh: {{table: labs, take: last, value: value, within: 30}}

columns:
  tsh: {{type: number, nullable: true}}
"""


def records(first: int, count: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Records, and two values of each: that from before its time says something of the outcome, the later is no use."""
    generator = np.random.default_rng(first)
    ids = [f"p{number:04}" for number in range(first, first + count)]
    ill = generator.random(count) < 0.3
    age = generator.integers(20, 90, count)
    known = pd.DataFrame({"id": ids, "day": -3, "value": np.where(ill, 5, 3) + generator.normal(0, 2, count).round(2)})
    whole = pd.DataFrame({"id": ids, "age": age, "outcome": np.where(ill, "sick", "well")})
    return whole, pd.concat([known.assign(day=4, value=99), known])


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A line on records with a table of laboratory values, run and committed."""
    copy = copy_of_the_tree(tmp_path_factory.mktemp("tables") / "copy")
    for key, value in (("user.name", "Ann"), ("user.email", "ann@example.org")):
        copy.run("git", "config", key, value)
    whole, labs = records(0, OLD)
    whole.to_csv(copy.path / "ward.csv", index=False)
    labs.to_csv(copy.path / "labs.csv", index=False)
    copy.run("assay", "init-dataset", "ward.csv", "--target", "outcome")
    copy.run("dvc", "add", "--quiet", "labs.csv")
    sha256 = hashlib.sha256((copy.path / "labs.csv").read_bytes()).hexdigest()
    edit(copy, "conf/dataset/ward.yaml", "columns:\n", TABLES.format(sha256=sha256))
    for change in [*CHEAP, ("conf/config.yaml", "- dataset: thyroid", "- dataset: ward")]:
        edit(copy, *change)
    copy.run("assay", "params")
    copy.repro()
    copy.commit("Take the ward")
    return copy


def test_a_batch_brings_its_rows_of_the_table(copy: Copy, tmp_path: Path) -> None:
    whole, labs = records(OLD, NEW)
    whole.to_csv(tmp_path / "new.csv", index=False)
    labs.to_csv(tmp_path / "labs.csv", index=False)
    given = ("--data", str(tmp_path / "new.csv"))
    refused = copy.run("assay", "retrain", *given, fails=True).stderr
    assert "a batch has no rows of other tables: labs" in refused
    assert "--table labs=FILE" in refused

    pd.concat([records(0, OLD)[1], labs]).to_csv(tmp_path / "all.csv", index=False)
    refused = copy.run("assay", "retrain", *given, "--table", f"labs={tmp_path / 'all.csv'}", fails=True).stderr
    assert f"the file has all {2 * OLD} rows that are there already, and they would count twice" in refused

    given = (*given, "--table", f"labs={tmp_path / 'labs.csv'}", "--json")
    process = copy.start("assay", "retrain", *given)
    out, err = process.communicate()
    assert process.returncode in (0, 3), err
    found = json.loads(out)
    assert (found["state"], found["batch"]["tables"]["labs"]["rows"]) == ("made", 2 * NEW)
    copy.run("dvc", "exp", "apply", found["experiment"])
    copy.commit("New records")

    counts = json.loads((copy.path / "reports/cleaning.json").read_text())["tables"]["labs"]
    rows = 2 * (OLD + NEW)
    assert counts == {"rows": rows, "of_records": rows, "before": OLD + NEW, "no_time": 0, "repeated": 0}
    cleaned = pd.read_parquet(copy.path / "data/cleaned/records.parquet").set_index("record_id")["tsh"]
    expected = pd.concat([records(0, OLD)[1], labs]).query("day == -3").set_index("id")["value"]
    assert cleaned.sort_index().tolist() == pytest.approx(expected.sort_index().tolist())
    card = (copy.path / "reports/data_card.md").read_text()
    assert "last value of labs, at most 30 before the record" in card
    assert json.loads(copy.run("assay", "retrain", *given).stdout)["state"] == "part of it"
    assert copy.git_status() == ""
