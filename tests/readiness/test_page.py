"""The page as a whole: of facts with hostile texts, and of a line that ran."""

import json
import subprocess
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assay.cli.commands import app
from assay.errors import AssayError
from assay.readiness.costs import Prices
from assay.readiness.facts import gather
from assay.readiness.page import as_html, as_markdown, page
from assay.text import visible
from hostile import TEXTS, Page, squeezed
from readiness_samples import INTERVALS, METRICS, facts, finding, reports


def test_both_forms_have_every_cell() -> None:
    made = page(facts(), Prices(0.05, 10))
    html, markdown = Page(as_html(made)), as_markdown(made)
    for section in made.sections:
        assert section.title in html.text
        assert f"## {section.title}" in markdown
        for row in section.rows:
            assert all(squeezed(cell) in html.text for cell in row)
    assert made.lead in html.text


def test_the_page_needs_no_network_and_colours_the_verdicts() -> None:
    html = as_html(page(facts(), Prices()))
    assert "http" not in html
    assert '<td class="met">met</td>' in html
    assert '<td class="unmet">not met</td>' in html


def test_the_lead_counts() -> None:
    assert page(facts(), Prices()).lead.startswith(
        "2 of 2 criteria are met, 1 not settled; 1 of 3 limits on cost are met. "
    )


def test_a_test_fold_without_positives_has_a_page() -> None:
    metrics = {**METRICS, "positives": 0, "true_positives": 0, "prevalence": 0.0, "precision": None, "recall": None}
    nothing = {"recall": [None, None], "precision": [None, None]}
    undefined = finding("recall", None, interval=[None, None], verdict="not met", settled=False)
    changed = {
        "metrics": metrics,
        "intervals": {**INTERVALS, **nothing},
        "baselines": {"rule": {"metrics": metrics, "intervals": {**INTERVALS, **nothing}}},
        "verdict": {"findings": [undefined]},
    }
    said = as_markdown(page(facts(reports=reports() | changed), Prices()))
    assert "recall is not met | –, asked at least 0.8" in said
    assert "0 are positive; 60 alerts |" in said


def test_texts_from_outside_stay_texts() -> None:
    everything = " ; ".join(TEXTS.values())
    hostile, harmless = (Page(as_html(page(facts(text), Prices()))) for text in (everything, "harmless"))
    assert sorted(hostile.tags) == sorted(harmless.tags)
    assert [key for key, _ in hostile.attributes] == [key for key, _ in harmless.attributes]
    assert squeezed(visible(everything, keep="\n")) in hostile.text


def test_the_page_of_a_line(line: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], check=True)
    found = gather(line, date(2026, 1, 31))
    made = page(found, Prices())
    assert "thyroid" in made.title
    assert found.missing["TBG"] > 0
    assert found.records is not None
    assert found.budget is None
    assert "the cost was not measured" in as_markdown(made)
    assert {section.name for section in made.sections} == {
        "claims",
        "criteria",
        "open",
        "risks",
        "data",
        "resources",
        "inputs",
        "costs",
    }


def test_the_command_writes_the_page_and_prints_it(line: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], check=True)
    said = CliRunner().invoke(app, ["readiness", "--md", "--minutes-per-alert", "6"])
    assert said.exit_code == 0
    assert "# Readiness: " in said.output
    assert "at 6 minutes each" in said.output
    assert "at 6 minutes each" in Page(Path("reports/readiness.html").read_text()).text


@pytest.mark.parametrize("name", ["reports/metrics.json", "models/bundle.json"])
def test_a_changed_file_is_no_source(line: Path, name: str) -> None:
    subprocess.run(["git", "init", "--quiet"], check=True)
    Path(name).write_bytes(Path(name).read_bytes() + b" ")
    with pytest.raises(AssayError, match="is not what"):
        gather(line, date(2026, 1, 31))


def test_a_model_that_the_audit_stopped_has_no_figures(line: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], check=True)
    Path("data/lineage/audit.json").unlink()  # as DVC does before it runs the stage; the former reports stay
    metrics = json.loads(Path("reports/metrics.json").read_text())
    said = CliRunner().invoke(app, ["readiness", "--md"])
    assert said.exit_code == 0
    top = said.output.partition("## ")[0]
    assert "This model was not evaluated: the audit did not pass, or did not run. It has no figures" in top
    assert "has not passed this model: the audit did not pass" in said.output
    assert "None was judged" in said.output
    assert f"{metrics['records']} records" not in said.output
    assert "recall" not in said.output
    html = Path("reports/readiness.html").read_text()
    assert "This model was not evaluated" in Page(html).text
    assert "report.html" not in html


def test_the_audit_stands_on_the_page(line: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], check=True)
    assert "| the audit | passed: 16 checks, " in as_markdown(page(gather(line, date(2026, 1, 31)), Prices()))


def test_a_model_of_other_params_has_no_page(line: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], check=True)
    text = Path("params.yaml").read_text()
    Path("params.yaml").write_text(text.replace("n_estimators: 40", "n_estimators: 41"))
    with pytest.raises(AssayError, match=r"train ran with model\.n_estimators=40, and params\.yaml says 41"):
        gather(line, date(2026, 1, 31))


def test_a_part_without_its_report_says_nothing() -> None:
    nothing = facts(reports={}, unevaluated="evaluate did not end")
    said = as_markdown(page(nothing, Prices(0.05, 10)))
    assert "This model was not evaluated: evaluate did not end. It has no figures" in said
    assert "alerts among" not in said
