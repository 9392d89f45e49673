"""Near-duplicates: all of those that chance does not explain, and none that it does."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.audit.duplicates import EXPECTED, TOLERANCE, near_duplicates


def table(n: int = 300, seed: int = 0) -> pd.DataFrame:
    """Records of five independent numbers of all sizes and signs, a text, a flag, and gaps."""
    generator = np.random.default_rng(seed)
    numbers = {
        f"x{j}": generator.normal(0, 10.0 ** (2 * j - 4), n) if j % 2 else generator.lognormal(j, 1, n)
        for j in range(5)
    }
    frame = pd.DataFrame({**numbers, "sex": generator.choice(["F", "M"], n), "sick": generator.random(n) < 0.2})
    frame.loc[generator.random(n) < 0.3, "x2"] = np.nan
    return frame


@given(st.integers(0, 299), st.integers(0, 299), st.lists(st.floats(-0.9, 0.9), min_size=5, max_size=5))
def test_a_copy_within_tolerance_is_found_wherever_it_stands(one: int, other: int, errors: list[float]) -> None:
    frame = table()
    if one != other:
        frame.loc[other] = frame.loc[one]
        frame.loc[other, [f"x{j}" for j in range(5)]] *= 1 + TOLERANCE * np.array(errors)
        assert {frozenset(pair) for pair in near_duplicates(frame)[0]} == {frozenset((one, other))}


@pytest.mark.parametrize(
    ("column", "value"), [("sex", "other"), ("sick", None), ("x3", 1.01), ("x2", np.nan)], ids=lambda value: str(value)
)
def test_what_differs_in_one_thing_is_another_record(column: str, value: object) -> None:
    frame = table()
    one = int(frame.dropna().index[0])
    other = one + 1
    frame.loc[other] = frame.loc[one]
    if value is None:
        value = not frame.loc[one, column]
    frame.loc[other, column] = frame.loc[one, column] * value if column == "x3" else value
    assert near_duplicates(frame)[0] == []


def test_chance_explains_coincidences_of_coarse_values() -> None:
    """Ages and rounded results coincide by the hundred in a table of this size: that says nothing."""
    generator = np.random.default_rng(0)
    frame = pd.DataFrame({"age": generator.integers(20, 60, 5000), "result": generator.integers(1, 50, 5000)})
    assert frame.duplicated().sum() > 100
    assert near_duplicates(frame) == ([], 0)


def test_a_column_says_nothing_that_another_has_said() -> None:
    """Ten columns that follow from one number are as good as one."""
    generator = np.random.default_rng(0)
    first = generator.integers(1, 200, 3000).astype(float)
    frame = pd.DataFrame({f"x{j}": first * (j + 1) for j in range(10)})
    assert near_duplicates(frame)[1] == 0


def test_as_few_pairs_coincide_as_promised() -> None:
    """Rounded until records begin to coincide: over many tables hardly any pair is called a duplicate."""
    found = 0
    for seed in range(40):
        generator = np.random.default_rng(seed)
        frame = pd.DataFrame({f"x{j}": generator.normal(100, 30, 400).round() for j in range(4)})
        found += len(near_duplicates(frame)[0])
    assert found <= 40 * EXPECTED


@pytest.mark.parametrize("frame", [table().head(0), table().head(1), table()[["sex", "sick"]]])
def test_where_nothing_can_be_compared(frame: pd.DataFrame) -> None:
    assert near_duplicates(frame) == ([], 0)
