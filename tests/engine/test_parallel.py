"""Batches on the workers of a real dask cluster: in order, few at a time, and with the bytes of one process."""

import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from itertools import count, islice
from pathlib import Path
from pickle import dumps
from typing import Any

import pytest

from assay.config.schema import DaskEngine, Engine, StreamEngine
from assay.engine import parallel
from assay.errors import AssayError
from assay.lineage.libraries import versions


@pytest.fixture(scope="module")
def each() -> Iterator[parallel.Each]:
    pytest.importorskip("distributed", reason="dask is an extra: make extras")
    with parallel.spread(DaskEngine(workers=2)) as found:
        yield found


def test_here_nothing_is_spread() -> None:
    with parallel.spread(Engine()) as each:
        assert each is map


def test_processes_give_results_in_order_and_a_single_batch_needs_none() -> None:
    with parallel.spread(StreamEngine(workers=2)) as each:
        assert list(each(eval, ["__import__('os').getpid()"])) == [os.getpid()]
        found = list(each(eval, [f"({number}, __import__('os').getpid())" for number in range(6)]))
    assert [number for number, _ in found] == [*range(6)]
    assert os.getpid() not in {pid for _, pid in found}


def test_a_process_that_dies_is_one_clear_message() -> None:
    with parallel.spread(StreamEngine(workers=2)) as each, pytest.raises(AssayError, match=r"engine\.workers=1"):
        list(each(os._exit, range(6)))


HELD_BACK = partial(signal.pthread_sigmask, signal.SIG_BLOCK)  # of no more signals: those that are, where it is called


def test_ctrl_c_is_for_this_process_alone() -> None:
    with parallel.spread(StreamEngine(workers=2)) as processes:
        assert all(signal.SIGINT in found for found in processes(HELD_BACK, [()] * 4))
    assert signal.SIGINT not in HELD_BACK(())


def test_ctrl_c_is_not_for_the_workers_of_a_cluster_here(each: parallel.Each) -> None:
    assert all(signal.SIGINT in found for found in each(HELD_BACK, [()] * 4))
    assert signal.SIGINT not in HELD_BACK(())


def test_so_is_one_that_dies_while_its_results_wait() -> None:
    work = ["1", "__import__('os')._exit(9)", *["1"] * 20]
    with parallel.spread(StreamEngine(workers=2)) as each, pytest.raises(AssayError, match=r"engine\.workers=1"):
        for _ in each(eval, work):
            time.sleep(0.3)


def test_results_come_in_order_and_few_batches_are_read_ahead(each: parallel.Each) -> None:
    read = []

    def batches() -> Iterator[int]:
        for number in count():
            read.append(number)
            yield number

    def slow_at_first(number: int) -> int:
        import time

        time.sleep(0.3 if number == 0 else 0)
        return number * number

    assert list(islice(each(slow_at_first, batches()), 10)) == [number * number for number in range(10)]
    assert len(read) <= 10 + 2 * parallel.AHEAD


def test_an_error_on_a_worker_comes_as_it_is(each: parallel.Each) -> None:
    def refuses(batch: Any) -> None:
        from assay.errors import AssayError

        raise AssayError("a broken rule", where="a table", rows=[7], todo="mend it")

    with pytest.raises(AssayError) as raised:
        list(each(refuses, [1]))
    assert str(raised.value) == str(AssayError("a broken rule", where="a table", rows=[7], todo="mend it"))


def test_a_worker_that_dies_loses_no_batch(each: parallel.Each, tmp_path: Path) -> None:
    died = tmp_path / "died"

    def dies_once(batch: int) -> int:
        if batch == 3 and not died.exists():
            died.touch()
            os._exit(1)
        return batch

    assert list(each(dies_once, range(8))) == list(range(8))
    assert died.exists()


def test_a_worker_with_another_code_is_named(each: parallel.Each, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "code", lambda: "other code")
    with pytest.raises(AssayError, match=r"other code of Assay[^\n]*\n  where: tcp://127\.0\.0\.1:\d+\n"):
        list(each(len, ["abc"]))


@pytest.mark.parametrize("stated", [("other code", versions()), (parallel.code(), {**versions(), "numpy": "1.0"})])
def test_a_worker_with_another_code_or_other_libraries_refuses(stated: tuple[str, dict[str, str]]) -> None:
    assert parallel.run_packed(dumps(((parallel.code(), versions()), dumps((len, "abc"))))) == 3
    with pytest.raises(AssayError, match="check out the same commit"):
        parallel.run_packed(dumps((stated, b"cassay\nno_such_function\n.")))  # what it cannot even read
