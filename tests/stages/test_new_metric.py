"""A metric that is added to METRICS is in every place that its entry names, and nowhere else."""

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.metrics import balanced_accuracy_score

from assay.compare.changes import Changes
from assay.compare.page import Page
from assay.compare.paired import Plan, compare
from assay.compare.show import as_html, as_json, as_markdown
from assay.files import read_json
from assay.paths import PREDICTIONS, SPLIT, fold
from assay.presentation.markdown import Markdown
from assay.proof.pull_request import PullRequest, document
from assay.stages import cards, evaluate
from assay.statistics.metrics import EVERYWHERE, METRICS, Metric, Place, shown_in
from assay.statistics.ratios import ratio
from assay.sweep import command
from assay.sweep.folder import Setting
from assay.sweep.log import DONE, Entry
from assay.tables import read_table
from page_agreement import assert_pages_agree
from picture_agreement import assert_pictures_agree
from report_reading import MarkdownTables, Reports, Tables

SHOWN = Metric(
    name="balanced_accuracy",
    title="Balanced accuracy",
    meaning="mean of recall and specificity",
    better="higher",
    function=lambda on: (ratio(on.tp, on.tp + on.fn) + ratio(on.tn, on.tn + on.fp)) / 2,
    shown=EVERYWHERE,
    digits=2,
    position=2.5,
)
# In the tables of all metrics alone.
FOLDED = replace(SHOWN, name="balanced_error", title="Balanced error", better="lower", shown=frozenset())
BOTH = {SHOWN.name, FOLDED.name}


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch)


def add(patch: pytest.MonkeyPatch) -> None:
    for one in (SHOWN, FOLDED):
        patch.setitem(METRICS, one.name, one)


