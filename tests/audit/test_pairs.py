"""Pairs of features, tried in blocks."""

import numpy as np
import pytest

from assay.audit import pairs
from assay.audit.pairs import strongest_pairs


@pytest.mark.parametrize("rows", [1, 7, 19])
def test_the_pairs_are_those_of_all_features_at_once(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(1)
    values, y = generator.normal(size=(20, 400)), (generator.random(400) < 0.3).astype(int)
    values[generator.random(values.shape) < 0.1] = np.nan
    values[6] = 0.0  # says nothing
    values[9] = values[8] + y + 0.3 * generator.normal(size=400)
    values = np.exp(values)  # positive, so that logarithms are tried too
    whole = strongest_pairs(values, y, 30)
    monkeypatch.setattr(pairs, "ROWS", rows)
    found = strongest_pairs(values, y, 30)
    assert [(one.one, one.other) for one in found] == [(one.one, one.other) for one in whole]
    assert [one.strength for one in found] == pytest.approx([one.strength for one in whole])
    assert (found[0].one, found[0].other) == (8, 9)
    assert len({(one.one, one.other) for one in found}) == len(found) >= pairs.TRIED
