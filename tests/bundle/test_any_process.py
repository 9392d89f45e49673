"""Equal models have equal files in processes of their own, with other hash seeds and other numbers of threads."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from modelling_samples import configured
from samples import ROOT

CODE = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from assay.bundle.folder import save_model
from assay.files import md5
from assay.modelling.building import build
from modelling_samples import labelled
for name, model in json.loads(sys.argv[3]).items():
    records = labelled(240 if name == "forest" else 4000)
    fitted = build(model).fit(records.X, records.y)
    folder = Path(sys.argv[2], name)
    folder.mkdir(parents=True)
    print(name, md5(save_model(fitted, folder)))
    if name == "catboost":
        print(fitted.predict_proba(records.X)[:, 1].tobytes().hex()[:64])
"""
MODELS = {
    "forest": configured("random_forest"),
    "lightgbm": configured("lightgbm", subsample=0.7, colsample_bytree=0.7),
    "lightgbm as it is": {"_target_": "lightgbm.LGBMClassifier", "name": "", "n_estimators": 5, "verbosity": -1},
}
CATBOOST = {"catboost": configured("catboost")}
WITH_CATBOOST = pytest.mark.skipif(find_spec("catboost") is None, reason="CatBoost is not installed: make extras")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("models", "lines"),
    [
        pytest.param(MODELS, len(MODELS), id="installed"),
        pytest.param(CATBOOST, 2, id="catboost", marks=WITH_CATBOOST),
    ],
)
def test_equal_models_have_equal_files_in_any_process(tmp_path: Path, models: dict[str, Any], lines: int) -> None:
    found = []
    for threads, seed in (("1", "0"), ("2", "7"), ("5", "77")):
        command = [sys.executable, "-c", CODE, str(ROOT / "tests/helpers"), str(tmp_path / seed), json.dumps(models)]
        environment = {**os.environ, "OMP_NUM_THREADS": threads, "PYTHONHASHSEED": seed}
        found.append(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(found[0].splitlines()) == lines
    assert found == found[:1] * 3
