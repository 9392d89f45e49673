"""What the figures and pages of a folder show, held against the JSON and CSV files beside them."""

import json
import re
from base64 import b64encode
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from assay.statistics.metrics import METRICS, Place, shown_in
from svg_reading import Picture

FILES_KEEP = 1e-6  # decimals in JSON and CSV, and in an SVG


class Reports:
    """The reports of a folder, as programs read them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "reports"
        self.params = yaml.safe_load((folder / "params.yaml").read_text())
        self.metrics = {"model": self.json("metrics"), **self._baselines("metrics")}
        self.intervals = {"model": self.json("intervals"), **self._baselines("intervals")}

    def json(self, name: str) -> Any:
        return json.loads((self.folder / f"{name}.json").read_text())

    def plot(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / f"plots/{name}.csv", dtype={"month": "str"})

    def picture(self, name: str) -> Picture:
        return Picture((self.folder / f"figures/{name}.svg").read_text())

    def _baselines(self, kind: str) -> dict[str, Any]:
        return {name: one[kind] for name, one in self.json("baselines").items()}


def named(title: str) -> str:
    """The metric of a title."""
    return next(one.name for one in METRICS.values() if one.title == title)


def near(value: float | tuple[float, ...] | list[float]) -> Any:
    return pytest.approx(value, abs=2 * FILES_KEEP)


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
    whole = {name: (test[name] * test["weight"]).sum() / test["weight"].sum() for name in table if "per_1000" in name}
    expected = {"alerts_per_1000": model["alerts_per_1000"], "disease_per_1000": 1000 * model["prevalence"]}
    assert whole == pytest.approx(expected, abs=1e-3)
    months = list(dict.fromkeys(table["month"]))
    ill = (table["disease_per_1000"] * table["weight"]).groupby(table["month"]).sum()
    ill /= table["weight"].groupby(table["month"]).sum()
    assert picture.ids("bar") == months
    for number, month in enumerate(months):
        corners = picture.places(f"bar-{month}")
        assert picture.y.value(corners[:, 1]).max() == pytest.approx(ill[month], abs=1e-3)
        assert picture.x.category(corners[:, 0].mean(), step=3) == ("" if number % 3 else month)
    for fold, part in table.groupby("fold"):
        places = picture.places(f"curve-{fold}")
        assert picture.y.value(places[:, 1]).tolist() == pytest.approx(part["alerts_per_1000"].tolist(), abs=1e-3)


def assert_the_rounds_are_those_kept(reports: Reports, model: dict[str, Any]) -> None:
    """model: the model's description in the bundle."""
    picture, kept = reports.picture("training_curve"), model.get("n_estimators") or model["max_iter"]
    assert picture.points("line-kept")[:, 0].tolist() == near([kept] * 2)
    assert f"{kept} rounds kept" in picture.text
    losses = reports.plot("training_curve").set_index("round")["validation"]
    assert losses[kept] == losses.min()


