"""What a worker of a sweep remembers between experiments."""

import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from assay.evaluation import assess
from assay.stages import train
from assay.statistics import bootstrap
from assay.statistics.bootstrap import Resamples
from assay.statistics.resampled import Scored
from assay.sweep.worker import remember


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Scored]:
    """What was measured, and not remembered."""
    calls: list[Scored] = []
    real = bootstrap.estimate
    monkeypatch.setattr(assess, "estimate", lambda scored, *rest: (calls.append(scored), real(scored, *rest))[1])
    for module, name in ((train, "train"), (assess, "measured")):
        monkeypatch.setattr(module, name, getattr(module, name))  # to be put back
    remember(tmp_path)
    return calls


def test_a_baseline_is_measured_once_for_all_experiments(measured: list[Scored]) -> None:
    generator = np.random.default_rng(0)
    one = Scored(generator.integers(0, 2, 60), generator.random(60), 0.5)
    other = Scored(one.y, generator.random(60), 0.5)
    evaluation, drawn = SimpleNamespace(threshold_probability=0.1), Resamples(60, 50, seed=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # joblib warns of what it cannot keep
        found = [assess.measured(scored, evaluation, drawn) for scored in (one, one, other, one)]
    assert len(measured) == 2
    assert [table["recall"].interval(0.95) for table in found] == [
        found[0]["recall"].interval(0.95),
        found[0]["recall"].interval(0.95),
        found[2]["recall"].interval(0.95),
        found[0]["recall"].interval(0.95),
    ]
