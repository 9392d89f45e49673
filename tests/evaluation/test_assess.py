"""What is said of a model, from scores and labels."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from assay.config.schema import Criteria, Evaluation
from assay.evaluation.assess import assess, out_of_fold
from assay.statistics.resampled import Scored

EVALUATION = Evaluation(resamples=60, confidence=0.95, threshold_probability=0.1, seed=1)
CONFIG = SimpleNamespace(
    evaluation=EVALUATION,
    criteria=Criteria("screening", min_recall=0.9, max_alerts_per_1000=100, beat_baselines=["rule"]),
)
QUALITY = {name: {"after": {"value": 1.0}} for name in CONFIG.criteria.quality}
THRESHOLDS = {"model": 0.5, "rule": 0.5}


def table_and_groups(n: int = 300, ungradable: int = 20) -> tuple[pd.DataFrame, pd.DataFrame]:
    generator = np.random.default_rng(0)
    label = generator.random(n) < 0.2
    table = pd.DataFrame(
        {
            "label": label,
            "excluded": "",
            "score": np.clip(generator.normal(0.2 + 0.5 * label, 0.2), 0, 1),
            "rule": (label ^ (generator.random(n) < 0.2)).astype(float),
        }
    )
    table.loc[table.index[:ungradable], ["label", "excluded", "score"]] = [False, "ungradable", 0.9]
    return table, pd.DataFrame({"sex": generator.choice(["F", "M", "unknown"], n)})


@pytest.fixture(scope="module")
def assessment():
    return assess(*table_and_groups(), THRESHOLDS, QUALITY, CONFIG)


def test_ungradable_records_are_left_out_and_shown_apart(assessment) -> None:
    assert assessment.ungradable == 20
    assert len(assessment.scored["model"].y) == 280
    # All twenty are false alerts when counted in.
    assert assessment.with_ungradable["precision"].value < assessment.model["precision"].value
    assert assessment.with_ungradable["recall"].value == assessment.model["recall"].value


def test_the_baselines_are_measured_on_the_same_records_and_resamples(assessment) -> None:
    assert list(assessment.baselines) == ["rule"]
    rule = assessment.baselines["rule"]["average_precision"]
    model, lead = assessment.model["average_precision"], assessment.differences["rule"]
    np.testing.assert_array_equal(lead.resampled, model.resampled - rule.resampled)


def test_slices_partition_the_graded_records(assessment) -> None:
    rows = [row for row in assessment.slices if row["slice"] == "sex"]
    assert [row["value"] for row in rows] == ["F", "M", "unknown"]
    assert sum(row["records"] for row in rows) == 280
    assert sum(row["positives"] for row in rows) == assessment.scored["model"].y.sum()


def test_a_slice_is_measured_on_its_own_records(assessment) -> None:
    table, groups = table_and_groups()
    rows = ((groups["sex"] == "M") & (table["excluded"] == "")).to_numpy()
    men = Scored(table["label"].to_numpy(dtype=int), table["score"].to_numpy(), 0.5).only(rows)
    found = next(row for row in assessment.slices if row["value"] == "M")
    assert found["recall"]["value"] == pytest.approx(men.alert[men.y == 1].mean())


def test_a_slice_without_a_positive_has_no_recall() -> None:
    table, groups = table_and_groups()
    groups.loc[~table["label"], "sex"] = "healthy"
    found = assess(table, groups, THRESHOLDS, QUALITY, CONFIG)
    row = next(row for row in found.slices if row["value"] == "healthy")
    assert np.isnan(row["recall"]["value"])
    assert np.isnan(row["recall"]["interval"]).all()


def test_the_same_seed_gives_the_same_assessment(assessment) -> None:
    again = assess(*table_and_groups(), THRESHOLDS, QUALITY, CONFIG)
    for name, one in assessment.model.items():
        np.testing.assert_array_equal(one.resampled, again.model[name].resampled)


def test_out_of_fold_figures_are_of_the_model_alone() -> None:
    table, _ = table_and_groups(ungradable=0)
    figures = out_of_fold(table, 0.5, EVALUATION)
    assert figures["records"] == 300
    assert figures["recall"] == pytest.approx((table.loc[table["label"], "score"] >= 0.5).mean())
