"""What the gate says of models, one fault each."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from assay.registry import gate
from assay.registry.candidate import Candidate
from assay.registry.comparison import Judgement
from assay.registry.gate import Criterion, cost, judged
from assay.registry.tags import tags
from assay.registry.version import assigned, model_md5
from registry_repository import budget, git, model_of


def candidate(root: Path, revision: str = "main", **more: Any) -> Candidate:
    sha = git(root, "rev-parse", revision)
    tag = tags(root).champion("prod")
    now = assigned(root, tags(root), tag) if tag else None
    return Candidate(root, revision, sha, model_md5(root, sha), now, **more)


def unmet(root: Path, revision: str = "main", **more: Any) -> dict[str, Criterion]:
    return {one.name: one for one in judged(candidate(root, revision, **more)) if not one.passed}


def champion(root: Path, revision: str) -> None:
    git(root, "tag", "-a", "model#prod#1", revision, "-m", "by hand")


def test_a_good_model_passes_every_criterion(repo: Path) -> None:
    found = judged(candidate(repo))
    assert [one.name for one in found if not one.passed] == []
    assert {"ran", "contract", "audit", "recall", "champion", "fresh"} <= {one.name for one in found}


def test_a_missed_bound_is_told_with_its_distance(repo: Path) -> None:
    budget(repo, model=model_of(repo, "missing"))
    found = unmet(repo, "missing")
    assert list(found) == ["recall"]
    assert found["recall"].asked == "at least 0.9"
    assert found["recall"].why == "by 0.0488"


def test_a_leak_is_named(repo: Path) -> None:
    budget(repo, model=model_of(repo, "leak"))
    assert unmet(repo, "leak")["audit"].why == "A01 Resampling"


@pytest.mark.parametrize(
    ("revision", "passes", "words"),
    [
        ("better", True, "better than"),
        ("worse", False, "worse than"),
        ("main", True, "the same model"),
    ],
)
def test_the_champion_is_compared_on_the_same_records(repo: Path, revision: str, passes: bool, words: str) -> None:
    champion(repo, "main")
    found = next(one for one in judged(candidate(repo, revision)) if one.name == "champion")
    assert found.passed == passes
    assert words in found.found + found.why


def test_without_shared_test_records_those_count_that_neither_has_seen(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    champion(repo, "main")
    one = candidate(repo, "better")
    on_record = next(gate.champion(one))
    comparison, _ = gate._compared(one, assigned(repo, tags(repo), tags(repo).champion("prod")))
    monkeypatch.setattr(gate, "_share_test_records", lambda base, head: False)
    unseen = Judgement("1986-06-30", len(comparison.ids), 6, 0, comparison)
    monkeypatch.setattr("assay.registry.comparison.judged", lambda *asked: unseen)
    found = next(gate.champion(one))
    assert found.found == on_record.found.replace(" records:", " records after 1986-06-30 that neither has seen:")
    nothing = replace(unseen, comparison=None, why_not="why")
    monkeypatch.setattr("assay.registry.comparison.judged", lambda *asked: nothing)
    assert unmet(repo, "better")["champion"].why.endswith("in both versions, and why")


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(1987, 1, 19), None),
        (date(1987, 4, 19), None),
        (date(1987, 4, 20), "by 1 day(s)"),
        (
            date(1987, 1, 18),
            "the data goes on after 1987-01-18: judge it on a day from 1987-01-19 on: --as-of 1987-01-19",
        ),
        (date(2026, 1, 1), "by 14137 day(s)"),
    ],
)
def test_the_data_must_be_fresh_on_the_stated_day(repo: Path, day: date, why: str | None) -> None:
    found = unmet(repo, as_of=day)
    assert {name: one.why for name, one in found.items()} == ({"fresh": why} if why else {})


def test_records_without_dates_cannot_be_called_fresh(repo: Path) -> None:
    one = candidate(repo)
    vars(one.revision)["records"] = one.revision.records.drop(columns="date")
    found = {said.name: said.why for said in judged(one) if not said.passed}
    assert list(found) == ["fresh"]
    assert "the records have no dates; if that is right: fresh_within_days: null" in found["fresh"]


@pytest.mark.parametrize(
    ("figures", "name", "why"),
    [
        ({"bundle_mb": 20.5}, "cost: the model's folder, MB", "by 0.5"),
        ({"records_per_second": 9000}, "cost: records per second, in batches of 1,000", "by 1,000"),
        ({"memory_mb": None}, "cost: most memory of a process that scores, MB", "run: assay budget"),
        ({"memory_mb": float("nan")}, "cost: most memory of a process that scores, MB", "run: assay budget"),
        ({"memory_mb": "1"}, "cost: most memory of a process that scores, MB", "run: assay budget"),
        ({"memory_mb": True}, "cost: most memory of a process that scores, MB", "run: assay budget"),
        ({"memory_mb": -1}, "cost: most memory of a process that scores, MB", "run: assay budget"),
        ({"train_seconds": None}, "cost: training, seconds", "run: dvc repro --force train, then assay budget"),
    ],
)
def test_the_cost_has_limits(repo: Path, figures: dict[str, Any], name: str, why: str) -> None:
    budget(repo, figures)
    assert {one.name: one.why for one in cost(candidate(repo)) if not one.passed} == {name: why}


@pytest.mark.parametrize(
    ("machine", "busy"),
    [
        ({"cores": 2, "load_before": 1.1}, True),
        ({"cores": 2, "load_before": 1.0}, False),
        ({"cores": 2, "load_before": None}, False),
        ({"cores": "2", "load_before": 9}, False),
        ("busy", False),
        (None, False),
    ],
)
def test_what_was_timed_on_a_busy_machine_says_so(repo: Path, machine: object, busy: bool) -> None:
    budget(repo, {"single_p50_ms": 9000}, machine=machine)
    found = {one.name: one for one in cost(candidate(repo))}
    slow, small = found["cost: one record, half of them within, ms"], found["cost: the model's folder, MB"]
    assert slow.found.endswith("9,000, on a busy machine") == busy
    assert slow.why.endswith("; measure again when it is idle: assay budget") == busy
    assert small.found == "1"


def test_the_day_that_is_configured_is_named_where_it_is_too_early(repo: Path) -> None:
    params = yaml.safe_load((repo / "params.yaml").read_text())
    params["criteria"]["promotion"]["as_of"] = "1987-01-01"
    (repo / "params.yaml").write_text(yaml.safe_dump(params))
    git(repo, "commit", "--quiet", "--all", "--message", "Too early")
    assert unmet(repo)["fresh"].why == (
        "the data goes on after 1987-01-01: judge it on a day from 1987-01-19 on: --as-of 1987-01-19, "
        "or as_of in conf/promotion/thyroid.yaml"
    )


def test_records_from_the_future_are_not_fresh(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "judged_on", lambda _: date(1986, 12, 31))
    params = yaml.safe_load((repo / "params.yaml").read_text())
    params["criteria"]["promotion"]["as_of"] = None
    (repo / "params.yaml").write_text(yaml.safe_dump(params))
    git(repo, "commit", "--quiet", "--all", "--message", "Today")
    why = "the data goes on after 1986-12-31: that is today: correct the clock, or the dates of the records"
    assert unmet(repo)["fresh"].why == why


def test_quality_is_said_to_be_of_the_data(repo: Path) -> None:
    found = {one.name: one.found for one in judged(candidate(repo))}
    assert found["data validity"].startswith("1.000")
    assert "validity" not in found


@pytest.mark.parametrize("content", [None, "[]", "{}", '{"figures": {}}', "{", '{"figures": {}, "model": 3}'])
def test_a_cost_that_was_not_measured_on_this_model_is_refused(repo: Path, content: str | None) -> None:
    path = repo / "reports/budget.json"
    path.unlink() if content is None else path.write_text(content)
    found = unmet(repo)
    assert list(found) == ["cost"]
    assert "assay budget" in found["cost"].why or "damaged" in found["cost"].why


TAMPERED = {
    "a report": ("reports/verdict.json", "0.95", "0.99", "reports/verdict.json is not what train wrote"),
    "the code": ("source.py", "1", "2", "clean ran with another source.py"),
    "the command": ("dvc.yaml", "python clean.py", "python other.py", "clean ran another command"),
    "a parameter": ("params.yaml", "name: lightgbm", "name: xgboost", "train ran with another model"),
    "a declared file": ("dvc.yaml", "deps: [source.py]", "deps: [params.yaml]", "clean ran with other files"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_did_not_run_is_not_promoted(repo: Path, what: str) -> None:
    name, old, new, why = TAMPERED[what]
    text = (repo / name).read_text()
    assert old in text
    (repo / name).write_text(text.replace(old, new, 1))
    git(repo, "commit", "--quiet", "--all", "--message", "By hand")
    found = unmet(repo)
    assert "ran" in found
    assert why in found["ran"].why


def test_a_lock_that_contradicts_the_statements_is_not_promoted(repo: Path) -> None:
    lock = (repo / "dvc.lock").read_text()
    other = model_of(repo, "better")
    (repo / "dvc.lock").write_text(lock.replace(model_of(repo, "main"), other))
    git(repo, "commit", "--quiet", "--all", "--message", "Another model")
    budget(repo, model=other)
    assert "dvc.lock says of train what is not true" in unmet(repo)["ran"].why


def test_a_lock_without_a_stage_is_not_promoted(repo: Path) -> None:
    lock = yaml.safe_load((repo / "dvc.lock").read_text())
    del lock["stages"]["clean"]
    (repo / "dvc.lock").write_text(yaml.safe_dump(lock))
    git(repo, "commit", "--quiet", "--all", "--message", "Cut")
    assert "clean has no entry" in unmet(repo)["ran"].why


@pytest.mark.parametrize(
    ("name", "content", "criterion"),
    [
        ("reports/audit.json", "[]", "audit"),
        ("reports/audit.json", "{", "audit"),
        ("reports/audit.json", "7", "audit"),
        ("reports/cleaning.json", '{"rows_in": 1, "rows_out": 0, "rules": []}', "contract"),
        ("reports/cleaning.json", "[]", "contract"),
        (
            "reports/cleaning.json",
            '{"rows_in": 1, "rows_out": 1, "rules": [{"rule": "x", "action": "stop", "count": 1}]}',
            "contract",
        ),
        ("reports/verdict.json", '{"findings": []}', "average precision over rule"),
        ("reports/verdict.json", "null", "performance"),
    ],
)
def test_a_report_that_says_nothing_is_not_taken_for_a_good_one(
    repo: Path, name: str, content: str, criterion: str
) -> None:
    (repo / name).write_text(content)
    git(repo, "commit", "--quiet", "--all", "--message", "By hand")
    assert criterion in unmet(repo)


def test_a_dataset_without_a_hand_rule_need_not_beat_one(repo: Path) -> None:
    verdict = json.loads((repo / "reports/verdict.json").read_text())
    verdict["findings"] = [one for one in verdict["findings"] if "rule" not in one["criterion"]]
    (repo / "reports/verdict.json").write_text(json.dumps(verdict))
    git(repo, "commit", "--quiet", "--all", "--message", "Not judged")
    assert "average precision over rule" in unmet(repo)
    params = yaml.safe_load((repo / "params.yaml").read_text())
    params["baselines"]["rule"]["rule"] = None
    (repo / "params.yaml").write_text(yaml.safe_dump(params))
    git(repo, "commit", "--quiet", "--all", "--message", "No rule")
    assert set(unmet(repo)) == {"ran"}


@pytest.mark.parametrize("part", ["promotion", "cost"])
def test_criteria_from_before_a_part_was_asked_do_not_pass_without_it(repo: Path, part: str) -> None:
    params = yaml.safe_load((repo / "params.yaml").read_text())
    del params["criteria"][part]
    (repo / "params.yaml").write_text(yaml.safe_dump(params))
    git(repo, "commit", "--quiet", "--all", "--message", "Older")
    assert next(one.why for one in unmet(repo).values()).startswith(f"its criteria say nothing of {part}")


def test_nothing_is_checked_out_or_changed(repo: Path) -> None:
    before = git(repo, "status", "--porcelain", "--ignored"), json.loads((repo / "models/bundle.json").read_text())
    judged(candidate(repo, "worse"))
    after = git(repo, "status", "--porcelain", "--ignored"), json.loads((repo / "models/bundle.json").read_text())
    assert after == before