@pytest.fixture(scope="module")
def line(small_line: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small line, evaluated with both metrics there."""
    copy = tmp_path_factory.mktemp("metric") / "line"
    shutil.copytree(small_line, copy, symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(copy)
        patch.setattr("sys.argv", ["stage"])
        add(patch)
        evaluate.main()
        cards.main()
    return copy


@pytest.fixture(scope="module")
def reports(line: Path) -> Reports:
    return Reports(line)


def test_the_files_for_programs_have_it(reports: Reports) -> None:
    folder = reports.folder
    files = {name: read_json(folder / f"{name}.json") for name in ("metrics", "out_of_fold", "intervals")}
    files["ungradable"] = read_json(folder / "ungradable.json")["included"]["intervals"]
    files["baselines"] = next(iter(read_json(folder / "baselines.json").values()))["metrics"]
    assert {name: content.keys() & BOTH for name, content in files.items()} == dict.fromkeys(files, BOTH)
    slices = read_json(folder / "slices.json")
    assert [row.keys() & BOTH for row in slices] == [{SHOWN.name}] * len(slices)
    assert BOTH & set(reports.plot("threshold_sweep")) == {SHOWN.name}


def test_its_value_is_that_of_an_independent_implementation(line: Path, reports: Reports) -> None:
    scores = read_table(line / PREDICTIONS / "test.parquet")
    test = read_table(line / fold(SPLIT, "test")).merge(scores, on="record_id")
    graded = test[test["excluded"] == ""]
    alert = graded["score"] >= read_json(line / PREDICTIONS / "thresholds.json")["model"]["value"]
    expected = balanced_accuracy_score(graded["label"].astype(bool), alert)
    assert reports.json("metrics")[SHOWN.name] == pytest.approx(expected, abs=1e-6)


def test_the_report_shows_it(reports: Reports) -> None:
    page = Tables((reports.folder / "report.html").read_text())
    for table in (page.table("Metric", "model"), page.table("Metric", "excluded")):
        assert {SHOWN.title, FOLDED.title} <= {row[0] for row in table}
    (row,) = (row for row in page.table("Metric", "model") if row[0] == SHOWN.title)
    assert row[1].startswith(f"{reports.json('metrics')[SHOWN.name]:.2f} [")
    assert row[-1] == SHOWN.meaning
    titles = page.head("Slice")
    assert titles.index("Recall") + 1 == titles.index(SHOWN.title) == titles.index("Precision") - 1
    assert FOLDED.title not in titles
    drawn = reports.picture("threshold_sweep")
    assert BOTH & {one.removeprefix("curve-") for one in drawn.ids("curve")} == {SHOWN.name}
    assert SHOWN.phrase in drawn.text


def test_the_model_card_shows_it(reports: Reports) -> None:
    card = MarkdownTables((reports.folder / "model_card.md").read_text())
    performance = card.table("", reports.params["model"]["name"])
    assert {SHOWN.title, FOLDED.title} <= {row[0] for row in performance}
    for titles in (card.head("group"), [row[0] for row in card.table("", "left out")]):
        assert SHOWN.title in titles
        assert FOLDED.title not in titles


def test_what_pages_and_pictures_show_is_what_the_files_say(reports: Reports, added: None) -> None:
    assert_pages_agree(reports)
    assert_pictures_agree(reports)


@pytest.fixture
def page(added: None) -> Page:
    """A weak base and a good head on the same records."""
    label = (np.random.default_rng(0).random(600) < 0.2).astype(int)
    ids = pd.Index([f"{number:05}" for number in range(len(label))], name="record_id")

    def side(noise: float) -> SimpleNamespace:
        score = 1 / (1 + np.exp(-(2 * label - 1 + np.random.default_rng(1).normal(0, noise, len(label)))))
        table = pd.DataFrame({"label": label.astype(bool), "excluded": "", "score": score}, index=ids)
        return SimpleNamespace(name="side", test=table, threshold=0.5)

    plan = Plan(resamples=200)
    found = compare(side(4), side(0.3), pd.DataFrame({"sex": "F"}, index=ids), plan)  # type: ignore[arg-type]
    changes = Changes({}, {"added": 0, "removed": 0, "changed": 0}, {}, {}, ("overt", "overt"), ([], []), ([], []))
    return Page("base", "head", plan, found, changes)


def test_a_comparison_shows_it_first_or_folded_and_knows_its_direction(page: Page) -> None:
    told = as_json(page)
    # Both have the same function: what is better for one is worse for the other.
    assert [told["metrics"][one.name]["verdict"] for one in (SHOWN, FOLDED)] == ["better", "worse"]
    assert {row["metric"] for row in told["slices"]} & BOTH == {SHOWN.name}
    rows = [row[0] for row in Tables(as_html(page)).table("Metric")]
    assert rows[: len(shown_in(Place.COMPARISON))].count(SHOWN.title) == 1
    assert FOLDED.title in rows
    first, folded = as_markdown(page).split("more metrics</summary>")
    for one in shown_in(Place.COMPARISON):
        assert f"| {one.title} |" in first
        assert f"| {one.title} |" not in folded.split("</details>")[0]
    assert f"| {FOLDED.title} |" in folded.split("</details>")[0]
    assert f"| sex: F | {SHOWN.title} |" in folded.split("</details>", 1)[1]


def test_the_document_of_a_pull_request_shows_it(page: Page) -> None:
    shown = document(PullRequest("main", "head", [], False, page, "", Markdown(), Markdown()))
    first = shown.split("more metrics</summary>")[0]
    assert f"| {SHOWN.title} |" in first
    assert f"| {FOLDED.title} |" not in first


def test_the_table_of_a_sweep_shows_it(added: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_choice", lambda *_: Markdown())
    figures = {**dict.fromkeys(METRICS, 0.5), SHOWN.name: 0.123456}
    done = {"one": Entry("one", DONE, [], "abc", seconds=1.0, metrics=figures)}
    head, row = MarkdownTables(command.summary(Setting("name", tmp_path, "abc", tmp_path, 1), done, [])).tables[0]
    assert head == [
        "experiment",
        "average precision, out of fold",
        "balanced accuracy",
        "precision",
        "alerts per 1000",
        "seconds",
    ]
    assert row[2] == "0.12"


def test_dvc_plots_the_curves_that_the_figure_shows(small_line: Path) -> None:
    plots = yaml.safe_load((small_line / "dvc.yaml").read_text())["plots"]
    (curve,) = (plot[name] for plot in plots for name in plot if name.endswith("threshold_sweep.csv"))
    assert curve["y"] == [one.name for one in shown_in(Place.FIGURES)]
