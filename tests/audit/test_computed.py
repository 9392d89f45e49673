"""What the label follows from: as a search without shortcuts finds it."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.audit.computed import OPERATIONS, SAMPLES, misplaced, separates, separating


def names(count: int) -> list[str]:
    return [f"x{j}" for j in range(count)]


def found(values: np.ndarray, y: np.ndarray, names: list[str], enough: int) -> list[str]:
    return [one.name for one in separating(values, y, names, enough)[0]]


def searched(values: np.ndarray, y: np.ndarray, enough: int) -> set[str]:
    """Every feature and every operation on every pair, on all records."""

    def splits(column: np.ndarray) -> bool:
        positive, negative = column[(y == 1) & ~np.isnan(column)], column[(y == 0) & ~np.isnan(column)]
        return bool(positive.min() > negative.max() or positive.max() < negative.min())

    def known(*columns: int) -> bool:
        rows = ~np.isnan(values[:, list(columns)]).any(axis=1)
        return min((rows & (y == 1)).sum(), (rows & (y == 0)).sum()) >= enough

    alone = {j for j in range(values.shape[1]) if known(j) and splits(values[:, j])}
    found = {f"x{j}" for j in alone}
    for i, j in combinations(sorted(set(range(values.shape[1])) - alone), 2):
        if known(i, j):
            found |= {
                f"x{i} {o} x{j}" for o, compute in OPERATIONS.items() if splits(compute(values[:, i], values[:, j]))
            }
    return found


@given(st.integers(0, 10**6), st.integers(1, 6), st.sampled_from(["+", "-", "/", "="]), st.floats(0, 0.6))
def test_finds_what_a_full_search_finds(seed: int, features: int, operation: str, missing: float) -> None:
    generator = np.random.default_rng(seed)
    y = np.repeat([0, 1], [400, 200])
    values = generator.uniform(1, 9, (600, features + 1))
    target = np.where(y == 1, generator.uniform(20, 30, 600), generator.uniform(1, 19.9, 600))
    inverse = {"+": target - values[:, 0], "-": values[:, 0] - target, "/": values[:, 0] / target}
    values[:, -1] = inverse.get(operation, values[:, 0] + target)
    values[generator.random(values.shape) < missing] = np.nan
    assert set(found(values, y, names(features + 1), 20)) == searched(values, y, 20)


def test_one_exception_outside_the_sample_is_enough() -> None:
    y = np.repeat([0, 1], [4 * SAMPLES[-1], 2 * SAMPLES[-1]])
    values = (y + 0.1)[:, None]
    assert found(values, y, ["x"], 30) == ["x"]
    values[-1] = 0
    assert found(values, y, ["x"], 30) == []


def test_too_few_known_records_say_nothing() -> None:
    y = np.repeat([0, 1], 100)
    values = np.where(np.arange(200) % 100 < 29, y, np.nan)[:, None]
    assert separating(values, y, ["x"], 30) == ([], 0)


def test_a_quotient_of_nothing_by_nothing_is_not_known() -> None:
    y = np.repeat([0, 1], 100)
    values = np.zeros((200, 2))
    values[:10], values[190:] = [1, 2], [2, 1]  # one half and two, and 0 / 0 everywhere else
    assert found(values, y, names(2), 30) == []
    assert found(values, y, names(2), 10) == ["x0 / x1"]


@pytest.mark.parametrize(
    ("column", "split"),
    [([0, 0, 1, 1], True), ([1, 1, 0, 0], True), ([0, 1, 1, 2], False), ([0, np.nan, np.nan, 1], True)],
)
def test_separates(column: list[float], split: bool) -> None:
    assert separates(np.array(column)[:, None], np.array([0, 0, 1, 1])).tolist() == [split]


@given(st.lists(st.tuples(st.sampled_from([1.0, 2.0, 3.0, np.nan]), st.booleans()), min_size=1, max_size=12))
def test_misplaced_is_what_a_search_over_all_cuts_finds(records: list[tuple[float, bool]]) -> None:
    column, y = np.array([value for value, _ in records]), np.array([int(ill) for _, ill in records])
    tried = [(~np.isnan(column) & (side * column > cut)) for side in (1, -1) for cut in (-9, -2.5, -1.5, 0, 1.5, 2.5)]
    missing = np.isnan(column)
    wrong = (int(((one != y) & ~missing).sum() + min(y[missing].sum(), (1 - y[missing]).sum())) for one in tried)
    assert misplaced(column, y) == min(wrong)
