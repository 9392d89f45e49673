"""The commands of the README, as written."""

import itertools
import re

import pytest

from pipeline_copy import Copy
from samples import ROOT

README, DOCS = ((ROOT / path).read_text() for path in ("README.md", "docs/experiments.md"))


def commands(after: str) -> str:
    """The first shell block after a text, without what makes or enters the environment."""
    block = re.search(r"```sh\n(.*?)```", README.split(after, 1)[1], re.S)
    assert block is not None
    return "\n".join(line for line in block[1].splitlines() if not line.startswith((". .venv", "make ")))


def test_the_graph_is_drawn_as_it_is(line: Copy) -> None:
    drawn = re.search(r"```mermaid\n.*?```", (ROOT / "docs/dvc.md").read_text(), re.S)
    assert drawn is not None
    edges = set()
    for chain in re.findall(r"^\t(.*-->.*)$", drawn[0], re.M):
        places = [place.split(" & ") for place in chain.split(" --> ")]
        edges |= {edge for before, after in itertools.pairwise(places) for edge in itertools.product(before, after)}
    assert edges == set(re.findall(r'"(\w+)" -> "(\w+)"', line.run("dvc", "dag", "--dot").stdout))


def test_looking_at_the_results(line: Copy) -> None:
    shown = line.run("bash", "-ec", commands("Now look at what was made")).stdout
    assert "average_precision" in shown
    assert "reports/report.html" in shown


@pytest.mark.slow
def test_sweep_and_compare(cheap: Copy) -> None:
    cheap.run("bash", "-ec", commands("**Sweep, and look.**"))
    assert len(cheap.run("dvc", "exp", "list", "--name-only").stdout.split()) == 2
    shown = cheap.run("dvc", "exp", "show", "--csv", "--no-pager").stdout
    for model in ("hist_gbm", "random_forest"):
        assert [row for row in shown.splitlines() if f",{model}," in row and "workspace" not in row], shown
    assert cheap.git_status() == ""
    for kind in ("metrics", "params", "plots"):
        assert f"dvc {kind} diff main" in " ".join(README.split())
        cheap.run("dvc", kind, "diff", "main")


@pytest.mark.slow
def test_change_a_parameter_and_see_whether_it_is_really_better(fork: Copy) -> None:
    changed = fork.run("bash", "-ec", commands("**Change a parameter.**")).stdout
    shown = README.split("**Change a parameter.**", 1)[1].split("```\n")[2]
    assert changed[changed.index("Path") :].startswith(shown.removesuffix("...\n"))
    fork.run("assay", "back")  # make back
    assert fork.git_status() == ""
    shown = fork.run("bash", "-ec", commands("**Is it really better?**")).stdout
    assert "### leaves-15 against main: **undecided**" in shown
    assert "### no-tsh against main: **worse**" in shown
    for row in re.findall(r"^\| [\w-]+, average precision (\|.*)$", README, re.M):
        assert f"| Average precision {row}" in shown
    keep_it(fork, "leaves-15")


def keep_it(copy: Copy, experiment: str) -> None:
    """As README and docs/experiments.md say: conf/ and params.yaml agree afterwards, and no stage has to run."""
    assert "`assay params --keep` and then `git commit -a` keep it" in README
    decision = DOCS.split("## A decision, from sweep to merged branch\n", 1)[1].split("\n## ", 1)[0]
    _, keep, merge = re.findall(r"```sh\n(.*?)```", decision, re.S)
    copy.run("git", "config", "user.name", "Test")
    copy.run("git", "config", "user.email", "test@example.org")
    said = copy.run("bash", "-ec", keep.replace("leaves-num_leaves-15-1c4b", experiment)).stdout
    assert "conf/model/lightgbm.yaml: model.num_leaves: 31 -> 15\n" in said
    assert "### smaller-trees against main: **undecided**" in said
    assert re.search(r"-0\.009 \[-0\.024, \+0\.006\], undecided", decision)
    assert "-0.009 [-0.024, +0.006] | undecided" in said
    order = copy.run("git", "show", "smaller-trees:params.yaml").stdout
    copy.run("bash", "-ec", merge)
    copy.run("assay", "params", "--check")
    assert (copy.path / "params.yaml").read_text() == order
    assert copy.repro() == []
    assert copy.git_status() == ""
