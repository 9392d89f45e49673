"""train and evaluate on a small table: what they read, and the files that people and CI rely on."""

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from assay.bundle.folder import load_model
from assay.bundle.scoring import score
from assay.cli.commands import app
from assay.files import md5
from assay.records.columns import WEIGHT
from assay.stages import evaluate, featurize, split, train
from assay.statistics.metrics import METRICS
from assay.tables import read_table
from page_agreement import assert_the_report_agrees
from picture_agreement import assert_pictures_agree
from report_reading import Reports
from samples import forget_statements


def read(path: Path) -> dict:
    return json.loads(path.read_text())


def test_every_declared_output_is_written(small_line: Path) -> None:
    stages = yaml.safe_load((small_line / "dvc.yaml").read_text())["stages"]
    for stage in (stage for name, stage in stages.items() if name != "collect"):
        for out in [*stage["outs"], *stage.get("metrics", [])]:
            assert (small_line / (out if isinstance(out, str) else next(iter(out)))).exists(), out
    for plot in yaml.safe_load((small_line / "dvc.yaml").read_text())["plots"]:
        (name, content) = next(iter(plot.items()))
        by_file = content["y"] if isinstance(content["y"], dict) else {name: content["y"]}
        for path, y in by_file.items():
            columns = set(pd.read_csv(small_line / path).columns)
            assert {content["x"], *([y] if isinstance(y, str) else y)} <= columns


def test_training_needs_no_label_of_the_test_fold(line: Path) -> None:
    before = {name: md5(line / name) for name in ("models", "data/predictions")}
    (line / "data/split/test.parquet").unlink()
    train.main()
    assert {name: md5(line / name) for name in before} == before


def test_the_label_is_no_feature(small_line: Path) -> None:
    for fold in ("train", "validation", "test"):
        names = set(pd.read_parquet(small_line / f"data/features/{fold}.parquet").columns)
        assert not names & {"label", "code", "code_in_force", "code_resolved", "excluded", "date"}


def test_metrics_have_the_standard_names(small_line: Path) -> None:
    relied_on = {
        "average_precision", "roc_auc", "recall", "precision", "f1", "accuracy", "specificity", "brier", "net_benefit",
        "alerts_per_1000", "calibration_slope", "calibration_intercept",
    }  # fmt: skip
    names, size = set(METRICS), {"records", "positives", "prevalence"}
    assert relied_on <= names
    assert set(read(small_line / "reports/metrics.json")) == names | size | {"true_positives", "false_positives"}
    assert set(read(small_line / "reports/out_of_fold.json")) == names | size
    assert set(read(small_line / "reports/intervals.json")) - {"methods"} == names


def test_each_value_lies_in_its_interval(small_line: Path) -> None:
    values = read(small_line / "reports/metrics.json")
    ends = {name: one for name, one in read(small_line / "reports/intervals.json").items() if name != "methods"}
    known = {name: one for name, one in ends.items() if None not in one}
    assert {"average_precision", "recall"} <= known.keys()
    for name, (low, high) in known.items():
        assert low <= values[name] <= high, name


def test_every_baseline_stands_beside_the_model(small_line: Path) -> None:
    baselines = read(small_line / "reports/baselines.json")
    assert set(baselines) == {"majority", "rule", "logistic", "xgboost"}
    assert baselines["majority"]["metrics"]["recall"] == 0
    assert all(len(one["average_precision_lead_of_model"]["interval"]) == 2 for one in baselines.values())


def test_the_bundle_says_what_the_model_is_and_where_it_comes_from(small_line: Path) -> None:
    bundle = read(small_line / "models/bundle.json")
    features = pd.read_parquet(small_line / "data/features/train.parquet").drop(columns="record_id")
    assert bundle["file"]["md5"] == md5(small_line / "models/model.txt")
    assert [feature["name"] for feature in bundle["features"]] == list(features)
    assert bundle["config"]["labels"]["positive"] == list("ABCDEFH")
    assert bundle["threshold"]["recall_lower_bound"] >= 0.9
    assert bundle["lineage"]["data/features"] == md5(small_line / "data/features")
    code = "src/assay/modelling/fitting.py"
    assert bundle["lineage"][code] == md5(small_line / code)
    assert "xgboost-cpu" in bundle["versions"]


