"""How many threads a training has, which no byte depends on."""

from collections.abc import Iterator

import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

from assay.modelling.threads import RECORDS, threads_for


@pytest.fixture(autouse=True)
def four() -> Iterator[None]:
    """Libraries that may have four threads."""
    import xgboost  # noqa: F401

    with threadpool_limits(4, "openmp"):
        yield


def threads() -> set[int]:
    found = ThreadpoolController().select(user_api="openmp")
    return {library.num_threads for library in found.lib_controllers}


@pytest.mark.parametrize(
    ("records", "expected"), [(1, 1), (RECORDS, 1), (2 * RECORDS - 1, 1), (2 * RECORDS, 2), (100 * RECORDS, 4)]
)
def test_a_thread_for_so_many_records_but_no_more_than_before(records: int, expected: int) -> None:
    with threads_for(records):
        assert threads() == {expected}
    assert threads() == {4}
