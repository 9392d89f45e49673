"""XGBoost on a GPU, which adds in another order than a CPU: the model has other bytes."""

import json
import warnings
from functools import cache
from typing import Any

from xgboost import XGBClassifier, __version__, build_info

from assay.errors import AssayError

CPU, CUDA = "cpu", "cuda"
WHERE = "model.device=cuda"
OTHER_BUILD = (
    f"in an environment of its own: pip uninstall xgboost-cpu, pip install xgboost=={__version__}; or model.device=cpu"
)
SEE = "look at nvidia-smi and CUDA_VISIBLE_DEVICES; or model.device=cpu"


class OnGPU(XGBClassifier):
    """The classifier of the library, fitted on a GPU; then it scores on the CPU, as its file will wherever it is."""

    def fit(self, X: Any, y: Any, **more: Any) -> "OnGPU":
        """Fit as the parent class does; AssayError if XGBoost has no GPU."""
        require_gpu()
        self.set_params(device=CUDA)
        super().fit(X, y, **more)
        self.set_params(device=CPU)
        self.get_booster().set_param({"device": CPU})
        return self


@cache
def require_gpu() -> None:
    """AssayError if XGBoost was built without GPUs, or finds none: then it would warn, and take the CPU."""
    if not build_info().get("USE_CUDA"):
        raise AssayError("this build of XGBoost uses no GPU", where=WHERE, todo=OTHER_BUILD)
    tried = XGBClassifier(n_estimators=1, device=CUDA)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tried.fit([[0.0], [1.0]], [0, 1])
    if not device_of(tried).startswith(CUDA):
        raise AssayError("XGBoost finds no GPU", where=WHERE, todo=SEE)


def device_of(fitted: XGBClassifier) -> str:
    """On which device a fitted model is, such as "cpu" or "cuda:0"."""
    config = json.loads(fitted.get_booster().save_config())
    return str(config["learner"]["generic_param"]["device"])
