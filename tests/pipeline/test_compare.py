"""`assay compare` on the real line: revisions read by hash, planted truths."""

import json
import re
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
import yaml

from assay.bundle.scoring import score
from assay.compare.paired import Plan, judged
from assay.modelling.building import build
from assay.statistics.bootstrap import Estimates, Resamples, estimate
from assay.statistics.metrics import METRICS, RANKED_BY, measure
from assay.statistics.resampled import Scored
from pipeline_copy import Copy

QUICK = ("--resamples", "300")
TSH = ["TSH", "log_TSH", "log_TSH_plus_log_FTI", "log_TSH_minus_log_FTI"]


@pytest.mark.slow
def test_an_experiment_is_compared_by_name_without_a_checkout(fork: Copy) -> None:
    quick = ("-S", "debug=fast", "-S", "~model@baselines.xgboost")
    fork.run("dvc", "exp", "run", "--name", "weak", "-S", "model=logistic", *quick, "evaluate")
    fork.run("git", "checkout", "--quiet", ".")
    fork.run("dvc", "checkout", "--quiet")
    page = fork.path.parent / "page.html"
    shown = json.loads(fork.run("assay", "compare", "main", "weak", "--json", "--html", str(page), *QUICK).stdout)
    assert shown["verdict"] == "worse"
    assert shown["records"] == 1959
    assert shown["params"]["model.name"] == ["lightgbm", "logistic"]
    metrics = json.loads((fork.path / "reports/metrics.json").read_text())
    assert shown["metrics"]["recall"]["base"] == metrics["recall"]
    assert len(shown["alerts"]["new"]) > 100
    assert re.findall(r"""(?:src|href)=["'](?!data:|#)[^"']*""", page.read_text()) == []
    assert page.read_text().count("<img") == 3
    assert "<td><code>model.num_leaves</code></td><td>31</td><td>–</td>" in page.read_text()  # logistic has none
    assert fork.git_status() == ""
    # The other way round nothing is worse; and what is worse can be made to fail.
    better = fork.run("assay", "compare", "weak", "--md", "--fail-on", "worse", *QUICK).stdout
    assert "### workspace against weak: **better**" in better
    assert "| `model.name` | logistic | lightgbm |" in better
    assert "| `model.num_leaves` | – | 31 |" in better
    assert fork.run("assay", "compare", "main", "weak", "--fail-on", "worse", *QUICK, fails=True).returncode == 3
    # What is in the workspace is not of parameters that nothing has run with.
    assert "not of what is here now" not in fork.run("assay", "compare", "weak", *QUICK).stderr
    params = fork.path / "params.yaml"
    params.write_text(params.read_text().replace("num_leaves: 31", "num_leaves: 12"))
    assert "stale, train ran with model.num_leaves=31" in fork.run("assay", "compare", "weak", *QUICK).stderr


@pytest.mark.slow
def test_predictions_that_are_nowhere_are_named_with_the_way_to_get_them(line: Copy, tmp_path: Path) -> None:
    bare = Copy(tmp_path / "bare")
    line.run("git", "clone", "--quiet", str(line.path), str(bare.path))
    message = bare.run("assay", "compare", "main", "HEAD", fails=True).stderr
    assert "is not to be had" in message
    assert "HEAD (" in message
    assert "dvc remote add" in message
    assert "Traceback" not in message


def test_a_revision_that_is_none_is_named(line: Copy) -> None:
    assert "no revision 'mian'" in line.run("assay", "compare", "mian", fails=True).stderr


@pytest.fixture(scope="module")
def folds(line: Copy) -> dict[str, tuple[pd.DataFrame, pd.Series]]:
    def read(name: str) -> tuple[pd.DataFrame, pd.Series]:
        y = pd.read_parquet(line.path / f"data/split/{name}.parquet").set_index("record_id").query("excluded == ''")
        X = pd.read_parquet(line.path / f"data/features/{name}.parquet").set_index("record_id")
        return X.loc[y.index], y["label"].astype(int)

    return {name: read(name) for name in ("train", "test")}


def scored(line: Copy, folds: dict, drop: list[str], **changes: int) -> Scored:
    """The model of the line, fitted on train with these changes, on the test fold."""
    model = {**yaml.safe_load((line.path / "params.yaml").read_text())["model"], **changes}
    (X, y), (X_test, y_test) = folds["train"], folds["test"]
    estimator = build({**model, "n_estimators": 30, "subsample": 0.8}).fit(X.drop(columns=drop), y)
    return Scored(y_test.to_numpy(), score(estimator, X_test.drop(columns=drop)), 0.5)


def estimated(side: Scored, drawn: Resamples) -> Estimates:
    return estimate(side, drawn, partial(measure, threshold_probability=0.1, metrics=[METRICS[RANKED_BY]]))


def verdict(base: Estimates, head: Estimates) -> str:
    return judged(METRICS[RANKED_BY], base, head, Plan()).verdict


@pytest.mark.slow
def test_another_seed_is_undecided_in_at_least_90_of_100(line: Copy, folds: dict) -> None:
    drawn = Resamples(len(folds["test"][1]), 1000, seed=1)
    base = estimated(scored(line, folds, []), drawn)
    others = (estimated(scored(line, folds, [], random_state=seed), drawn) for seed in range(1, 101))
    assert [verdict(base, other) for other in others].count("undecided") >= 90


@pytest.mark.slow
def test_a_model_without_tsh_is_worse(line: Copy, folds: dict) -> None:
    drawn = Resamples(len(folds["test"][1]), 1000, seed=1)
    base, other = (estimated(scored(line, folds, drop), drawn) for drop in ([], TSH))
    assert verdict(base, other) == "worse"
