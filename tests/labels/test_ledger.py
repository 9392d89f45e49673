"""The ledger: what it refuses, that nothing is lost, and what a crash costs."""

import fcntl
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assay.config.compose import composed
from assay.config.dataset import Column, Dataset
from assay.config.load import typed
from assay.errors import AssayError
from assay.labels.decision import HEADER, as_line, faults, harmless
from assay.labels.ledger import Ledger, opened
from decisions import CODES, RECORDS, decision, decisions
from samples import ROOT

LINE = as_line(decision())


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    path = tmp_path / "decisions.csv"
    path.write_text(f"{HEADER}\n")
    return Ledger(path, CODES, frozenset(RECORDS))


@pytest.mark.parametrize(
    ("name", "path", "codes", "others"),
    [
        ("thyroid", "annotations/decisions.csv", ["-", "AK", "K|F"], ["Z", ""]),
        ("covid", "annotations/covid/decisions.csv", ["positive", "invalid"], ["F", "-", "positiv"]),
    ],
)
def test_a_dataset_has_a_ledger_and_codes(
    monkeypatch: pytest.MonkeyPatch, name: str, path: str, codes: list[str], others: list[str]
) -> None:
    monkeypatch.chdir(ROOT)
    ledger = opened(typed(yaml.safe_load(composed([f"dataset={name}"]))).dataset, None)
    assert ledger.path == Path(path)
    assert ledger.read() is not None
    assert int(ledger.guideline_version()) >= 1
    assert [code for code in codes if faults(decision(code), ledger.codes)] == []
    assert [code for code in others if not faults(decision(code), ledger.codes)] == []


def test_a_target_without_pattern_or_values_takes_any_word() -> None:
    free = Dataset(name="own", target="class", columns={"class": Column(type="text", role="target")})
    ledger = opened(free, None)
    assert ledger.path == Path("annotations/decisions.csv")
    assert faults(decision("very ill"), ledger.codes) == []
    assert faults(decision(" "), ledger.codes) != []


