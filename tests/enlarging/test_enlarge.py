"""A larger table resembles the given one: marginals, correlations, gaps, prevalence, keys."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.stats import ks_2samp

from assay.enlarging.enlarge import Wish, enlarged
from assay.errors import AssayError

ROWS, TIMES = 1500, 6
NUMBERS = ["age", "dose", "level"]


@pytest.fixture(scope="module")
def given() -> pd.DataFrame:
    """Numbers that depend on each other and on the outcome, one as texts with gaps, and a flag that tells the gaps."""
    rng = np.random.default_rng(7)
    sick = rng.random(ROWS) < 0.06
    age = rng.integers(20, 90, ROWS)
    dose = np.exp(rng.normal(0.02 * age + 1.5 * sick, 0.4)).round(1)
    level = (dose * rng.uniform(0.5, 1.5, ROWS)).round(2)
    measured = rng.random(ROWS) < 0.7
    return pd.DataFrame(
        {
            "key": [f"{number:06}" for number in range(ROWS)],
            "ward": rng.integers(0, 3, ROWS),
            "age": age,
            "dose": dose,
            "level": [str(value) if there else "" for value, there in zip(level, measured, strict=True)],
            "measured": measured,
            "sick": np.where(sick, "yes", "no"),
        }
    )


def larger(given: pd.DataFrame, rows: int = ROWS * TIMES, seed: int = 0) -> pd.DataFrame:
    wish = Wish(rows, seed, target="sick", numbered=("key",))
    found = list(enlarged(pa.Table.from_pandas(given), wish, "a table"))
    assert all(len(batch) <= len(given) for batch in found)
    return pa.concat_tables(found).to_pandas()


def test_the_distribution_of_each_number_stays(given: pd.DataFrame) -> None:
    one, other = as_numbers(given), as_numbers(larger(given))
    for name in NUMBERS:
        assert ks_2samp(one[name].dropna(), other[name].dropna()).statistic < 0.02
        assert set(other[name].dropna()) <= set(one[name].dropna())


def test_rank_correlations_stay(given: pd.DataFrame) -> None:
    one, other = (as_numbers(table).corr("spearman") for table in (given, larger(given)))
    assert (one - other).abs().max().max() < 0.06


def test_gaps_prevalence_and_what_tells_of_gaps_stay_exactly(given: pd.DataFrame) -> None:
    found = larger(given)
    for name in ("sick", "ward", "measured"):
        assert (found[name].value_counts() == given[name].value_counts() * TIMES).all()
    assert ((found["level"] != "") == found["measured"]).all()


def test_a_part_of_a_round_keeps_the_prevalence_within_chance(given: pd.DataFrame) -> None:
    share, rows = (given["sick"] == "yes").mean(), ROWS + 1000
    deviation = (share * (1 - share) / rows) ** 0.5
    assert abs((larger(given, rows)["sick"] == "yes").mean() - share) < 4 * deviation


def test_keys_stay_keys_and_groups_do_not_grow(given: pd.DataFrame) -> None:
    found = larger(given)
    assert found["key"].is_unique
    assert set(found["key"].str[:6]) == set(given["key"])


def test_whole_numbers_are_numbered_too(given: pd.DataFrame) -> None:
    table = pa.Table.from_pandas(given.assign(key=range(ROWS)))
    found = pa.concat_tables(enlarged(table, Wish(ROWS * 2, 0, numbered=("key",)), "a table"))
    assert set(found["key"].to_pylist()) == {10 * key + copy for key in range(ROWS) for copy in range(2)}


def test_the_same_seed_gives_the_same_rows_and_another_gives_others(given: pd.DataFrame) -> None:
    assert larger(given, seed=3).equals(larger(given, seed=3))
    assert not larger(given, seed=3).equals(larger(given, seed=4))


def test_the_relation_of_numbers_to_the_outcome_stays(given: pd.DataFrame) -> None:
    def apart(table: pd.DataFrame) -> float:
        dose = table.groupby("sick")["dose"].median()
        return dose["yes"] / dose["no"]

    assert apart(larger(given)) == pytest.approx(apart(given), rel=0.05)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish(ROWS, 0), "1500 rows are asked for, and the table has 1500"),
        (Wish(ROWS + 1, 0, target="ill"), "no column ill"),
        (
            Wish(ROWS + 1, 0, target="sick", numbered=("sick",)),
            "sick is the outcome, which a number behind it would change",
        ),
        (Wish(ROWS + 1, 0, numbered=("dose",)), "not texts or whole numbers: column dose (double)"),
    ],
)
def test_a_wish_that_cannot_be_met(given: pd.DataFrame, wish: Wish, said: str) -> None:
    with pytest.raises(AssayError) as caught:
        enlarged(pa.Table.from_pandas(given), wish, "a table")
    assert caught.value.what == said


def test_a_table_without_records_is_refused(given: pd.DataFrame) -> None:
    with pytest.raises(AssayError, match="the table has no records"):
        enlarged(pa.Table.from_pandas(given.head(0)), Wish(ROWS, 0), "a table")


def as_numbers(table: pd.DataFrame) -> pd.DataFrame:
    return table[NUMBERS].apply(pd.to_numeric)
