"""What does not fit into memory is refused before it is read."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from math import inf
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay import memory
from assay.errors import AssayError
from assay.memory import GIB, VERSION_1, VERSION_2, free, require_memory
from assay.records.parts import write_parts
from assay.records.reading import needed, read
from assay.tables import read_table

ROWS = 200_000


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(rng.normal(size=(ROWS, 8)).round(3), columns=list("abcdefgh"))


def system(folder: Path, **groups: tuple[str, int, int]) -> dict[str, Path]:
    """A system with 8 GiB available, where this process is in the innermost of some control groups."""
    (folder / "proc/self").mkdir(parents=True)
    (folder / "proc/meminfo").write_text(f"MemTotal: 1 kB\nMemAvailable:   {8 << 20} kB\n")
    (folder / "proc/self/cgroup").write_text(f"0::/{'/'.join(groups)}\n")
    group = folder / "groups"
    for name, (limit, used, cache) in groups.items():
        group = group / name
        group.mkdir(parents=True)
        (group / "memory.max").write_text(f"{limit}\n")
        (group / "memory.current").write_text(f"{used}\n")
        (group / "memory.stat").write_text(f"anon 5\ninactive_file {cache}\n")
    return {"proc": folder / "proc", "groups": folder / "groups"}


@pytest.mark.parametrize(
    ("groups", "left"),
    [
        ({}, 8 * GIB),
        ({"box": ("max", GIB, 0)}, 8 * GIB),
        ({"box": (str(3 * GIB), GIB, 0)}, 2 * GIB),
        ({"box": (str(3 * GIB), GIB, GIB // 2)}, 2.5 * GIB),
        ({"outer": (str(2 * GIB), GIB, 0), "inner": (str(4 * GIB), GIB, 0)}, GIB),
        ({"box": (str(GIB), 2 * GIB, 0)}, 0),
    ],
)
def test_the_narrowest_limit_counts(tmp_path: Path, groups: dict[str, tuple[str, int, int]], left: float) -> None:
    assert free(**system(tmp_path, **groups)) == left


@pytest.mark.parametrize("kinds", ["memory", "cpu,memory"])
def test_a_limit_of_the_first_version_of_control_groups_counts(tmp_path: Path, kinds: str) -> None:
    found = system(tmp_path)
    (tmp_path / "proc/self/cgroup").write_text(f"3:cpuset:/box\n2:{kinds}:/outer/box\n0::/\n")
    group = tmp_path / "groups/memory/outer"
    group.mkdir(parents=True)
    (group / "memory.limit_in_bytes").write_text(f"{3 * GIB}\n")
    (group / "memory.usage_in_bytes").write_text(f"{GIB}\n")
    (group / "memory.stat").write_text(f"inactive_file 7\ntotal_inactive_file {GIB // 2}\n")
    assert free(**found) == 2.5 * GIB


def test_a_system_that_does_not_say_is_not_in_the_way(tmp_path: Path) -> None:
    assert free(proc=tmp_path, groups=tmp_path) == inf


def test_the_limit_of_the_process_counts() -> None:
    code = "import resource; from assay.memory import free; resource.setrlimit(resource.RLIMIT_AS, (2**31,) * 2); "
    done = subprocess.run([sys.executable, "-c", code + "print(free() < 2**31)"], capture_output=True, text=True)
    assert done.stdout == "True\n", done.stderr


LIMITED = """
import resource
from pathlib import Path
import duckdb, pyarrow.csv
from assay.errors import AssayError
from assay.records.database import database
from assay.records.reading import read

pages = int(Path("/proc/self/statm").read_text().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (40 << 20),) * 2)
try:
    {work}
except AssayError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("work", "reader"),
    [("database(Path(), 'a table', 'a key').__enter__()", "DuckDB"), ("read(Path('table.csv'))", "the reader of CSV")],
)
def test_what_would_end_or_wait_without_a_word_is_refused(work: str, reader: str, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a\n1\n")
    code = [sys.executable, "-c", LIMITED.format(work=work)]
    done = subprocess.run(code, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith(f"{reader} needs"), done.stderr
    assert "ulimit -v" in done.stdout


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group of 300 MiB, of the version that this machine has."""
    own = dict(line.split(":", 2)[1:] for line in Path("/proc/self/cgroup").read_text().splitlines())
    first = "memory" in own
    root = Path("/sys/fs/cgroup/memory" if first else "/sys/fs/cgroup")
    path = root / own.get("memory", own.get("", "/")).strip("/") / f"assay-{os.getpid()}"
    try:
        path.mkdir()
        (path / (VERSION_1 if first else VERSION_2).limit).write_text(str(300 << 20))
    except OSError as error:
        with suppress(OSError):
            path.rmdir()
        pytest.skip(f"no control group can be made here: {error}")
    yield path
    path.rmdir()


def test_a_real_control_group_counts(group: Path) -> None:
    code = "from assay.memory import free; print(free() < 300 * 2**20)"
    enter = f"echo $$ > {group}/cgroup.procs && exec {sys.executable} -c '{code}'"
    done = subprocess.run(["sh", "-c", enter], capture_output=True, text=True)
    assert done.stdout == "True\n", done.stderr


def test_more_than_is_free_is_refused_with_figures_and_advice(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(memory, "free", lambda: 2.0 * GIB)
    require_memory(0.9 * GIB, "a small table")
    require_memory(1.9 * GIB, "a table")
    assert capsys.readouterr().err == "a table: in memory it needs about 1.9 GiB at once, and 2.0 GiB are free\n"
    with pytest.raises(AssayError, match=r"needs about 2\.1 GiB at once, and 2\.0 GiB are free") as caught:
        require_memory(2.1 * GIB, "a table")
    assert "engine=stream" in caught.value.todo


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_raw_table_is_measured_before_it_is_read(
    table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    path = tmp_path / f"raw.{form}"
    table.to_csv(path, index=False) if form == "csv" else table.to_parquet(path, index=False)
    assert 32 * table.size < needed([path], form) < 80 * table.size
    monkeypatch.setattr(memory, "SMALL", 0)
    monkeypatch.setattr(memory, "free", lambda: 1000.0)
    with pytest.raises(AssayError, match="iB at once") as caught:
        read(path)
    assert caught.value.where == str(path)


def test_a_table_of_the_line_is_measured_by_its_columns(
    table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.parquet"
    write_parts(path, table, ROWS // 4)
    monkeypatch.setattr(memory, "SMALL", 0)
    whole = 3 * table.size * 16
    monkeypatch.setattr(memory, "free", lambda: whole / 4)
    assert len(read_table(path, ["a"])) == ROWS
    with pytest.raises(AssayError, match="iB at once"):
        read_table(path)
