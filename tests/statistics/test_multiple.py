"""P values of many tests, corrected for their number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.statistics.multiple import holm

PS = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(PS)
def test_the_correction_is_that_of_holm(ps: list[float]) -> None:
    found, order = holm(ps), np.argsort(ps, kind="stable")
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, ps[place] * (len(ps) - rank)))
        assert found[place] == pytest.approx(highest)


@given(PS, st.integers(0, 2**32 - 1))
def test_the_correction_divides_the_rate_as_weights_say(ps: list[float], seed: int) -> None:
    weights = np.random.default_rng(seed).uniform(0.1, 5, len(ps))
    found, alone = holm(ps, weights), np.array(ps) * weights.sum() / weights
    assert found == pytest.approx(holm(ps, 7 * weights))
    assert (found <= np.minimum(1, alone) + 1e-12).all()  # never more than by Bonferroni's rule
    assert found.min() == pytest.approx(min(1, alone.min()))
    assert holm(ps, np.ones(len(ps))) == pytest.approx(holm(ps))


def test_weights_keep_the_rate_of_false_alarms() -> None:
    random = np.random.default_rng(0)
    alarms = [holm(random.random(12), [1, 1, *[0.2] * 10]).min() <= 0.05 for _ in range(4000)]
    assert np.mean(alarms) <= 0.06  # three standard deviations above .05


def test_nothing_tested_is_nothing_found() -> None:
    assert len(holm([])) == 0
