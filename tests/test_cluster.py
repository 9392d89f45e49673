"""The connection to a scheduler of dask: where there is none, one message says so, soon."""

import os
import socket
import sys

import pytest

import dask_cluster
from assay import cluster
from assay.config.schema import DaskEngine
from assay.engine.spread import OnWorkers, spread
from assay.errors import AssayError


def refused(address: str) -> str:
    with pytest.raises(AssayError) as refusal, cluster.connected(address):
        pass
    return str(refusal.value)


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "install the extra dask" in refused("tcp://127.0.0.1:8786")


@pytest.mark.parametrize("address", ["nonsense", "tcp://", "ftp://127.0.0.1:8786", "127.0.0.1:8786"])
def test_an_address_of_another_kind_is_refused(address: str) -> None:
    pytest.importorskip("distributed", reason="dask is an extra: make extras")
    said = refused(address)
    assert "no address of a scheduler" in said
    assert "as tcp://HOST:8786" in said


def test_a_scheduler_without_workers_is_refused_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="dask is an extra: make extras")
    monkeypatch.setattr(cluster, "JOINING", 1)
    with dask_cluster.cluster(dict(os.environ), workers=0) as empty:
        said = r"the scheduler got no worker within 1 seconds\n  where: tcp://"
        with pytest.raises(AssayError, match=said), spread(DaskEngine(scheduler=empty.address)) as each:
            list(each(len, ["abc"]))


def test_so_is_one_whose_workers_have_left(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="dask is an extra: make extras")
    monkeypatch.setattr(cluster, "JOINING", 1)
    with (
        dask_cluster.cluster(dict(os.environ), workers=0) as left,
        cluster.connected(left.address) as client,
        pytest.raises(AssayError, match="the scheduler got no worker within 1 seconds"),
    ):
        list(OnWorkers(client, left.address)(len, ["abc"]))


def test_a_batch_may_take_longer_than_a_worker_to_join(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="dask is an extra: make extras")
    monkeypatch.setattr(cluster, "JOINING", 0.2)
    with dask_cluster.cluster(dict(os.environ), workers=1) as one, cluster.connected(one.address) as client:
        assert list(OnWorkers(client, one.address)(eval, ["__import__('time').sleep(1)"])) == [None]
        with pytest.raises(TimeoutError, match="of the function"):
            list(OnWorkers(client, one.address)(exec, ["raise TimeoutError('of the function')"]))


def test_where_no_scheduler_answers_one_message_says_so(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("distributed", reason="dask is an extra: make extras")
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with socket.socket() as silent:  # listens, and never says a word of dask's
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        assert refused(address).startswith("no scheduler of dask answered within 1 seconds")
    said = refused(address)
    assert address in said
    assert "dask scheduler" in said
    assert capfd.readouterr().err == ""
