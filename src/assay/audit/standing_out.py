"""Checks for features that are far better than all others, though not perfect: alone, and in pairs."""

import math

import numpy as np

from assay.audit.base import WARNING, Examination, Finding, LeakCheck
from assay.audit.evidence import Evidence
from assay.audit.features import TOO_GOOD, TRAIN_FEATURES
from assay.audit.few import FEWEST, SURE, chance, rarer
from assay.audit.pairs import Pair, strongest_pairs
from assay.audit.strength import correlations, numbers
from assay.records.folds import TRAIN

# Average precision, and how far above the next in log odds. Of the honest tables in docs/method.md the strongest lead
# is 1.7; .94 before .37 is 3.3.
STRONG, LEAD = 0.6, 2.0
SAYS_ENOUGH = 0.9  # average precision of a feature alone, to which a second one honestly adds the little that lacks
SHOWN_PAIRS = 3  # pairs with a common feature may all be strong
ALIKE, SAMPLE = 0.9, 2000  # rank correlation, among about so many records, from which features count as one
GROUP = 5  # no more than one in so many features can stand out together


class StandsOut(LeakCheck):
    code = "A12"
    title = "A feature stands out"
    severity = WARNING
    why = "What is far better than everything else known of a record may be a trace of the outcome, or its very test."
    mend = "Ask when and by whom it is written. After the outcome: role leak. Before: accept it by name."

    def examine(self, evidence: Evidence) -> Examination:
        """No feature that A05 lets pass, nor a few of them, is far above all the others in average precision on train.

        Features that rank alike count as one. With few positives one must be better than chance allows, by an exact
        test.
        """
        X, y = evidence.labelled(TRAIN)
        found = {name: value for name, value in evidence.alone.best.items() if value <= TOO_GOOD}
        values = dict(zip(map(str, X), numbers(X, y), strict=True))
        families = alike({name: values[name] for name in sorted(found, key=lambda name: (-found[name], name))})
        names, following = outstanding({name: found[name] for name in families}, float(y.mean()))
        if rarer(y) < FEWEST:
            names = [name for name in names if chance(values[name], y) * len(found) <= SURE]
        figure = f"{len(found)} features; strongest {max(found.values(), default=0.0):.3f}"
        return Examination(figure, tuple(_leading(name, families[name], found[name], following) for name in names))


def _leading(name: str, family: list[str], strength: float, following: float) -> Finding:
    others = f", like {', '.join(family)}" if family else ""
    said = f"{name}{others} has an average precision of {strength:.3f}, the next feature {following:.3f}"
    return Finding(said, TRAIN_FEATURES, (name, *family))


def alike(values: dict[str, np.ndarray]) -> dict[str, list[str]]:
    """The features (n,) that are like no earlier one, each with the later ones that rank the records like it.

    >>> up = np.arange(9.0)
    >>> alike({"a": up, "b": up**2, "c": up % 3})
    {'a': ['b'], 'c': []}
    """
    names, families = list(values), dict[str, list[str]]()
    sample = max(1, len(next(iter(values.values()), [])) // SAMPLE)
    close = np.abs(correlations(np.array([column[::sample] for column in values.values()]))) >= ALIKE if names else []
    taken: set[int] = set()
    for i, name in enumerate(names):
        if i not in taken:
            later = [j for j in map(int, i + 1 + np.flatnonzero(close[i][i + 1 :])) if j not in taken]
            families[name] = [names[j] for j in later]
            taken.update(later)
    return families


class PairStandsOut(LeakCheck):
    code = "A13"
    title = "Two features together stand out"
    severity = WARNING
    why = "Two values that say little alone and nearly all together may be those that the outcome was computed from."
    mend = "Ask how the outcome was found. If by these two: role leak, or features.drop. If not: accept both by name."

    def examine(self, evidence: Evidence) -> Examination:
        """No weighted sum, product or ratio of two features is far above the best of all that A05 lets pass.

        With few positives it must be better than chance allows for all pairs, by an exact test.
        """
        X, y = evidence.labelled(TRAIN)
        best = evidence.alone.best
        names = [name for name, value in best.items() if value <= TOO_GOOD]
        values = numbers(X[[name for name in X if str(name) in names]], y)
        pairs, top = (
            strongest_pairs(values, y, min(FEWEST, rarer(y))),
            max((best[name] for name in names), default=0.0),
        )
        found = [pair for pair in pairs if pair.strength >= STRONG and leads(pair.strength, top) and top < SAYS_ENOUGH]
        if rarer(y) < FEWEST:
            found = [pair for pair in found if chance(pair.score, y) * len(names) ** 2 <= SURE]
        strongest = max((pair.strength for pair in pairs), default=0.0)
        figure = f"{len(names) * (len(names) - 1) // 2} pairs; strongest {strongest:.3f}, best feature {top:.3f}"
        return Examination(figure, tuple(_together(pair, names, top) for pair in found[:SHOWN_PAIRS]))


def _together(pair: Pair, names: list[str], top: float) -> Finding:
    both = names[pair.one], names[pair.other]
    said = f"{' and '.join(both)} together have an average precision of {pair.strength:.3f}, the best alone {top:.3f}"
    return Finding(said, TRAIN_FEATURES, both)


def outstanding(found: dict[str, float], base: float) -> tuple[list[str], float]:
    """The features far above all others, the best first, and the average precision of the next one.

    found: average precision by name; base: that of a feature which says nothing, the prevalence.

    >>> outstanding({"a": 0.94, "b": 0.37, "c": 0.35, "d": 0.3, "e": 0.1}, base=0.1)
    (['a'], 0.37)
    """
    ordered = sorted(found, key=lambda name: (-found[name], name))
    levels = [found[name] for name in ordered] + [base]
    for many in range(max(1, len(ordered) // GROUP), 0, -1):
        if many < len(levels) and levels[many - 1] >= STRONG and leads(levels[many - 1], levels[many]):
            return ordered[:many], levels[many]
    return [], 0.0


def leads(one: float, other: float) -> bool:
    """Whether one average precision is far above another."""
    return _log_odds(one) - _log_odds(other) >= LEAD


def _log_odds(share: float) -> float:
    clipped = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped))
