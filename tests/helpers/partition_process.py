"""What a process with one of two partitions does in tests of `assay.modelling.collective`: it meets the other one."""

from collections.abc import Callable
from typing import Any

import lightgbm
import numpy as np
import xgboost

from assay.bundle.lightgbm_text import canonical
from assay.modelling.collective import Meeting

PARTITIONS = 2
BOOSTED = {"num_threads": 1, "verbosity": -1, "deterministic": True, "objective": "binary"}
MEETINGS: list[Meeting] = []  # of this process, the last one
KEPT: list[ValueError] = []


def meet(kind: type[Meeting], partition: int) -> Any:
    """Its address."""
    MEETINGS[:] = [kind(partition, PARTITIONS, "127.0.0.1")]
    return MEETINGS[0].address


def data(*partitions: int) -> tuple[np.ndarray, np.ndarray]:
    """The records of some partitions."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 3))
    y = (X[:, 0] + rng.normal(size=400) > 0).astype(float)
    here = np.isin(np.arange(400) % PARTITIONS, partitions)
    return X[here], y[here]


def by_xgboost(addresses: list[Any], partition: int) -> tuple[int, int, float, bytes]:
    """Its number, how many there are, a sum over both, and the model."""
    X, y = data(partition)
    with MEETINGS[0].joined(addresses) as more:
        summed = xgboost.collective.allreduce(np.array([1.0 + partition]), xgboost.collective.Op.SUM)
        matrix = xgboost.QuantileDMatrix(X, y, nthread=1)
        params = {"objective": "binary:logistic", "nthread": 1, "verbosity": 0, **more}
        model = bytes(xgboost.train(params, matrix, 5).save_raw("ubj"))
        rank, size = xgboost.collective.get_rank(), xgboost.collective.get_world_size()
    return rank, size, float(summed[0]), model


def by_lightgbm(addresses: list[Any], partition: int, *after_each_round: Callable[[Any], None]) -> str:
    """The model of both. This process keeps a ValueError that ends the fit, as a worker of dask does."""
    dataset = lightgbm.Dataset(*data(partition))
    try:
        with MEETINGS[0].joined(addresses) as more:
            found = lightgbm.train({**BOOSTED, **more}, dataset, 5, callbacks=[*after_each_round])
            return canonical(found.model_to_string())
    except ValueError as error:
        KEPT.append(error)  # its traceback keeps the booster, which would leave the network when it is removed
        raise ValueError(str(error)) from None  # the pool takes the traceback away from what it gets


def stop(_: Any) -> None:
    """End a fit."""
    raise ValueError("after a round")


def forget(_: Any) -> None:
    """Remove all that the fits before this one kept."""
    KEPT.clear()


def alone(*partitions: int) -> str:
    """The model of LightGBM that this process fits on these partitions without the other one."""
    return canonical(lightgbm.train(BOOSTED, lightgbm.Dataset(*data(*partitions)), 5).model_to_string())