def test_parameters_stand_in_the_bundle_as_they_were_set(line: Path) -> None:
    forget_statements()
    params = Path("params.yaml").read_text()
    Path("params.yaml").write_text(params.replace("min_child_weight: 0.001", "min_child_weight: 1.0e-07"))
    train.main()
    assert read(line / "models/bundle.json")["model"]["min_child_weight"] == 1e-7


def test_a_threshold_that_was_set_is_not_rounded(line: Path) -> None:
    forget_statements()
    params = Path("params.yaml").read_text()
    Path("params.yaml").write_text(params.replace("threshold: null", "threshold: 1.0e-07", 1))
    train.main()
    assert read(line / "models/bundle.json")["threshold"]["value"] == 1e-7
    assert read(line / "data/predictions/thresholds.json")["model"]["value"] == 1e-7


def test_the_bundle_states_its_code_its_figures_and_the_hash_of_each_file(small_line: Path) -> None:
    bundle, figures = read(small_line / "models/bundle.json"), read(small_line / "reports/out_of_fold.json")
    assert set(bundle["code"]["thyroid"]["files"]) == {
        f"thyroid/{name}.py" for name in ("__init__", "features", "rule")
    }
    measured = bundle["metrics_out_of_fold_threshold_chosen_on_them"]
    assert {name: one["value"] for name, one in measured["metrics"].items()}.items() <= figures.items()
    assert (measured["records"], measured["positives"]) == (figures["records"], figures["positives"])
    files = {path for path in (small_line / "models").rglob("*") if path.is_file() and path.name != "hashes.json"}
    assert {small_line / "models" / name for name in read(small_line / "models/hashes.json")} == files


def test_the_reference_is_of_train_and_of_the_scores_out_of_fold(small_line: Path) -> None:
    path = small_line / "models/reference.json"
    reference, features = read(path), pd.read_parquet(small_line / "data/features/train.parquet")
    assert path.stat().st_size < 250_000  # of each feature as many rows of counts as train has months
    for feature in reference["features"].values():
        assert sum(month["count"] for month in feature["by_month"].values()) == feature["count"]
    assert list(reference["features"]) == [name for name in features if name != "record_id"]
    for name, one in reference["features"].items():
        assert one["count"] == len(features)
        assert one["missing"] == pytest.approx(features[name].isna().mean(), abs=1e-6)
        counts = one["counts"] if one["kind"] == "number" else one["counts"].values()
        assert sum(counts) == features[name].notna().sum()
    assert set(reference["features"]["TSH"]["edges"]) <= set(features["TSH"])
    seen = pd.read_parquet(small_line / "data/predictions/out_of_fold.parquet")
    assert reference["scores"]["count"] == len(seen)
    assert sum(one["count"] for one in reference["scores"]["by_month"].values()) == len(seen)
    days = pd.read_parquet(small_line / "data/split/train.parquet")["date"]
    assert reference["dates"]["train"] == [f"{day:%Y-%m-%d}" for day in (days.min(), days.max())]


def test_the_model_of_the_bundle_gives_the_scores_of_the_predictions(small_line: Path) -> None:
    X = pd.read_parquet(small_line / "data/features/test.parquet").set_index("record_id")
    predictions = pd.read_parquet(small_line / "data/predictions/test.parquet")
    assert predictions["record_id"].tolist() == X.index.tolist()
    assert predictions["score"].tolist() == score(load_model(small_line / "models"), X).tolist()


def test_the_training_curve_is_logged_for_dvc(small_line: Path) -> None:
    curve = pd.read_csv(small_line / "reports/plots/training_curve.csv")
    assert list(curve) == ["round", "train", "validation"]
    assert curve["train"].iloc[-1] < curve["train"].iloc[0]