REFUSED = {
    "an empty file": ("", ["line 1: not record_id,"]),
    "a column missing": (HEADER.replace(",role", "") + "\n", ["line 1", "missing role"]),
    "a column too many": (HEADER + ",score\n", ["line 1", "unknown 'score'"]),
    "columns in another order": (",".join(reversed(HEADER.split(","))) + "\n", ["line 1", "another order"]),
    "a mark before the header": (f"\ufeff{HEADER}\n", ["line 1", "unknown '\\ufeffrecord_id'"]),
    "the header twice": (f"{HEADER}\n{LINE}{HEADER}\n", ["line 3: the header again"]),
    "an empty line": (f"{HEADER}\n\n{LINE}", ["line 2: 0 columns"]),
    "a conflict": (f"{HEADER}\n<<<<<<< HEAD\n{LINE}", ["line 2: 1 columns instead of 7"]),
    "a value too many": (f"{HEADER}\n{LINE.strip()},x\n", ["line 2: 8 columns"]),
    "an open quote": (f"{HEADER}\n{LINE.replace('1,,', chr(34))}{LINE}", ["line 2: "]),
    "a reason over two lines": (f"{HEADER}\n" + LINE.replace(",,", ',"a\nb",'), ["line 2: not CSV", "line 3: "]),
    "another line end": (f"{HEADER}\n{LINE.strip()}\r\n", ["line 2: 7 columns instead of 7, or a foreign line end"]),
    "an unknown record": (
        f"{HEADER}\n{LINE}{LINE.replace('840801013', '99')}",
        ["line 3: record_id '99'", "no such", "annotations/NAME/"],
    ),
    "several faults": (
        f"{HEADER}\n{as_line(decision('Z', 'ANN'))}{as_line(decision(record_id='99'))}{as_line(decision(role='king'))}",
        ["3 fault(s)", "line 2: decision 'Z'", "annotator 'ANN'", "line 3: record_id '99'", "line 4: role 'king'"],
    ),
    "a line cut short": (f"{HEADER}\n{LINE}{LINE[:-7]}", ["line 3: cut short", "the next decision removes"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_ledger_is_refused_with_every_fault_by_line(ledger: Ledger, case: str) -> None:
    content, named = REFUSED[case]
    ledger.path.write_bytes(content.encode())
    with pytest.raises(AssayError) as refused:
        ledger.read()
    assert [text for text in named if text not in str(refused.value)] == []
    assert ledger.path.read_bytes() == content.encode()


def test_many_faults_are_counted_and_the_first_are_shown(ledger: Ledger) -> None:
    ledger.path.write_text(HEADER + "\n" + "x\n" * 1000)
    with pytest.raises(AssayError, match="1000 fault") as refused:
        ledger.read()
    assert "and 980 more" in str(refused.value)
    assert len(str(refused.value)) < 3000


def test_what_is_no_text_is_refused_by_line(ledger: Ledger) -> None:
    ledger.path.write_bytes(f"{HEADER}\n{LINE}".encode() + b"\xff\n")
    with pytest.raises(AssayError, match="line 3: not UTF-8"):
        ledger.read()


def test_a_ledger_that_is_gone_is_named_with_the_way_back(ledger: Ledger) -> None:
    ledger.path.unlink()
    for use in (ledger.read, lambda: ledger.append(decision())):
        with pytest.raises(AssayError, match="git checkout"):
            use()


@pytest.mark.parametrize("name", ["record_id", "code", "annotator", "role", "guideline_version"])
def test_a_bad_decision_is_not_written(ledger: Ledger, name: str) -> None:
    with pytest.raises(AssayError, match=f"{'decision' if name == 'code' else name} '=1'"):
        ledger.append(replace(decision(), **{name: "=1"}))
    assert ledger.read() == []


def test_a_decision_on_a_record_that_is_gone_can_only_be_withdrawn(ledger: Ledger) -> None:
    gone = decision(record_id="840901001")
    Ledger(ledger.path, CODES).append(gone)
    with pytest.raises(AssayError, match="no such record"):
        ledger.read()
    with pytest.raises(AssayError, match="no such record"):
        ledger.append(gone)
    ledger.append(replace(gone, code="withdrawn"))
    assert [one.code for one in ledger.read()] == ["F", "withdrawn"]


@given(st.lists(decisions, max_size=8))
def test_what_was_appended_is_read_and_nothing_before_it_changes(tmp_path_factory, said: list) -> None:
    ledger = Ledger(tmp_path_factory.mktemp("ledger") / "decisions.csv", CODES, frozenset(RECORDS))
    ledger.path.write_text(f"{HEADER}\n")
    written = []
    for one in said:
        before = ledger.path.read_bytes()
        written.append(ledger.append(one))
        assert ledger.path.read_bytes().startswith(before)
    assert ledger.read() == written
    assert [replace(one, time="") for one in written] == [replace(one, reason=harmless(one.reason)) for one in said]
    assert ledger.on(RECORDS[0]) == [one for one in written if one.record_id == RECORDS[0]]


@pytest.mark.parametrize("kept", range(1, len(LINE) - 1))
def test_a_line_cut_short_anywhere_goes_with_the_next_decision(ledger: Ledger, kept: int) -> None:
    ledger.path.write_text(f"{HEADER}\n{LINE}{LINE[:kept]}")
    with pytest.raises(AssayError, match="line 3: cut short"):
        ledger.read()
    with pytest.warns(UserWarning, match="line 3 was cut short and is removed"):
        written = ledger.append(decision("A"))
    assert ledger.read() == [decision(), written]


@pytest.mark.parametrize("content", [HEADER, f"{HEADER}\n{LINE[:-1]}"], ids=["the header", "a decision"])
def test_a_whole_line_without_its_end_stays(ledger: Ledger, content: str) -> None:
    ledger.path.write_text(content)
    before = ledger.read()
    ledger.mend()
    assert ledger.path.read_text() == content + "\n"
    assert ledger.read() == before


APPEND = f"""
import sys
sys.path[:0] = [{str(ROOT / "tests/helpers")!r}]
from pathlib import Path
from assay.labels.ledger import Ledger
from decisions import CODES, decision
ledger = Ledger(Path(sys.argv[1]), CODES)
def append(annotator, numbers):
    for number in numbers:
        ledger.append(decision(annotator=annotator, reason=str(number)))
        print(number, flush=True)
"""


def start(ledger: Ledger, code: str) -> subprocess.Popen:
    command = [sys.executable, "-c", APPEND + code, str(ledger.path)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_two_processes_at_once_lose_nothing(ledger: Ledger) -> None:
    names = ("ann", "ben")
    processes = [start(ledger, f"print('ready', flush=True); input(); append({name!r}, range(200))") for name in names]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        assert process.communicate()[1] == ""
    for name in names:
        assert [one.reason for one in ledger.read() if one.annotator == name] == [str(n) for n in range(200)]


def test_a_kill_loses_nothing_that_was_confirmed(ledger: Ledger) -> None:
    confirmed = 0
    for wanted in (1, 5, 20):
        process = start(ledger, f"append('ann', range({confirmed}, 100_000))")
        assert process.stdout is not None
        while int(process.stdout.readline()) < confirmed + wanted:
            pass
        process.kill()
        left = process.stdout.read().split()  # `communicate` would lose what `readline` has buffered
        process.wait()
        ledger.mend()
        reasons = [int(one.reason) for one in ledger.read()]
        last = int(left[-1]) if left else confirmed + wanted
        assert reasons == list(range(len(reasons)))
        assert len(reasons) - 1 in (last, last + 1)  # at most one that was written and not yet confirmed
        confirmed = len(reasons)


def test_a_kill_in_the_midst_of_writing_costs_that_line(ledger: Ledger) -> None:
    half = """
import os, signal
whole = os.write
def write(file, content):
    whole(file, content[: len(content) // 2])
    os.kill(os.getpid(), signal.SIGKILL)
append("ann", [1])
os.write = write
append("ann", [2])
"""
    assert start(ledger, half).communicate()[0].split() == ["1"]
    with pytest.warns(UserWarning, match="cut short"):
        ledger.append(decision(annotator="ben"))
    assert [one.annotator for one in ledger.read()] == ["ann", "ben"]


def test_a_full_disk_leaves_the_ledger_as_it_was(ledger: Ledger) -> None:
    full = """
import os, resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = os.stat(sys.argv[1]).st_size + 10
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
append("ann", [1])
"""
    assert "AssayError: not written: " in start(ledger, full).communicate()[1]
    assert ledger.path.read_text() == f"{HEADER}\n"


def test_a_file_that_git_replaces_meanwhile_is_the_one_written_to(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, flock, opened = os.open(ledger.path, os.O_RDWR), fcntl.flock, threading.Event()
    flock(held, fcntl.LOCK_EX)
    monkeypatch.setattr(fcntl, "flock", lambda *arguments: (opened.set(), flock(*arguments)))
    waiting = threading.Thread(target=ledger.append, args=(decision(),))
    waiting.start()
    assert opened.wait(timeout=60)
    other = shutil.copy(ledger.path, ledger.path.with_name("other"))
    Path(other).replace(ledger.path)
    os.close(held)
    waiting.join()
    assert len(ledger.read()) == 1


@pytest.mark.parametrize("text", [None, "# Guideline\n", "Version one\n"])
def test_a_guideline_without_a_version_is_refused(ledger: Ledger, text: str | None) -> None:
    if text:
        ledger.path.with_name("guideline.md").write_text(text)
    with pytest.raises(AssayError, match="Version N"):
        ledger.guideline_version()
