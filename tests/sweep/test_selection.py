"""How much of the best score is choice."""

import numpy as np
import pytest

from assay.statistics.resampled import Scored
from assay.sweep.selection import select


def noise(count: int, skill: float = 1.0) -> dict[str, Scored]:
    """So many models that are equally good, each with noise of its own."""
    generator = np.random.default_rng(0)
    y = (generator.random(400) < 0.2).astype(int)
    return {str(number): Scored(y, skill * y + generator.normal(0, 1, 400), 0.5) for number in range(count)}


def test_the_more_are_tried_the_more_of_the_best_is_chance() -> None:
    few, many = select(noise(2)), select(noise(30))
    assert 0 < few.optimism < many.optimism
    assert many.tried == 30


def test_nothing_is_chance_where_nothing_was_chosen() -> None:
    assert select(noise(1)).optimism == pytest.approx(0)
    same = noise(1)["0"]
    assert select({"a": same, "b": same}).optimism == pytest.approx(0)


def test_the_best_is_the_one_with_the_highest_value() -> None:
    models = noise(5)
    models["better"] = Scored(models["0"].y, models["0"].y + 0.01 * models["0"].score, 0.5)
    chosen = select(models)
    assert chosen.best == "better"
    assert chosen.value == pytest.approx(1)
