"""What the documents say is what the repository holds."""

import json
import re
from pathlib import Path

import pytest

from samples import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
README, CONTRIBUTING = ((ROOT / name).read_text() for name in ("README.md", "CONTRIBUTING.md"))
ROWS = {
    "average precision": "average_precision",
    "recall": "recall",
    "precision": "precision",
    "alerts per 1000": "alerts_per_1000",
    "net benefit at 10 %": "net_benefit",
    "accuracy": "accuracy",
}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) < 170


def test_every_page_is_in_the_index_of_the_readme() -> None:
    index = README.split("## Find your question")[1]
    assert [path.name for path in (ROOT / "docs").glob("*.md") if f"](docs/{path.name})" not in index] == []


def shown(value: float | None, interval: list[float | None], metric: str) -> str:
    """A figure as the table of the README gives it."""
    if value is None:
        return "–"
    if value == 0:
        return "0"
    figures = [f"{figure:.1f}" if metric == "alerts_per_1000" else f"{figure:.3f}"[1:] for figure in (value, *interval)]
    return f"{figures[0]} [{figures[1]}, {figures[2]}]"


@pytest.mark.parametrize("row", ROWS)
def test_the_results_in_the_readme_are_those_of_the_reports(row: str) -> None:
    metric = ROWS[row]
    baselines = json.loads((ROOT / "reports/baselines.json").read_text())
    files = [json.loads((ROOT / f"reports/{name}.json").read_text()) for name in ("metrics", "intervals")]
    expected = [shown(files[0][metric], files[1][metric], metric)]
    for name in ("xgboost", "rule", "logistic", "majority"):
        expected.append(shown(baselines[name]["metrics"][metric], baselines[name]["intervals"][metric], metric))
    line = next(line for line in README.splitlines() if line.startswith(f"| {row} |"))
    assert [cell.strip().replace("**", "") for cell in line.strip("|").split("|")[1:]] == expected


def test_the_readme_says_how_the_ungradable_records_weigh() -> None:
    ungradable = json.loads((ROOT / "reports/ungradable.json").read_text())
    text = " ".join(README.split())
    assert f"{ungradable['records']} ungradable records" in text
    included = ungradable["included"]
    for metric in ("average_precision", "recall", "precision"):
        assert shown(included["metrics"][metric], included["intervals"][metric], metric) in text


def test_the_readme_says_what_the_replay_found() -> None:
    replay = json.loads((ROOT / "reports/replay.json").read_text())
    triggered, never = (replay["policies"][name] for name in ("triggered", "never"))
    figures = [shown(*one["average_precision"].values(), "average_precision") for one in (triggered, never)]
    text = " ".join(README.split())
    assert (
        f"In {replay['months']} simulated months the monitor asked for {triggered['retrainings']} retrainings" in text
    )
    assert f"average precision {figures[0]} instead of {figures[1]} for the model that stayed" in text


def test_the_build_for_gpus_has_the_version_of_the_lock() -> None:
    locked = re.search(r"^xgboost-cpu==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert locked
    assert f"pip install xgboost=={locked[1]} " in (ROOT / "docs/scale.md").read_text()


def test_what_is_to_be_changed_is_where_it_is_said_to_be() -> None:
    table = CONTRIBUTING.split("## Where to change what")[1].split("## ")[0]
    places = re.findall(r"`((?:src|conf)/[^`]*|dvc\.yaml)`", table)
    assert len(re.findall(r"^\| \w", table, re.M)) == 21  # twenty tasks, and the head
    assert [place for place in places if not (ROOT / place).exists()] == []
    assert "\nCHECKS: " in (ROOT / "src/assay/audit/checks.py").read_text()


def test_every_folder_of_the_tree_is_there() -> None:
    tree = CONTRIBUTING.split("## Where things are")[1].split("```")[1]
    package = re.findall(r"^  (\w+)/  ", tree, re.M)
    assert sorted(package) == sorted(path.parent.name for path in (ROOT / "src/assay").glob("*/__init__.py"))
    groups = re.search(r"^  (dataset/.*)$", tree, re.M)
    assert groups is not None
    assert sorted(groups[1].replace("/", "").split()) == sorted(
        path.name for path in (ROOT / "conf").iterdir() if path.is_dir()
    )
