"""Better than chance: the figures equal independent implementations, and chance stays within them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, norm
from sklearn.linear_model import Ridge

from assay.audit.chance import PENALTY, deviation, one_hot, predictor, terms

labelled_scores = st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=4, max_size=60).filter(
    lambda pairs: 0 < sum(label for label, _ in pairs) < len(pairs)
)


def arrays(pairs: list[tuple[bool, int]]) -> tuple[np.ndarray, np.ndarray]:
    y, score = zip(*pairs, strict=True)
    return np.array(score, dtype=float), np.array(y, dtype=int)


@given(labelled_scores)
def test_the_deviation_is_that_of_mann_and_whitney(pairs: list[tuple[bool, int]]) -> None:
    score, y = arrays(pairs)
    found = deviation(score, y)
    if len(set(score)) == 1:
        assert found == 0
        return
    p = mannwhitneyu(score[y == 1], score[y == 0], use_continuity=False, method="asymptotic").pvalue
    assert 2 * norm.sf(abs(found)) == pytest.approx(p)


def test_chance_deviates_by_one_standard_error() -> None:
    generator = np.random.default_rng(0)
    score, y = generator.integers(0, 20, 300).astype(float), np.repeat([1, 0], [30, 270])
    found = [deviation(score, generator.permutation(y)) for _ in range(2000)]
    assert np.mean(found) == pytest.approx(0, abs=0.1)
    assert np.std(found) == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("terms", [5, 300])  # fewer and more than records
def test_the_scores_are_those_of_a_ridge_regression(terms: int) -> None:
    generator = np.random.default_rng(0)
    known, asked = generator.normal(size=(80, terms)), generator.normal(size=(20, terms))
    y = generator.integers(0, 2, 80)
    expected = Ridge(alpha=PENALTY).fit(known, y).predict(asked) - y.mean()
    assert predictor(known, asked)(y) == pytest.approx(expected)
    constant = np.ones((80, 1))
    assert predictor(np.hstack([known, constant]), np.hstack([asked, constant[:20]]))(y) == pytest.approx(expected)


def test_features_become_numbers_by_the_reference() -> None:
    reference = pd.DataFrame({"x": [1.0, 2.0, 2.0, np.nan], "c": pd.Categorical(["a", "b", None, "a"])})
    table = pd.DataFrame({"x": [0.0, 2.0, 9.0, np.nan], "c": pd.Categorical(["b", "unheard of", None, "a"])})
    expected = [[0, 0, 0, 1], [2 / 3, 0, 0, 0], [1, 0, 0, 0], [0.5, 1, 1, 0]]
    assert terms(table, reference) == pytest.approx(np.array(expected))


def test_a_code_outside_the_levels_has_no_column() -> None:
    assert one_hot(np.array([1, -1, 2]), 2).tolist() == [[0, 1], [0, 0], [0, 0]]