class Tables(HTMLParser):
    """The tables of a page: rows of texts; the pictures in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.pictures: list[str] = []
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._open = True
        elif tag == "img":
            self.pictures.append(dict(attrs)["src"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._open:
            self.tables[-1][-1][-1] += data

    def table(self, *head: str) -> list[list[str]]:
        """The rows of the table that begins with these columns."""
        return self._found(*head)[1:]

    def head(self, *head: str) -> list[str]:
        """All of its columns."""
        return self._found(*head)[0]

    def _found(self, *head: str) -> list[list[str]]:
        (found,) = (rows for rows in self.tables if rows[0][: len(head)] == list(head))
        return found


class MarkdownTables(Tables):
    """The same of a Markdown document."""

    def __init__(self, text: str) -> None:
        self.tables = []
        above = ""
        for line in text.splitlines():
            if line.startswith("|") and not above.startswith("|"):
                self.tables.append([])
            if line.startswith("|") and not re.fullmatch(r"[|-]+", line):
                self.tables[-1].append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
            above = line


def assert_shows(text: str, value: float | None, interval: list[float | None] | None = None) -> None:
    """0.912 [0.864, 0.950] is the value and its interval, to the digits that are shown."""
    shown = re.findall(r"-?\d+(?:\.\d+)?", text)
    expected = [value, *(interval or [])]
    expected = [figure for figure in expected if figure is not None]
    assert len(shown) == len(expected), (text, expected)
    for figure, exact in zip(shown, expected, strict=True):
        half = 0.5 * 10.0 ** -len(figure.partition(".")[2])
        assert float(figure) == pytest.approx(exact, abs=half + FILES_KEEP), (text, expected)


def assert_the_metrics_are_shown(reports: Reports, rows: list[list[str]], models: list[str]) -> None:
    """A row for each metric, a column for each model."""
    assert [named(row[0]) for row in rows] == list(METRICS)
    for title, *cells in rows:
        for name, text in zip(models, cells, strict=False):
            metric = named(title)
            assert_shows(text, reports.metrics[name][metric], reports.intervals[name][metric])


def assert_both_ways_are_shown(reports: Reports, rows: list[list[str]]) -> None:
    """Figures without and with the ungradable records."""
    ungradable = reports.json("ungradable")
    for title, *cells in rows:
        for way, text in zip(("excluded", "included"), cells, strict=True):
            metric = named(title)
            assert_shows(text, ungradable[way]["metrics"][metric], ungradable[way]["intervals"][metric])


def assert_the_slices_are_shown(reports: Reports, head: list[str], rows: list[list[str]], place: Place) -> None:
    slices, metrics = reports.json("slices"), [one.name for one in shown_in(place)]
    assert [named(title) for title in head[4:]] == metrics
    for one, row in zip(slices, rows, strict=True):
        assert row[:4] == [one["slice"].replace("_", " "), one["value"], str(one["records"]), str(one["positives"])]
        for name, text in zip(metrics, row[4:], strict=True):
            assert_shows(text, one[name]["value"], one[name]["interval"])


def assert_the_findings_are_shown(reports: Reports, rows: list[list[str]]) -> None:
    for one, row in zip(reports.json("verdict")["findings"], rows, strict=True):
        assert row[1] == one["asked"]
        assert_shows(row[2], one["value"], one["interval"])
        assert row[3].strip("*") == one["verdict"]


def assert_the_report_agrees(reports: Reports) -> None:
    text = (reports.folder / "report.html").read_text()
    page, model = Tables(text), reports.metrics["model"]
    assert_the_metrics_are_shown(reports, page.table("Metric", "model"), page.head("Metric", "model")[1:-1])
    assert_both_ways_are_shown(reports, page.table("Metric", "excluded"))
    assert_the_slices_are_shown(reports, page.head("Slice"), page.table("Slice"), Place.SLICES)
    assert_the_findings_are_shown(reports, page.table("Criterion"))
    drawn = {b64encode(file.read_bytes()).decode() for file in (reports.folder / "figures").glob("*.svg")}
    assert {source.partition(",")[2] for source in page.pictures} == drawn
    assert f"{model['records']} records, {model['positives']} with the disease" in text
    told = re.search(
        r"the model sends (\d+) for a second look, finds (\d+) of the (\d+),\s+and about (\d+) of 100", text
    )
    assert told is not None
    ill = 1000 * model["prevalence"]
    expected = (model["alerts_per_1000"], model["recall"] * ill, ill, 100 * model["precision"])
    assert [int(figure) for figure in told.groups()] == [pytest.approx(figure, abs=0.51) for figure in expected]


def assert_the_model_card_agrees(reports: Reports) -> None:
    text = (reports.folder / "model_card.md").read_text()
    card, model, intervals = MarkdownTables(text), reports.metrics["model"], reports.intervals["model"]
    people = {row[0]: row[1:] for row in card.table("", "people")}
    right, false = model["true_positives"], model["false_positives"]
    counted = [f"{right} of {model['positives']}", model["positives"] - right, right + false, right, false]
    assert [row[0] for row in people.values()] == [str(count) for count in counted]
    shown = {row[1].partition(" ")[0]: row[1].removesuffix(" per 1000 people") for row in people.values() if row[1]}
    assert_shows(shown["recall"], model["recall"], intervals["recall"])
    assert_shows(shown["precision"], model["precision"], intervals["precision"])
    assert_shows(people["alerts in all"][1].split(" per ")[0], model["alerts_per_1000"], intervals["alerts_per_1000"])
    name = reports.params["model"]["name"]
    models = ["model", *card.head("", name)[2:-1]]
    assert set(models) == set(reports.metrics)
    assert_the_metrics_are_shown(reports, card.table("", name), models)
    assert_both_ways_are_shown(reports, card.table("", "left out"))
    assert_the_slices_are_shown(reports, card.head("group"), card.table("group"), Place.CARD_SLICES)
    assert_the_findings_are_shown(reports, card.table("criterion"))
    for name, lead in re.findall(r"over `(\w+)` (\+?-?[\d.]+ \[[^]]+\])", text):
        one = reports.json("baselines")[name]["average_precision_lead_of_model"]
        assert_shows(lead.replace("+", ""), one["value"], one["interval"])


def assert_the_profile_agrees(reports: Reports) -> None:
    page = Tables((reports.folder / "profile.html").read_text())
    quality = reports.json("quality")
    for name, *sides, _ in page.table("Dimension"):
        for side, text in zip(("before", "after"), sides, strict=True):
            one = quality[name][side]
            assert_shows(text.replace(",", ""), one["value"], [one["good"], one["total"]])
    for one in reports.json("profile"):
        (row,) = (row for row in page.table("Column") if row[0].startswith(one["column"] + one["type"]))
        assert row[1].startswith(str(one["missing"]))
        if one["greatest_change"]:
            assert row[5].startswith(f"{one['greatest_change']['day']}, distance ")
            assert_shows(row[5].partition("distance ")[2], one["greatest_change"]["distance"])


def assert_pictures_agree(reports: Reports) -> None:
    """Every picture of the report."""
    assert_points_are_the_metrics(reports)
    assert_the_sweep_is_marked_at_the_threshold_in_use(reports)
    assert_curves_are_the_tables(reports)
    assert_bands_are_the_table(reports.picture("calibration"), reports.plot("calibration"))
    assert_the_counts_are_the_decisions(reports)
    assert_months_are_those_of_the_metrics(reports)


def assert_pages_agree(reports: Reports) -> None:
    """Every page with figures of the line."""
    assert_the_report_agrees(reports)
    assert_the_model_card_agrees(reports)
    assert_the_profile_agrees(reports)
