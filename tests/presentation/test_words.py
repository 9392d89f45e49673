"""Figures in words."""

import pytest

from assay.config.words import Words, complete
from assay.presentation import words
from samples import THYROID


@pytest.mark.parametrize(
    ("value", "metric", "shown"),
    [
        (0.88506, "recall", "0.885"),
        (47.4732, "alerts_per_1000", "47.5"),
        (142.42, "alerts_per_1000", "142.4"),
        (1959.0, "", "1959"),
        (None, "recall", "–"),
        (float("nan"), "recall", "–"),
        (0, "recall", "0.000"),
    ],
)
def test_a_figure_has_the_digits_it_deserves(value: float | None, metric: str, shown: str) -> None:
    assert words.number(value, metric) == shown


def test_an_interval_stands_in_brackets_unless_there_is_none() -> None:
    assert words.with_interval(0.9124, (0.8641, 0.95)) == "0.912 [0.864, 0.950]"
    assert words.with_interval(0.9, (float("nan"), float("nan"))) == "0.900"


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        (THYROID.words, "Of 1000 people like those of the test fold, about 50 have the disease; "),
        (Words(), "Of 1000 records like those of the test fold, about 50 are positive; "),
        (Words("order", outcome="returned"), "Of 1000 orders like those of the test fold, about 50 are returned; "),
    ],
)
def test_the_claim_counts_what_a_record_stands_for(called: Words, expected: str) -> None:
    said = words.claim(recall=0.9, precision=0.5, alerts_per_1000=90, prevalence=0.05, called=complete(called))
    assert said.startswith(expected)
    assert "sends 90 for a second look" in said
    assert "finds 45 of the 50" in said
    assert "50 of 100 alerts are right" in said


def test_the_line_on_accuracy_names_both_figures() -> None:
    said = words.accuracy_misleads(0.987, 0.956, complete(Words("order", outcome="returned", otherwise="kept")))
    assert "Calling every order kept is right in 95.6% of the records" in said
    assert "The model is right in 98.7%" in said
    assert said.endswith("the orders it finds.")


@pytest.mark.parametrize(("p", "shown"), [(0.0214, "= 0.021"), (1, "= 1.000"), (0.0004, "< 0.001")])
def test_a_small_p_is_bounded_and_not_zero(p: float, shown: str) -> None:
    assert words.probability(p) == shown


def test_a_difference_has_a_sign() -> None:
    assert words.signed(0.012, (-0.003, 0.027)) == "+0.012 [-0.003, +0.027]"
    assert words.signed(-1.5, (-3, float("nan")), "alerts_per_1000") == "-1.5 [-3.0, –]"
    assert words.signed(0.5, (None, None)) == "+0.500 [–, –]"
