"""A model is fitted on a GPU, or not at all: XGBoost alone would warn and take the CPU."""

from collections.abc import Iterator

import numpy as np
import pytest
from xgboost import XGBClassifier, __version__

from assay.errors import AssayError
from assay.modelling import gpu
from assay.modelling.zoo import xgboost


@pytest.fixture(autouse=True)
def nobody_has_asked() -> Iterator[None]:
    gpu.require_gpu.cache_clear()
    yield
    gpu.require_gpu.cache_clear()


@pytest.mark.parametrize(
    ("built", "said", "todo"),
    [
        (False, "this build of XGBoost uses no GPU", f"pip install xgboost=={__version__};"),
        (True, "finds no GPU", "nvidia-smi"),
    ],
)
def test_without_a_gpu_it_is_refused(built: bool, said: str, todo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "build_info", lambda: {"USE_CUDA": built})
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with pytest.raises(AssayError, match=said) as refused:
        xgboost(device="cuda").fit(np.eye(2), [0, 1])
    assert todo in refused.value.todo
    assert refused.value.where == "model.device=cuda"


def test_what_was_fitted_scores_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(gpu, "require_gpu", lambda: None)
    monkeypatch.setattr(
        XGBClassifier, "fit", lambda self, X, y, _fit=XGBClassifier.fit: seen.append(self.device) or _fit(self, X, y)
    )
    X, y = np.arange(100.0)[:, None], np.arange(100) > 50
    fitted = xgboost(device="cuda", n_estimators=3).fit(X, y)
    assert seen == ["cuda"]
    assert (fitted.device, gpu.device_of(fitted)) == ("cpu", "cpu")
    assert (fitted.predict(X) == y).all()


def test_the_cpu_needs_nothing_of_it() -> None:
    assert type(xgboost(device="cpu", max_depth=2)) is XGBClassifier
