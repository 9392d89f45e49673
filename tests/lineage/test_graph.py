"""The graph of dvc.yaml."""

import subprocess
from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.lineage.graph import DVC_YAML, REPLAY_YAML, graph, nodes, touches
from assay.lineage.statement import location
from samples import ROOT

GRAPH = """
stages:
  late:
    cmd: late
    deps: [data/two/part.csv]
    params: [a.b, {other.yaml: [c]}]
    metrics: [reports/m.json: {cache: false}]
  early: {cmd: early, outs: [data/two, {data/log: {persist: true}}]}
"""


def test_a_stage_comes_after_those_it_needs_and_knows_what_git_keeps_of_it() -> None:
    early, late = nodes(GRAPH)
    assert (early.name, early.outs, early.in_git) == ("early", {"data/two", "data/log"}, frozenset())
    assert (late.deps, late.in_git) == ({"data/two/part.csv"}, {"reports/m.json"})
    assert late.params == {"params.yaml": {"a.b"}, "other.yaml": {"c"}}


@pytest.mark.parametrize(
    "text", ["<<<<<<< HEAD\nstages: {}", "stages: [1]", "stages: {a: {outs: 3}}", "[1]", "a: b: c"]
)
def test_what_is_no_graph_is_refused(text: str) -> None:
    with pytest.raises(AssayError, match="not a graph"):
        nodes(text)


@pytest.mark.parametrize(
    ("one", "other", "expected"), [("a/b", "a", True), ("a", "a/b", True), ("a", "a", True), ("a", "ab", False)]
)
def test_a_folder_touches_what_is_in_it(one: str, other: str, expected: bool) -> None:
    assert touches(one, other) is expected


def test_git_is_told_of_every_generated_file_and_of_none_that_people_write() -> None:
    made = ["dvc.lock", "params.yaml", "replay/dvc.lock"]
    declared = [node for name in (DVC_YAML, REPLAY_YAML) for node in nodes((ROOT / name).read_text())]
    for out in (out for node in declared for out in node.in_git):
        made.append(f"{out}/x" if (ROOT / out).is_dir() else out)
    written = ["dvc.yaml", "conf/config.yaml", "reports/notes.md", "src/assay/cli/commands.py", "docs/method.md"]
    ledger = "annotations/decisions.csv"
    said = subprocess.run(
        ["git", "check-attr", "merge", "--", *made, *written, ledger], cwd=ROOT, capture_output=True, text=True
    ).stdout
    by_path = dict(line.split(": merge: ") for line in said.splitlines())
    assert {path for path, merge in by_path.items() if merge == "generated"} == set(made)
    assert by_path[ledger] == "union"


@pytest.mark.parametrize(
    ("path", "maker"),
    [("data/one.txt", "make"), ("data/two", "use"), ("data/two/x.txt", "use"), ("source.txt", None), ("data", None)],
)
def test_the_maker_of_a_file(root: Path, path: str, maker: str | None) -> None:
    assert graph().maker(path) == maker


def test_ancestors_are_found_however_far_away() -> None:
    whole = graph(ROOT / "dvc.yaml")
    assert whole.ancestors("collect") == []
    assert whole.ancestors("split") == ["annotate", "clean", "collect"]
    assert "profile" in whole.ancestors("cards")
    assert "review" not in whole.ancestors("cards")


@pytest.mark.parametrize("stage", graph(ROOT / "dvc.yaml").nodes)
def test_every_stage_keeps_its_statement(stage: str) -> None:
    assert str(location(stage)) in graph(ROOT / "dvc.yaml").nodes[stage].outs
