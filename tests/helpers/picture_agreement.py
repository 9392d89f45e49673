"""What the figures of a folder show, held against the JSON and CSV files beside them."""

from typing import Any

import pandas as pd
import pytest

from assay.statistics.metrics import Place, shown_in
from report_reading import Reports, near
from svg_reading import Picture


def assert_points_are_the_metrics(reports: Reports) -> None:
    """The decisions of every model, wherever they are marked."""
    price = reports.params["evaluation"]["threshold_probability"]
    places = {
        "precision_recall": lambda one: (one["recall"], one["precision"]),
        "roc": lambda one: (1 - one["specificity"], one["recall"]),
        "decision_curve": lambda one: (price, one["net_benefit"]),
    }
    for figure, place in places.items():
        picture = reports.picture(figure)
        assert set(picture.ids("point")) == set(reports.metrics)
        for name, metrics in reports.metrics.items():
            expected = place(metrics)
            if None in expected:
                assert len(picture.points(f"point-{name}")) == 0
                assert f"{name}, no alerts" in picture.text
            else:
                assert picture.point(f"point-{name}") == near(expected), (figure, name)
                if name in picture.ids("curve") and figure != "decision_curve":
                    assert picture.passes(f"curve-{name}", *[[one] for one in expected]), (figure, name)


def assert_the_sweep_is_marked_at_the_threshold_in_use(reports: Reports) -> None:
    picture, table, model = (
        reports.picture("threshold_sweep"),
        reports.plot("threshold_sweep"),
        reports.metrics["model"],
    )
    names = [one.name for one in shown_in(Place.FIGURES)]
    for name in names:
        assert picture.passes(f"curve-{name}", table["alerts_per_1000"], table[name])
        assert picture.point(f"point-{name}") == near((model["alerts_per_1000"], model[name]))
        assert picture.passes(f"curve-{name}", [model["alerts_per_1000"]], [model[name]])
    assert picture.points("line-threshold")[:, 0].tolist() == near([model["alerts_per_1000"]] * 2)
    row = table[(table["alerts_per_1000"] - model["alerts_per_1000"]).abs() < 1e-4]
    assert row[names].to_numpy().tolist() == [near([model[name] for name in names])]


def assert_curves_are_the_tables(reports: Reports) -> None:
    drawn = {
        "precision_recall": ("recall", {"model": "precision"}),
        "roc": ("false_positive_rate", {"model": "recall"}),
        "decision_curve": ("threshold_probability", {"model": "model"}),
        "training_curve": ("round", {"train": "train", "validation": "validation"}),
    }
    for figure, (x, lines) in drawn.items():
        table = reports.plot(figure)
        picture = reports.picture(figure)
        for gid, y in lines.items():
            if gid in picture.ids("curve"):
                assert picture.passes(f"curve-{gid}", table[x], table[y]), (figure, gid)
            else:  # no rounds, or too few scores to rank by
                assert len(table) <= 2
    steps = reports.plot("precision_recall")
    area = (steps["recall"].diff().fillna(steps["recall"]) * steps["precision"]).sum()
    assert area == pytest.approx(reports.metrics["model"]["average_precision"], abs=1e-4)


def assert_bands_are_the_table(picture: Picture, table: pd.DataFrame, name: str = "model") -> None:
    """Points with intervals: those of calibration."""
    assert picture.points(f"curve-{name}").tolist() == [near(row) for row in table[["predicted", "observed"]].values]
    ends = picture.points(f"bars-{name}")[:, 1].reshape(-1, 2)
    assert ends.tolist() == [near(row) for row in table[["low", "high"]].to_numpy().tolist()]


def assert_the_counts_are_the_decisions(reports: Reports) -> None:
    model, told = reports.metrics["model"], reports.picture("confusion").text
    healthy = model["records"] - model["positives"]
    right, false = model["true_positives"], model["false_positives"]
    counts = [healthy - false, false, model["positives"] - right, right]
    shares = [model["specificity"], 1 - model["specificity"], 1 - model["recall"], model["recall"]]
    shown = [text for text in told if text[0].isdigit()]
    assert [int(text) for text in shown[::2]] == counts
    assert [float(text.partition("%")[0]) for text in shown[1::2]] == [
        pytest.approx(100 * share, abs=0.051) for share in shares
    ]
    table = (
        reports.plot("confusion")
        .value_counts()
        .reindex([(a, p) for a in ("healthy", "disease") for p in ("healthy", "disease")], fill_value=0)
    )
    assert table.tolist() == counts


def assert_months_are_those_of_the_metrics(reports: Reports) -> None:
    picture, table, model = reports.picture("score_by_month"), reports.plot("score_by_month"), reports.metrics["model"]
    test = table[table["fold"] == "test"]
    assert (test["records"].sum(), test["positives"].sum()) == (model["records"], model["positives"])
    whole = {
        name: (test[name] * test["weight"]).sum() / test["weight"].sum() for name in table if name.endswith("per_1000")
    }
    expected = {"alerts_per_1000": model["alerts_per_1000"], "positives_per_1000": 1000 * model["prevalence"]}
    assert whole == pytest.approx(expected, abs=1e-3)
    months = list(dict.fromkeys(table["month"]))
    ill = (table["positives_per_1000"] * table["weight"]).groupby(table["month"]).sum()
    ill /= table["weight"].groupby(table["month"]).sum()
    assert picture.ids("bar") == months
    for number, month in enumerate(months):
        corners = picture.places(f"bar-{month}")
        assert picture.y.value(corners[:, 1]).max() == pytest.approx(ill[month], abs=1e-3)
        assert picture.x.category(corners[:, 0].mean(), step=3) == ("" if number % 3 else month)
    for fold, part in table.groupby("fold"):
        places = picture.places(f"curve-{fold}")
        assert picture.y.value(places[:, 1]).tolist() == pytest.approx(part["alerts_per_1000"].tolist(), abs=1e-3)


def assert_performance_by_month_is_the_table(reports: Reports) -> None:
    picture, table = reports.picture("performance_by_month"), reports.plot("score_by_month")
    for name in ("recall", "precision"):
        drawn = picture.y.value(picture.places(f"curve-{name}")[:, 1])
        assert drawn.tolist() == pytest.approx(table[name].dropna().tolist(), abs=1e-3)
    test = table[(table["fold"] == "test") & table["recall"].notna()]
    ill = test["positives_per_1000"] * test["weight"]
    assert (test["recall"] * ill).sum() / ill.sum() == pytest.approx(reports.metrics["model"]["recall"], abs=1e-3)


def assert_the_rounds_are_those_kept(reports: Reports, model: dict[str, Any]) -> None:
    """model: the model's description in the bundle."""
    picture, kept = reports.picture("training_curve"), model.get("n_estimators") or model["max_iter"]
    assert picture.points("line-kept")[:, 0].tolist() == near([kept] * 2)
    assert f"{kept} rounds kept" in picture.text
    losses = reports.plot("training_curve").set_index("round")["validation"]
    assert losses[kept] == losses.min()


def assert_pictures_agree(reports: Reports) -> None:
    """Every picture of the report."""
    assert_points_are_the_metrics(reports)
    assert_the_sweep_is_marked_at_the_threshold_in_use(reports)
    assert_curves_are_the_tables(reports)
    assert_bands_are_the_table(reports.picture("calibration"), reports.plot("calibration"))
    assert_the_counts_are_the_decisions(reports)
    assert_months_are_those_of_the_metrics(reports)
    assert_performance_by_month_is_the_table(reports)
