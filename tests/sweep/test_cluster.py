"""What a sweep on a cluster refuses before a worker has it."""

import pytest

from assay.config.compose import composed
from assay.sweep.cluster import on_two_clusters
from assay.sweep.plan import Planned


@pytest.mark.parametrize(
    ("overrides", "refused"),
    [
        ([], False),
        (["engine=dask"], False),
        (["engine=dask", "engine.scheduler=tcp://head:8786"], True),
    ],
)
def test_an_experiment_on_a_worker_asks_no_cluster(overrides: list[str], refused: bool) -> None:
    fault = on_two_clusters(Planned("one", tuple(overrides), composed(overrides)))
    assert ("tcp://head:8786" in fault) == refused == bool(fault)
