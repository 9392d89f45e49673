"""What a worker says half-way through a training."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.config.load import load
from assay.config.reading import plain
from assay.modelling.records import read_labelled
from assay.modelling.training import train
from assay.sweep.worker import SCORES, Hopeless, Watcher
from assay.tables import read_table, write_table


@pytest.mark.parametrize("hopeless", [False, True])
def test_a_training_from_the_cache_is_reported_as_one_that_ran(
    hopeless: bool, small_line: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(small_line, tmp_path / "line", symlinks=True)
    monkeypatch.chdir(tmp_path / "line")
    written = read_table(SCORES)
    write_table(SCORES, written.assign(score=written["score"].round()))  # ties, as rounding makes them
    config = load()

    def run(watcher: Watcher) -> None:
        records, later = read_labelled("train"), read_labelled("validation")
        train(plain(config.model), records, later, config.training, config.criteria.min_recall, watch=watcher)

    def said(report: Callable[[Watcher], None]) -> tuple[str, bool]:
        """What the parent is told, and whether it ends the training."""
        answers = io.StringIO()
        monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"hopeless": hopeless}) + "\n"))
        try:
            report(Watcher(answers))
        except Hopeless:
            return answers.getvalue(), True
        return answers.getvalue(), False

    assert said(run) == said(Watcher.catch_up)
    report, ended = said(run)
    assert ended is hopeless
    assert list(json.loads(report)) == ["average_precision"]
