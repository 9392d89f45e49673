"""The connection to a scheduler of dask: where there is none, one message says so, soon."""

import os
import socket
import sys
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest

import dask_cluster
from assay import cluster
from assay.config.schema import DaskEngine
from assay.engine.parallel import OnWorkers, spread
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


@pytest.mark.slow
def test_a_scheduler_without_workers_is_refused_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="dask is an extra: make extras")
    monkeypatch.setattr(cluster, "JOINING", 1)
    with dask_cluster.cluster(dict(os.environ), workers=0) as empty:
        said = r"the scheduler got no worker within 1 seconds\n  where: tcp://"
        with pytest.raises(AssayError, match=said), spread(DaskEngine(scheduler=empty.address)) as each:
            list(each(len, ["abc"]))


@pytest.mark.slow
def test_so_is_one_whose_workers_have_left(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="dask is an extra: make extras")
    monkeypatch.setattr(cluster, "JOINING", 1)
    with (
        dask_cluster.cluster(dict(os.environ), workers=0) as left,
        cluster.connected(left.address) as client,
        pytest.raises(AssayError, match="the scheduler got no worker within 1 seconds"),
    ):
        list(OnWorkers(client, left.address)(len, ["abc"]))


@pytest.mark.slow
def test_a_batch_may_take_longer_than_a_worker_to_join(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="dask is an extra: make extras")
    monkeypatch.setattr(cluster, "JOINING", 0.2)
    with dask_cluster.cluster(dict(os.environ), workers=1) as one, cluster.connected(one.address) as client:
        assert list(OnWorkers(client, one.address)(eval, ["__import__('time').sleep(1)"])) == [None]
        with pytest.raises(TimeoutError, match="of the function"):
            list(OnWorkers(client, one.address)(exec, ["raise TimeoutError('of the function')"]))


@pytest.mark.slow
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


@pytest.mark.parametrize(
    "said", [b"HTTP/1.0 400 Bad request\r\n\r\n", b"SSH-2.0-OpenSSH_9.0\r\n", b"\0" * 64, b"\xff" * 64, b""]
)
def test_where_something_else_answers_one_message_says_so(said: bytes) -> None:
    pytest.importorskip("distributed", reason="dask is an extra: make extras")

    class Other(BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(said)

    with ThreadingTCPServer(("127.0.0.1", 0), Other) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        found = refused(f"tcp://127.0.0.1:{other.server_address[1]}")
        other.shutdown()
    assert "no scheduler of dask answered" in found


def test_the_address_of_a_worker_is_not_that_of_a_scheduler() -> None:
    distributed = pytest.importorskip("distributed", reason="dask is an extra: make extras")
    options = {"n_workers": 1, "processes": False, "protocol": "tcp://", "dashboard_address": None}
    with distributed.LocalCluster(host="127.0.0.1", **options) as here:
        assert "no scheduler of dask answered" in refused(here.workers[0].address)
