"""What becomes of a model when labels are wrong, and what to do with those that are flagged: make bench-labels.

Flips labels of the train fold at random, flags likely errors from out-of-fold scores as the review stage does, and fits
on train as it then is. Average precision is measured on the validation fold, whose labels are left alone; the test fold
is not read. It needs the files of the line: dvc repro, or dvc checkout.
"""

import argparse

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from assay.bundle.scoring import recalibrated, score
from assay.files import read_json
from assay.labels.suspects import estimated_errors, ranked
from assay.modelling.building import build
from assay.modelling.calibration import recalibration
from assay.modelling.records import Records, read_labelled
from assay.modelling.training import blocks, out_of_fold
from assay.paths import BUNDLE
from assay.records.folds import TRAIN, VALIDATION

FOLDS = 5
TREATMENTS = (
    "true labels",
    "as it is",
    "flagged dropped",
    "flagged flipped",
    "flagged re-annotated",
    "as many at random re-annotated",
)


def flipped(y: pd.Series, where: np.ndarray) -> pd.Series:
    """Labels with those at the positions `where` turned round."""
    changed = y.copy()
    changed.iloc[where] = 1 - changed.iloc[where]
    return changed


def treated(truth: Records, noisy: pd.Series, flagged: np.ndarray, generator: np.random.Generator) -> list[Records]:
    """Train as each of `TREATMENTS` leaves it. `flagged`: positions; who re-annotates finds the true label."""
    kept = np.setdiff1d(np.arange(len(noisy)), flagged)
    drawn = generator.choice(len(noisy), len(flagged), replace=False)
    restored = [noisy.where(~np.isin(np.arange(len(noisy)), where), truth.y) for where in (flagged, drawn)]
    labels = [truth.y, noisy, noisy.iloc[kept], flipped(noisy, flagged), *restored]
    return [Records(truth.X.loc[y.index], y) for y in labels]


def scores_out_of_fold(model: dict, records: Records) -> np.ndarray:
    """The scores (n,), recalibrated where `train` would do it."""
    scores, odds = out_of_fold(model, records, FOLDS)
    scale = recalibration(records.y.to_numpy(), odds, [block for _, block in blocks(records, FOLDS)])
    return recalibrated(odds, scale) if scale else scores


def experiment(model: dict, train: Records, validation: Records, share: float, seed: int) -> tuple[list[float], str]:
    """Average precision by treatment, and how well the flips were found."""
    generator = np.random.default_rng(seed)
    flips = generator.choice(len(train.y), round(share * len(train.y)), replace=False)
    noisy = flipped(train.y, flips)
    scores = scores_out_of_fold(model, Records(train.X, noisy))
    flagged = ranked(noisy.to_numpy(), scores)[: estimated_errors(noisy.to_numpy(), scores)]
    fits = [build(model).fit(one.X, one.y) for one in treated(train, noisy, flagged, generator)]
    figures = [average_precision_score(validation.y, score(fit, validation.X)) for fit in fits]
    found = len(np.intersect1d(flagged, flips))
    return figures, f"{len(flips)} flips, {len(flagged)} flagged, {found} of them flips"


def main() -> None:
    """Print a line for each seed, and the table."""
    parser = argparse.ArgumentParser(description="Injected label flips: drop, flip, or re-annotate what is flagged?")
    parser.add_argument("--share", type=float, default=0.05, help="of the train records, flipped at random")
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    model = read_json(BUNDLE)["model"]
    train, validation = read_labelled(TRAIN), read_labelled(VALIDATION)
    rows = []
    for seed in range(options.seeds):
        figures, found = experiment(model, train, validation, options.share, seed)
        rows.append(figures)
        print(f"seed {seed}: {found}", flush=True)
    table = pd.DataFrame(rows, columns=list(TREATMENTS))
    print(f"\n| train labels, {options.share:.0%} flipped | average precision on validation | SD over seeds | lowest |")
    print("|---|---|---|---|")
    for name, column in table.items():
        print(f"| {name} | {column.mean():.3f} | {column.std():.3f} | {column.min():.3f} |")


if __name__ == "__main__":
    main()
