"""What a stage cost is noted beside the run before, in no file of git or DVC."""

import subprocess
import sys
from pathlib import Path

import pytest

from assay.lineage.costs import Cost, Costs, costs_of, note, peak_memory


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_last_run_stands_beside_the_one_before() -> None:
    assert costs_of("train") is None
    Path("in").mkdir()
    Path("in/a.csv").write_bytes(b"12345")
    Path("out.bin").write_bytes(b"123")
    note("train", ["in", "gone"], ["out.bin"])
    first = costs_of("train")
    assert first is not None
    assert (first.before, first.last.read, first.last.written) == (None, 5, 3)
    assert first.last.peak > 10e6
    assert first.last.seconds > 0
    note("train", [], [])
    second = costs_of("train")
    assert second is not None
    assert (second.before, second.last.read) == (first.last, 0)


@pytest.mark.parametrize(
    ("before", "last", "slower"),
    [
        (None, 9.0, False),
        (1.0, 1.9, False),
        (1.0, 2.1, True),
        (10.0, 14.0, False),
        (10.0, 16.0, True),
        (3.0, 1.0, False),
    ],
)
def test_a_stage_that_became_slow_is_named(before: float | None, last: float, slower: bool) -> None:
    one = Costs("train", Cost(0, last, 1, 1, 1), None if before is None else Cost(0, before, 1, 1, 1))
    assert one.slower == slower


def test_a_fork_is_not_compared_with_a_process_that_imports_for_itself() -> None:
    assert not Costs("train", Cost(0, 9.0, 1, 1, 1), Cost(0, 1.0, 1, 1, 1, forked=True)).slower
    assert Costs("train", Cost(0, 9.0, 1, 1, 1, forked=True), Cost(0, 1.0, 1, 1, 1, forked=True)).slower


def test_the_memory_of_the_process_before_does_not_count() -> None:
    held = bytearray(300_000_000)
    code = "from assay.lineage.costs import peak_memory; print(peak_memory())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 5e6 < int(done.stdout) < len(held) < peak_memory()


def test_where_the_system_has_no_such_file_getrusage_tells(tmp_path: Path) -> None:
    assert peak_memory(tmp_path / "none") > 10e6


def test_cpu_seconds_are_noted_and_older_notes_are_read() -> None:
    note("train", [], [])
    noted = costs_of("train")
    assert noted is not None
    assert noted.last.cpu is not None
    assert noted.last.cpu > 0
    path = Path(".assay/costs/train.json")
    path.write_text('{"last": {"at": 0, "seconds": 1, "peak": 1, "read": 1, "written": 1}, "before": null}')
    older = costs_of("train")
    assert older is not None
    assert older.last.cpu is None
