"""What the pages of a folder show, held against the JSON files beside them."""

import re
from base64 import b64encode

import pytest

from assay.statistics.metrics import METRICS, Place, shown_in
from report_reading import FILES_KEEP, MarkdownTables, Reports, Tables, named


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


def assert_pages_agree(reports: Reports) -> None:
    """Every page with figures of the line."""
    assert_the_report_agrees(reports)
    assert_the_model_card_agrees(reports)
    assert_the_profile_agrees(reports)
