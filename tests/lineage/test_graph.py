"""The graph of dvc.yaml."""

from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.lineage.graph import graph
from assay.lineage.statement import location
from samples import ROOT


def test_a_stage_has_its_deps_outs_and_params(root: Path) -> None:
    node = graph().nodes["use"]
    assert node.deps == ("data/one.txt",)
    assert node.outs == ("data/lineage/use.json", "data/two", "report.json")
    assert node.params == ("c",)


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


def test_a_damaged_dvc_yaml_is_named(root: Path) -> None:
    Path("dvc.yaml").write_text("stages: [")
    with pytest.raises(AssayError, match=r"damaged[\s\S]*dvc\.yaml"):
        graph()
