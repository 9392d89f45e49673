"""The rule, as a table of cases: figures with a known standard error, and what is chosen among them."""

import numpy as np
import pytest

from assay.choose.rule import Decision, decide
from assay.errors import AssayError
from assay.statistics.bootstrap import Estimate

NOISE = np.tile([-1.0, 1.0], 500)  # of standard deviation 1, as the differences below are then their standard errors
COMMON = np.random.default_rng(0).normal(0, 0.02, NOISE.size)  # of the records, the same to all


def figure(value: float, error: float = 0.0) -> Estimate:
    """A figure whose difference from one without an error of its own has this standard error."""
    return Estimate(value, value + COMMON + error * NOISE)


def decided(**found: tuple[float, float, int]) -> Decision:
    """The decision on (value, error, group) of each candidate, the incumbent first."""
    return decide(
        {name: figure(value, error) for name, (value, error, _) in found.items()},
        {name: group for name, (_, _, group) in found.items()},
    )


# The best has no error of its own, so that the others' are those of their differences.
CASES = {
    "the incumbent is the best": ({"incumbent": (0.95, 0, 0), "a": (0.9, 0.01, 1)}, "incumbent"),
    "the incumbent is as good": ({"incumbent": (0.94, 0.011, 0), "a": (0.95, 0, 1)}, "incumbent"),
    "the incumbent is just as good": ({"incumbent": (0.5, 0.25, 0), "a": (0.75, 0, 1)}, "incumbent"),
    "the incumbent is behind": ({"incumbent": (0.94, 0.009, 0), "a": (0.95, 0, 1)}, "a"),
    "as good as the best, and simpler": (
        {"incumbent": (0.9, 0.01, 0), "simple": (0.946, 0.005, 1), "better": (0.948, 0.005, 2), "best": (0.95, 0, 3)},
        "simple",
    ),
    "simpler, and not as good": (
        {"incumbent": (0.9, 0.01, 0), "simple": (0.944, 0.005, 1), "better": (0.948, 0.005, 2), "best": (0.95, 0, 3)},
        "better",
    ),
    "the highest of its group": (
        {"incumbent": (0.9, 0.01, 0), "low": (0.947, 0.01, 1), "high": (0.949, 0.01, 1), "best": (0.95, 0, 2)},
        "high",
    ),
    "the highest of its group is not as good": (
        {"incumbent": (0.9, 0.01, 0), "low": (0.947, 0.01, 1), "high": (0.949, 0.0005, 1), "best": (0.95, 0, 2)},
        "low",
    ),
    "nothing is distinguishable": (
        {"incumbent": (0.93, 0.05, 0), "a": (0.94, 0.05, 1), "b": (0.945, 0.05, 2), "c": (0.95, 0, 3)},
        "incumbent",
    ),
    "the group decides, not the place": (
        {"incumbent": (0.9, 0.01, 0), "elaborate": (0.95, 0, 2), "simple": (0.949, 0.01, 1)},
        "simple",
    ),
    "equal to the incumbent": ({"incumbent": (0.95, 0, 0), "a": (0.95, 0, 1)}, "incumbent"),
    "equal to each other": ({"incumbent": (0.9, 0.01, 0), "a": (0.95, 0, 1), "b": (0.95, 0, 1)}, "a"),
    "no other": ({"incumbent": (0.9, 0.01, 0)}, "incumbent"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_rule(case: str) -> None:
    found, chosen = CASES[case]
    assert decided(**found).chosen.name == chosen


def test_the_error_is_that_of_the_paired_difference() -> None:
    decision = decided(incumbent=(0.9, 0.01, 0), best=(0.95, 0, 1))
    incumbent, best = decision.candidates
    assert decision.best is best
    assert (incumbent.behind.value, incumbent.error) == (pytest.approx(0.05), pytest.approx(0.01))
    assert (best.behind.value, best.error, best.as_good) == (0, 0, True)
    assert best.gain.value == pytest.approx(0.05)
    assert (best.verdict(0.95), incumbent.verdict(0.95)) == ("better", "same")


def with_gaps(one: Estimate, every: int) -> Estimate:
    """The figure, undefined in every so manieth resample, as where none of the positives was drawn."""
    resampled = one.resampled.copy()
    resampled[::every] = np.nan
    return Estimate(one.value, resampled)


@pytest.mark.parametrize("every", [20, 2])
def test_resamples_that_define_no_figure_do_not_count(every: int) -> None:
    found = {"incumbent": figure(0.9, 0.01), "best": figure(0.95)}
    groups = {"incumbent": 0, "best": 1}
    gaps = decide({name: with_gaps(one, every) for name, one in found.items()}, groups)
    assert gaps.chosen.name == "best"
    assert np.isfinite([gaps.optimism, gaps.incumbent.error]).all()
    assert gaps.best.verdict(0.95) == ("better" if every == 20 else "undecided")  # half of them show nothing


def test_without_any_figure_nothing_is_chosen() -> None:
    none = Estimate(float("nan"), np.full(20, np.nan))
    with pytest.raises(AssayError, match="undefined: incumbent, a") as caught:
        decide({"incumbent": none, "a": none}, {"incumbent": 0, "a": 1})
    assert "positives" in caught.value.todo


def test_the_more_candidates_are_alike_the_more_of_the_best_is_luck() -> None:
    draws = np.random.default_rng(1).normal(0, 0.01, (30, 1000))
    found = {str(number): Estimate(0.9, 0.9 + one) for number, one in enumerate(draws)}
    few = {name: found[name] for name in list(found)[:2]}
    optimism = [decide(some, dict.fromkeys(some, 1)).optimism for some in (few, found)]
    assert 0 < optimism[0] < optimism[1]
