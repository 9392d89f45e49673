"""Label decisions on the real line: what runs again, and what a reader of the change is shown."""

import json
import re

import pandas as pd
import pytest

from assay.labels.ledger import Ledger
from assay.paths import ANNOTATIONS
from decisions import CODES, decision
from pipeline_copy import Copy
from samples import ROOT


def first(labels: pd.DataFrame, code: str, count: int) -> list[str]:
    """Used records of the test period with a code."""
    found = labels[(labels["code"] == code) & (labels["excluded"] == "") & (labels["record_id"] > "860701")]
    return found["record_id"].tolist()[:count]


@pytest.mark.slow
def test_decisions_run_annotate_and_below_and_are_shown_by_class(cheap: Copy) -> None:
    labels = pd.read_parquet(cheap.path / "data/annotated/labels.parquet")
    (healthy, disputed, confirmed), (ill,) = first(labels, "-", 3), first(labels, "F", 1)
    cheap.run("git", "checkout", "--quiet", "-b", "decisions")
    said = [(healthy, "F", "ann"), (healthy, "F", "ben"), (disputed, "F", "ann"), (disputed, "-", "ben")]
    ledger = Ledger(cheap.path / ANNOTATIONS / "decisions.csv", CODES)
    for record, code, who in [*said, (confirmed, "-", "ann"), (ill, "R", "ann")]:
        ledger.append(decision(code, who, record_id=record))
    # The records are of the test fold, which neither `profile` nor `train` looks at.
    assert cheap.repro("evaluate") == ["annotate", "split", "featurize", "audit", "evaluate"]
    cheap.commit("Decide on four records")

    compared = json.loads(cheap.run("assay", "compare", "main", "HEAD", "--json", "--resamples", "100").stdout)
    assert compared["labels"] == {"negative to positive": 1, "positive to ungradable": 1}
    assert compared["relabelled"] == 1

    shown = json.loads(cheap.run("assay", "labels", "diff", "main", "HEAD", "--json").stdout)
    rows = {row.pop("record_id"): list(row.values()) for row in shown["labels"]}
    assert rows == {
        healthy: ["-", "F", "negative", "positive", "agreed", "ann ben"],
        ill: ["F", "R", "positive", "ungradable", "single", "ann"],
    }
    assert shown["flips"] == compared["labels"]
    assert shown["disputed"] == [disputed]

    log = json.loads((cheap.path / "reports/annotation.json").read_text())
    assert log["decided_by"] == {"source": 3053, "single": 2, "agreed": 1, "adjudicated": 0, "disputed": 1}
    assert log["labels_changed"] == shown["flips"]
    assert log["agreement"]["records"] == 2
    page = (cheap.path / "reports/report.html").read_text()
    assert f"Disputed, so that the source's code stays in force: {disputed}." in page


def test_the_ranges_of_the_guideline_are_those_of_the_records(line: Copy) -> None:
    records = pd.read_parquet(line.path / "data/cleaned/records.parquet")
    outside = ["on_thyroxine", "on_antithyroid_meds", "thyroid_surgery", "I131_treatment", "pregnant"]
    healthy = records[(records["code"] == "-") & ~records[outside].any(axis=1)]
    rows = re.findall(
        r"^\| (\w+) \|.*\| ([\d.]+) \| ([\d.]+) \|$", (ROOT / "annotations/guideline.md").read_text(), re.M
    )
    assert len(rows) == 6
    for lab, low, high in rows:
        assert (float(low), float(high)) == tuple(healthy[lab].quantile([0.025, 0.975]).round(2))


def test_the_ledger_of_the_repository_is_about_its_records(line: Copy) -> None:
    ids = pd.read_parquet(line.path / "data/cleaned/records.parquet")["record_id"]
    assert {one.record_id for one in Ledger(ROOT / ANNOTATIONS / "decisions.csv", CODES).read()} <= set(ids)
