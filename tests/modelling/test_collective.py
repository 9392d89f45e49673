"""Two processes, each with half of the records, fit one model."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from multiprocessing import get_context
from multiprocessing.pool import AsyncResult, Pool
from typing import Any

import pytest

import partition_process as there
from assay.modelling.collective import STDERR, STDOUT, Collective, Meeting, Sockets, _silent

SECONDS = 60  # of one step, on a busy machine
OF_ALL = re.compile(r"^internal_count=(\d+)", re.M)  # of the first node, which has all records


@pytest.fixture(scope="module")
def processes() -> Iterator[list[Pool]]:
    """Of each a single process, which is ended though it waits for another one."""
    with ExitStack() as stack:
        yield [stack.enter_context(get_context("spawn").Pool(1)) for _ in range(there.PARTITIONS)]


def both(processes: list[Pool], fit: Any, kind: type[Meeting], *more: Any) -> list[Any]:
    """What the processes give that have partition 0, 1, ..., in this order; an error in place of what it ended."""
    addresses = [one.apply_async(there.meet, (kind, number)).get(SECONDS) for number, one in enumerate(processes)]
    found = [one.apply_async(fit, (addresses, number, *more)) for number, one in enumerate(processes)]
    return [_ended(one) for one in found]


def _ended(result: AsyncResult[Any]) -> Any:
    try:
        return result.get(SECONDS)
    except ValueError as error:
        return error


@pytest.mark.slow
def test_xgboost_numbers_processes_by_their_partitions(processes: list[Pool]) -> None:
    first = both(processes, there.by_xgboost, Collective)
    assert [one[:3] for one in first] == [(0, 2, 3.0), (1, 2, 3.0)]
    assert first[0][3] == first[1][3]
    assert both(processes[::-1], there.by_xgboost, Collective) == first


def test_lightgbm_fits_one_model_on_all_records(processes: list[Pool]) -> None:
    models = both(processes, there.by_lightgbm, Sockets)
    assert models[0] == models[1]
    assert OF_ALL.findall(models[0])[0] == "400"
    assert both(processes[::-1], there.by_lightgbm, Sockets) == models


def test_after_a_fit_with_others_lightgbm_fits_alone(processes: list[Pool]) -> None:
    expected = there.alone(0)
    assert OF_ALL.findall(expected)[0] == "200"
    for fails in ([], [there.stop]):
        found = both(processes, there.by_lightgbm, Sockets, *fails)
        assert all(isinstance(one, ValueError) == bool(fails) for one in found)
        assert processes[1].apply_async(there.alone, (0,)).get(SECONDS) == expected


def test_a_fit_that_failed_does_not_end_the_next_one_when_it_is_forgotten(processes: list[Pool]) -> None:
    expected = both(processes, there.by_lightgbm, Sockets)
    both(processes, there.by_lightgbm, Sockets, there.stop)
    assert both(processes, there.by_lightgbm, Sockets, there.forget) == expected


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
