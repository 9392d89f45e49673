"""`dvc repro`: the committed results are what the code gives, and only what changed runs again."""

import itertools
import json
import sys

import pytest

from pipeline_copy import Copy

BRANCHES = ["profile", "review"]  # they hang off the line
ALL = ["collect", "clean", "annotate", "split", "featurize", "train", "audit", "evaluate", "cards"]


def test_the_line_from_nothing_gives_the_committed_lock_and_reports(line: Copy) -> None:
    assert line.git_status() == ""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has what the fork server needs")
def test_all_stages_but_the_first_ones_are_forks(line: Copy) -> None:
    noted = {path.stem: json.loads(path.read_text())["last"] for path in (line.path / ".assay/costs").glob("*.json")}
    assert sorted(noted) == sorted([*ALL, *BRANCHES])
    assert not noted["collect"]["forked"]
    assert noted["evaluate"]["forked"]
    assert noted["cards"]["forked"]


def test_right_after_nothing_runs(line: Copy) -> None:
    assert line.repro() == []


def test_params_yaml_is_what_conf_composes_to(line: Copy) -> None:
    line.run("assay", "params", "--check")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("override", "stages"),
    [
        ("model.C=0.3", ["train", "audit", "evaluate", "cards", "review"]),
        ("criteria.max_alerts_per_1000=80", ["evaluate", "cards"]),
    ],
)
def test_a_change_runs_only_what_depends_on_it(cheap: Copy, override: str, stages: list[str]) -> None:
    cheap.run("assay", "params", override)
    assert sorted(cheap.repro()) == sorted(stages)


@pytest.mark.parametrize(
    ("override", "stages"),
    [
        ("dataset.limits=[]", ["clean"]),
        ("labels=hypo", ["annotate", "train", "cards"]),
        ("split.test_from=1986-08-01", ["split", "train", "cards"]),
        ("features=measured", ["featurize", "train", "audit"]),
        ("training.folds=3", ["train", "cards"]),
        ("criteria.min_recall=0.85", ["train", "evaluate"]),
        ("review.suspects=10", ["review"]),
    ],
)
def test_a_stage_knows_its_own_parameters(cheap: Copy, override: str, stages: list[str]) -> None:
    cheap.run("assay", "params", override)
    assert sorted(json.loads(cheap.run("dvc", "status", "--json", "dvc.yaml").stdout)) == sorted(stages)


def test_the_graph_is_the_line(line: Copy) -> None:
    edges = line.run("dvc", "dag", "--dot").stdout
    for before, after in itertools.pairwise(ALL):
        assert f'"{before}" -> "{after}"' in edges


def test_every_stage_says_what_it_does(line: Copy) -> None:
    described = line.run("dvc", "stage", "list").stdout.splitlines()
    assert sorted(row.split()[0] for row in described) == sorted([*ALL, *BRANCHES])
    assert all(len(row.split()) > 3 for row in described)


def test_a_stage_runs_from_a_subfolder_too(cheap: Copy) -> None:
    Copy(cheap.path / "src").stage("split")
    assert "up to date" in cheap.run("dvc", "status", "dvc.yaml").stdout


def test_plots_are_drawn_by_dvc_from_files_in_git(line: Copy, tmp_path) -> None:
    line.run("dvc", "plots", "show", "--out", str(tmp_path / "plots"))
    page = (tmp_path / "plots" / "index.html").read_text()
    for title in ("Precision against recall", "ROC", "Calibration", "Decisions", "Decision curve", "Training"):
        assert title in page
