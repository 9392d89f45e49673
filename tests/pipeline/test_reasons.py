"""Reasons on the real records: for every kind of model, contributions add up to the log odds of each test record."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from assay.bundle.contributions import contributions
from assay.bundle.folder import load_model
from assay.bundle.recalibration import Recalibration
from assay.modelling.building import build
from modelling_samples import configured
from pipeline_copy import Copy

NEAR = 1e-5  # log odds: XGBoost adds up in float32


def features(line: Copy, fold: str) -> pd.DataFrame:
    return pd.read_parquet(line.path / f"data/features/{fold}.parquet").set_index("record_id")


@pytest.mark.slow
def test_of_the_model_of_the_line(line: Copy) -> None:
    X = features(line, "test")
    scores = pd.read_parquet(line.path / "data/predictions/test.parquet").set_index("record_id")["score"]
    total = contributions(load_model(line.path / "models"), X).sum(axis=1)
    scale = Recalibration.of(json.loads((line.path / "models/bundle.json").read_text()))
    assert scale is not None
    np.testing.assert_allclose(scale.probability(total), scores, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", ["lightgbm", "logistic", "xgboost"])
def test_of_each_model_on_the_features_of_the_line(line: Copy, name: str) -> None:
    X, y = features(line, "train"), pd.read_parquet(line.path / "data/split/train.parquet")["label"].astype(int)
    model = configured(name, **({"early_stopping_rounds": None} if name == "xgboost" else {}))
    estimator = build(model).fit(X, y)
    test = features(line, "test")
    scores = estimator.predict_proba(test)[:, 1].astype("float64")
    told = (scores > 1e-6) & (scores < 0.99)  # nearer to 1 a float32 tells no log odds to five decimals
    total = contributions(estimator, test).sum(axis=1)
    np.testing.assert_allclose(total[told], logit(scores[told]), rtol=0, atol=NEAR)
    assert told.sum() > 1900


def test_the_bundle_has_the_words(line: Copy) -> None:
    bundle = json.loads((line.path / "models/bundle.json").read_text())
    assert bundle["without_reasons"] is None
    by_name = {one["name"]: one for one in bundle["features"]}
    assert by_name["log_TSH"]["title"] == {"text": "TSH", "logarithm": True}
    train = features(line, "train")["TSH"].dropna()
    low, high = by_name["TSH"]["quantiles"]
    assert (train < low).mean() <= 0.1 <= (train <= low).mean()
    assert (train > high).mean() <= 0.1 <= (train >= high).mean()


def test_the_documentation_shows_what_the_command_prints(line: Copy) -> None:
    documented = (line.path / "docs/reasons.md").read_text()
    assert line.run("assay", "reasons", "870114026", "--md").stdout.strip() in documented
