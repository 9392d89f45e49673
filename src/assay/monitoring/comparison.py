"""Two rows of counts, compared: how large is the difference, and is it larger than is usual?

A month differs from the others by more than chance, because other people came, or a laboratory calibrated anew. So each
test asks whether the difference is larger than `usual`: the largest one between months of the training, and at least a
stated one. These are tests of a least effect (Murphy & Myors, Journal of Applied Psychology 84, 1999): more records
make the answer surer, but they do not make a small difference a large one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincc
from scipy.stats import kstwobign, norm

from assay.statistics.distances import of_counts

ENOUGH_CASES = 100  # of the rarer kind are expected: then the normal approximation holds far out in its tails
PARTS = 3  # of the training, at least, tell what is usual


@dataclass(frozen=True)
class Difference:
    """size: of the difference, 0 to 1 (pi for `angle`); p: of so large a one, if the true one is `usual` at most."""

    size: float
    usual: float
    p: float


def together(one: float, other: float) -> float:
    """How many records of one sample two samples of these sizes are worth in a comparison."""
    return one * other / (one + other) if one and other else 0.0


def of_numbers(here: np.ndarray, training: np.ndarray, usual: float) -> Difference:
    """The distance of two rows of counts, (bins,), in the same ordered bins.

    By the triangle inequality the observed distance exceeds the true one by at most that of the two samples from what
    they were drawn from, which has Kolmogorov's distribution; in bins it is smaller.

    >>> of_numbers(np.array([10, 10, 80]), np.array([300, 300, 300]), usual=0.05).size.__round__(3)
    0.467
    """
    size, count = of_counts(here, training), together(here.sum(), training.sum())
    return Difference(size, usual, float(kstwobign.sf(max(0.0, size - usual) * np.sqrt(count))))


def angle(share: float) -> float:
    """The angle of a share, whose variance does not depend on the share: a difference of angles is Cohen's h."""
    return float(2 * np.arcsin(np.sqrt(share)))


def of_shares(here: float, records: float, training: float, of: float, usual: float) -> Difference:
    """The difference of two shares, here / records and training / of, as that of their angles.

    The training's share is moved towards the other by `usual` before the two are compared: in the normal approximation,
    or where too few are expected given their sum, in which case rare records are Poisson's, and others less variable.

    >>> of_shares(60, 200, 100, 1000, usual=0.1).p < 1e-6, of_shares(25, 200, 100, 1000, usual=0.1).p
    (True, 1.0)
    """
    excess = here * of + training * records - records * of
    if (excess, here) > (0, records / 2):  # the rarer of the two kinds
        here, training = records - here, of - training
    found, before = angle(here / records), angle(training / of)
    size = abs(found - before)
    if size <= usual:
        return Difference(size, usual, 1.0)
    nearer = np.clip(before + usual * np.sign(found - before), 0, np.pi)
    expected = float(np.sin(nearer / 2) ** 2)
    if min(records, of) * expected >= ENOUGH_CASES:
        tail = norm.sf((size - usual) * np.sqrt(together(records, of)))
    else:
        both, part = here + expected * of, records / (records + of)
        tail = betainc(here, both - here + 1, part) if found > before else betaincc(here + 1, both - here, part)
    return Difference(size, usual, float(min(1.0, 2 * tail)))


def above(count: int, records: int, share: float) -> float:
    """p of so many records of a kind or more, if its true share is at most `share`."""
    return float(betainc(count, records - count + 1, share)) if count else 1.0


def usual_distance(months: Sequence[np.ndarray], span: int, least: float) -> float:
    """How far `span` consecutive months are from the others of the training at most, without what chance adds.

    months: a row of counts for each, in their order. At least `least`, which it is if there are too few months to tell.
    """
    return _usual(months, span, of_counts, kstwobign.isf, least)


def usual_angle(months: Sequence[np.ndarray], span: int, least: float) -> float:
    """The same for the share of the second of two kinds, (2,) by month: the difference of the angles."""
    return _usual(months, span, _angles, lambda p: norm.isf(p / 2), least)


def _angles(one: np.ndarray, other: np.ndarray) -> float:
    return abs(angle(one[1] / one.sum()) - angle(other[1] / other.sum()))


def _usual(
    months: Sequence[np.ndarray],
    span: int,
    size: Callable[[np.ndarray, np.ndarray], float],
    by_chance: Callable[[float], float],
    least: float,
) -> float:
    """The largest size of a part of the months against the rest, less what the largest of so many is by chance.

    A part more, because the largest of m numbers is below the largest that there can be: 1 / m of it, if they are
    spread evenly. A little less, because a batch is compared with the whole training, a part only with the rest: if
    months differ independently, the variances of the two are as 1 + 1 / m and m / (m - 1). by_chance: the size, times
    the root of the number of records, that is exceeded with a probability.
    """
    length = min(span, len(months) // PARTS)
    if not length:
        return least
    apart = len(months) / length
    whole = sum(months[1:], months[0])
    parts = [sum(months[at + 1 : at + length], months[at]) for at in range(len(months) - length + 1)]
    chance = by_chance(1 / apart) ** 2
    squares = [size(one, whole - one) ** 2 - chance / together(one.sum(), (whole - one).sum()) for one in parts]
    return max(least, (1 + 1 / apart) * float(np.sqrt((1 - 1 / apart**2) * max(0.0, *squares))))


def least_angle(shift: float) -> float:
    """The angle of a change of a share of one half by `shift`.

    >>> round(least_angle(0.05), 3)
    0.1
    """
    return angle(min(1.0, 0.5 + shift)) - angle(0.5)
