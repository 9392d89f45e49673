"""Which run is taken at its word for a stage of a merged tree."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from assay.lineage.graph import nodes
from assay.merging.lock import choose, composed, same

GRAPH = nodes("""
stages:
  clean: {cmd: clean, deps: [src/clean.py], outs: [data/clean]}
  train: {cmd: train, deps: [data/clean/x.csv, src/train.py], params: [model.depth], outs: [models]}
  report: {cmd: report, deps: [models], metrics: [{reports/m.json: {cache: false}}]}
""")
FILES = {"src/clean.py": "clean1", "src/train.py": "train1"}


@dataclass
class Run:
    """A run that somebody had."""

    lock: dict[str, Any]
    git: dict[str, str] = field(default_factory=dict)

    def md5(self, path: str) -> str:
        return self.git.get(path, "")

    def place(self, path: str) -> None:
        pass


def run(clean: str = "clean1", train: str = "train1", depth: object = 4, data: str = "d", model: str = "m") -> Run:
    """A whole run with these sources, this parameter, and these outputs."""
    stages = {
        "clean": {
            "cmd": "clean",
            "deps": [{"path": "src/clean.py", "md5": clean}],
            "outs": [{"path": "data/clean", "md5": data}],
        },
        "train": {
            "cmd": "train",
            "deps": [{"path": "data/clean/x.csv", "md5": f"x of {data}"}, {"path": "src/train.py", "md5": train}],
            "params": {"params.yaml": {"model.depth": depth}},
            "outs": [{"path": "models", "md5": model}],
        },
        "report": {
            "cmd": "report",
            "deps": [{"path": "models", "md5": model}],
            "outs": [{"path": "reports/m.json", "md5": f"report of {model}"}],
        },
    }
    return Run({"schema": "2.0", "stages": stages}, {"reports/m.json": f"report of {model}"})


def chosen(*runs: Run, depth: object = 4) -> dict[str, tuple[int, bool]]:
    """By stage, the number of the run that is taken, and whether it is known to fit."""
    found = choose(GRAPH, runs, lambda path: FILES.get(path, ""), lambda file, key: depth)
    return {name: (runs.index(one.source), one.known) for name, one in found.items()}


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([run()], [(0, True), (0, True), (0, True)]),
        # Another parameter in each: what is above it is known, it and what is below must run.
        ([run(depth=3), run(depth=5)], [(0, True), (0, False), (0, False)]),
        # The second has the parameter and the same data.
        ([run(depth=3, model="n"), run()], [(0, True), (1, True), (1, True)]),
        # The code of one, the parameter of the other, whose data differ: nobody trained so.
        ([run(depth=3), run(clean="clean2", data="e")], [(0, True), (0, False), (0, False)]),
        # Nobody cleaned with this code: below it whoever could fit is likelier than who cannot.
        ([run(clean="clean0", train="train0"), run(clean="clean2")], [(0, False), (1, False), (0, False)]),
        # The reports in git are not those of its lock.
        ([Run(run().lock, {"reports/m.json": "edited"})], [(0, True), (0, True), (0, False)]),
    ],
)
def test_a_stage_is_taken_from_the_first_run_that_had_the_very_same_inputs(
    runs: list[Run], expected: list[tuple[int, bool]]
) -> None:
    assert list(chosen(*runs).values()) == expected


@pytest.mark.parametrize("depth", [4.0, True, "4", None])
def test_a_value_of_another_type_is_another_value(depth: object) -> None:
    assert chosen(run(), depth=depth)["train"] == (0, False)
    assert not same(4, depth)


@pytest.mark.parametrize(
    "change",
    [
        lambda stages: stages["clean"].update(cmd="other"),
        lambda stages: stages["clean"]["deps"].append({"path": "more", "md5": "1"}),
        lambda stages: stages["clean"].update(outs=[]),
        lambda stages: stages["clean"].update(deps=[{"path": "src/clean.py"}]),
        lambda stages: stages["clean"].update(deps=["cut"]),
    ],
)
def test_an_entry_that_is_not_of_the_stage_is_not_taken(change: Any) -> None:
    damaged = run()
    change(damaged.lock["stages"])
    assert chosen(damaged, run())["clean"] == (1, True)


def test_the_lock_keeps_the_order_of_the_first_run_and_drops_stages_that_are_no_more() -> None:
    first, second = run(depth=3), run(model="n")
    del first.lock["stages"]["report"]
    first.lock["stages"] = {"gone": {}, **dict(reversed(first.lock["stages"].items())), "train@0": {"cmd": "one"}}
    content = composed(
        GRAPH, [first, second], choose(GRAPH, [first, second], lambda path: FILES.get(path, ""), lambda *_: 4)
    )
    assert list(content["stages"]) == ["train", "clean", "train@0", "report"]
    assert content["stages"]["train"] == second.lock["stages"]["train"]
    assert content["schema"] == "2.0"


def test_without_any_run_there_is_nothing_to_take() -> None:
    assert chosen(Run({})) == {}
    assert composed(GRAPH, [Run({})], {}) == {"schema": "2.0", "stages": {}}
