"""Two processes, each with half of the records, fit one model."""

import os
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from typing import Any

import pytest

import partition_process as there
from assay.modelling.collective import STDERR, STDOUT, Collective, Meeting, Sockets, _silent

OF_ALL = re.compile(r"^internal_count=(\d+)", re.M)  # of the first node, which has all records


@pytest.fixture(scope="module")
def processes() -> Iterator[list[ProcessPoolExecutor]]:
    with ExitStack() as stack:
        yield [stack.enter_context(ProcessPoolExecutor(1, get_context("spawn"))) for _ in range(there.PARTITIONS)]


def both(processes: list[ProcessPoolExecutor], fit: Any, kind: type[Meeting], *more: Any) -> list[Any]:
    """What the processes give that have partition 0, 1, ..., in this order."""
    addresses = [one.submit(there.meet, kind, number).result(60) for number, one in enumerate(processes)]
    futures = [one.submit(fit, addresses, number, *more) for number, one in enumerate(processes)]
    return [one.exception(60) or one.result() for one in futures]


def test_xgboost_numbers_processes_by_their_partitions(processes: list[ProcessPoolExecutor]) -> None:
    first = both(processes, there.by_xgboost, Collective)
    assert [one[:3] for one in first] == [(0, 2, 3.0), (1, 2, 3.0)]
    assert first[0][3] == first[1][3]
    assert both(processes[::-1], there.by_xgboost, Collective) == first


def test_lightgbm_fits_one_model_on_all_records(processes: list[ProcessPoolExecutor]) -> None:
    models = both(processes, there.by_lightgbm, Sockets)
    assert models[0] == models[1]
    assert OF_ALL.findall(models[0])[0] == "400"
    assert both(processes[::-1], there.by_lightgbm, Sockets) == models


def test_after_a_fit_with_others_lightgbm_fits_alone(processes: list[ProcessPoolExecutor]) -> None:
    expected = there.alone(0)
    assert OF_ALL.findall(expected)[0] == "200"
    for fails in (False, True):
        found = both(processes, there.by_lightgbm, Sockets, fails)
        assert all(isinstance(one, ValueError) == fails for one in found)
        assert processes[1].submit(there.alone, 0).result(60) == expected


def test_what_a_library_prints_past_python_is_left_out(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), _silent(STDOUT, STDERR):
        os.write(STDOUT, b"within, to stdout\n")
        os.write(STDERR, b"within, to stderr\n")
        raise KeyError
    with _silent(STDOUT):
        os.write(STDOUT, b"within, to stdout\n")
        os.write(STDERR, b"to stderr\n")
    os.write(STDOUT, b"after\n")
    assert capfd.readouterr() == ("after\n", "to stderr\n")
