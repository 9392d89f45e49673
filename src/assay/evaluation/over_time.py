"""The figures of the model month by month, and the changes of the data meanwhile."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from assay.records.folds import TEST
from assay.records.months import months_of
from assay.statistics.binomial import weighted_share
from assay.statistics.distances import kolmogorov_smirnov
from assay.statistics.resampled import Scored

STRONGEST = 3  # features that are shown
CONFIDENCE = 0.95  # of an interval that the distance has, which is not used
UNKNOWN = float("nan")


def by_month(scored: Scored, dates: pd.Series, fold: np.ndarray, confidence: float) -> pd.DataFrame:
    """A row for each month and fold of the records (n,); those without a date are left out.

    Columns: month, fold, records, positives, weight, positives_per_1000, mean_score; alerts_per_1000, recall and
    precision, each followed by the ends of its interval, NAME_low and NAME_high. records and positives are counts;
    weight is how many records they represent, and all rates are weighted. Intervals are exact ones (Clopper & Pearson),
    of a weighted sample from the effective number of records. Recall is missing in a month without positives, precision
    in one without alerts.
    """
    (month_of, months), (part_of, parts), weight = months_of(dates), pd.factorize(fold, sort=True), scored.weights[0]
    rows = []
    for month, part in np.unique(np.stack([month_of, part_of])[:, month_of >= 0], axis=1).T:
        places = np.flatnonzero((month_of == month) & (part_of == part))
        one, mass = scored.only(places), weight[places]
        ill, alert = one.y == 1, one.alert
        row = {"month": months[month], "fold": str(parts[part]), "records": len(places), "positives": int(ill.sum())}
        row["weight"] = mass.sum()
        row["positives_per_1000"] = 1000 * np.average(ill, weights=mass)
        row["mean_score"] = np.average(one.score, weights=mass)
        row |= _rate("alerts_per_1000", alert, mass, confidence, 1000)
        row |= _rate("recall", alert[ill], mass[ill], confidence)
        rows.append(row | _rate("precision", ill[alert], mass[alert], confidence))
    rates = [f"{name}{end}" for name in ("alerts_per_1000", "recall", "precision") for end in ("", "_low", "_high")]
    columns = ["month", "fold", "records", "positives", "weight", "positives_per_1000", "mean_score", *rates]
    return pd.DataFrame(rows, columns=columns)


def data_by_month(
    features: Mapping[str, pd.Series] | pd.DataFrame, scored: Scored, dates: pd.Series, fold: np.ndarray
) -> pd.DataFrame:
    """How the strongest numbers among the features changed, a row for each of them and each month.

    features: of each (n,) the values of the scored records; one at a time is asked for. Columns: month, feature,
    records, missing (share), median, and rank: the share of the values outside the test fold that are below the median,
    equal ones by half. So .5 is a month like all of them, whatever the unit. All are weighted. Which features are the
    strongest is settled without the test fold: `strongest`.
    """
    (month_of, months), weight = months_of(dates), scored.weights[0]
    seen = np.asarray(fold != TEST)
    rows = []
    before_test = ((name, features[name][seen]) for name in map(str, features))
    for name in strongest(before_test, scored.y[seen] == 1, weight[seen]):
        values = features[name].to_numpy("float64")
        known = ~np.isnan(values)
        reference = values[seen & known], weight[seen & known]
        for number, month in enumerate(months):
            places = np.flatnonzero(month_of == number)
            there = places[known[places]]
            middle = _median(values[there], weight[there])
            missing = 1 - weight[there].sum() / weight[places].sum()
            rows.append((month, name, len(places), missing, middle, _rank(middle, *reference)))
    found = pd.DataFrame(rows, columns=["month", "feature", "records", "missing", "median", "rank"])
    return found.sort_values("month", kind="stable", ignore_index=True)


def strongest(
    features: Iterable[tuple[str, pd.Series]], positive: np.ndarray, weight: np.ndarray, most: int = STRONGEST
) -> list[str]:
    """The names of the numbers whose values differ most between positives and negatives, the strongest first.

    features: names with values (n,); positive: (n,) bool. They differ by the Kolmogorov-Smirnov distance, which also
    sees a feature that is high in some positives and low in others, times the share of records that have a value.
    """
    found = {
        name: _separation(column.to_numpy("float64"), positive, weight)
        for name, column in features
        if column.dtype.kind in "iuf"
    }
    return sorted((name for name in found if found[name] > 0), key=lambda name: -found[name])[:most]


def _separation(values: np.ndarray, positive: np.ndarray, weight: np.ndarray) -> float:
    known = ~np.isnan(values)
    _, places = np.unique(values[known], return_inverse=True)
    ill, well = (np.bincount(places, weight[known] * side[known]) for side in (positive, ~positive))
    if not ill.any() or not well.any():
        return 0.0
    known_share = weight[known].sum() / weight.sum()
    return float(known_share * kolmogorov_smirnov(well, ill, float(known.sum()), CONFIDENCE).value)


def _rate(name: str, true: np.ndarray, mass: np.ndarray, confidence: float, per: int = 1) -> dict[str, float]:
    """The weighted share of true (n,), and its interval."""
    share, low, high = weighted_share(true, mass, confidence)
    return {name: per * share, f"{name}_low": per * low, f"{name}_high": per * high}


def _median(values: np.ndarray, weight: np.ndarray) -> float:
    return float(np.quantile(values, 0.5, method="inverted_cdf", weights=weight)) if len(values) else UNKNOWN


def _rank(value: float, values: np.ndarray, weight: np.ndarray) -> float:
    if np.isnan(value):
        return UNKNOWN
    below, equal = weight[values < value].sum(), weight[values == value].sum()
    return float((below + equal / 2) / weight.sum())