def test_a_training_that_fails_leaves_the_last_model(line: Path) -> None:
    before = md5(line / "models")
    table = read_table(line / "data/features/train.parquet")
    table.assign(TSH="high").to_parquet(line / "data/features/train.parquet", index=False)
    forget_statements()
    with pytest.raises(SystemExit):
        train.main()
    assert md5(line / "models") == before


def test_an_evaluation_that_fails_leaves_the_last_report(line: Path) -> None:
    before = {path: path.read_bytes() for path in (line / "reports").rglob("*.*")}
    predictions = line / "data/predictions/test.parquet"
    predictions.write_bytes(predictions.read_bytes()[:100])
    with pytest.raises(SystemExit):
        evaluate.main()
    assert {path: path.read_bytes() for path in (line / "reports").rglob("*.*")} == before


def test_evaluating_again_gives_the_same_bytes(line: Path) -> None:
    before = md5(line / "reports")
    evaluate.main()
    assert md5(line / "reports") == before


def weigh(line: Path, healthy: float) -> None:
    """Make the records a sample in which a healthy one stands for so many, and run what follows."""
    labels = read_table(line / "data/annotated/labels.parquet").set_index("record_id")["label"]
    records = read_table(line / "data/cleaned/records.parquet")
    weight = labels.loc[records["record_id"]].map({True: 1.0, False: healthy}).to_numpy()
    records.assign(**{WEIGHT: weight}).to_parquet(line / "data/cleaned/records.parquet", index=False)
    forget_statements()
    for stage in (split, featurize, train, evaluate):
        stage.main()


@pytest.mark.slow
def test_weights_of_one_change_no_figure(line: Path) -> None:
    before = {name: read(line / f"reports/{name}.json") for name in ("metrics", "intervals", "out_of_fold", "slices")}
    weigh(line, healthy=1)
    assert {name: read(line / f"reports/{name}.json") for name in before} == before


@pytest.mark.slow
def test_weights_reach_the_fits_the_threshold_and_the_figures(line: Path) -> None:
    before = {name: read(line / f"reports/{name}.json") for name in ("metrics", "out_of_fold")}
    scores = pd.read_parquet(line / "data/predictions/test.parquet")["score"]
    weigh(line, healthy=10)
    for name, figures in before.items():
        found, share = read(line / f"reports/{name}.json"), figures["prevalence"]
        assert found["records"] == figures["records"]
        assert found["prevalence"] == pytest.approx(share / (share + 10 * (1 - share)), abs=1e-6)
        assert found["precision"] < figures["precision"]
    assert WEIGHT not in pd.read_parquet(line / "data/features/train.parquet")
    assert pd.read_parquet(line / "data/predictions/test.parquet")["score"].mean() < scores.mean()
    seen = pd.read_parquet(line / "data/predictions/out_of_fold.parquet")
    assert seen.groupby("label")[WEIGHT].unique().map(list).to_dict() == {0: [10], 1: [1]}
    reports = Reports(line)
    assert_pictures_agree(reports)
    assert_the_report_agrees(reports)
    low, high = read(line / "reports/intervals.json")["precision"]
    assert low <= read(line / "reports/metrics.json")["precision"] <= high


def test_the_learning_curve_is_of_the_model_as_trained(line: Path) -> None:
    done = CliRunner().invoke(app, ["learning-curve", "--doublings", "1", "--repeats", "1", "--output", "curve"])
    assert done.exit_code == 0, done.output
    assert "ore data" in done.output
    curve = pd.read_csv(line / "curve/learning_curve.csv")
    assert (line / "curve/learning_curve.svg").read_text().startswith("<?xml")
    # All the records that a block can learn from: the very fits that gave the out-of-fold figures.
    assert curve["average_precision"].iloc[-1] == read(line / "reports/out_of_fold.json")["average_precision"]
    assert curve["training_records"].tolist() == sorted(curve["training_records"])
