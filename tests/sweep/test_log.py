"""The ledger of a sweep survives what a sweep does not."""

from pathlib import Path

from assay.sweep.log import DONE, RUNNING, Entry, SweepLog


def test_the_last_word_on_each_experiment_counts(tmp_path: Path) -> None:
    ledger = SweepLog(tmp_path / "deep/sweep.jsonl")
    assert ledger.last("abc") == {}
    first, other = Entry("one", RUNNING, ["a=1"], "abc"), Entry("other", RUNNING, ["a=2"], "abc")
    last = Entry("one", DONE, ["a=1"], "abc", seconds=1.5, metrics={"recall": 0.9})
    for entry in (first, other, last):
        ledger.write(entry)
    assert SweepLog(tmp_path / "deep/sweep.jsonl").last("abc") == {"one": last, "other": other}


def test_a_line_that_a_crash_cut_short_is_passed_over(tmp_path: Path) -> None:
    ledger = SweepLog(tmp_path / "sweep.jsonl")
    ledger.write(Entry("one", RUNNING, [], "abc"))
    with ledger.path.open("a") as file:
        file.write('{"time": "2026-01-01", "experi\n')
    ledger.write(Entry("two", DONE, [], "abc"))
    assert list(ledger.last("abc")) == ["one", "two"]


def test_what_was_said_of_another_commit_does_not_count(tmp_path: Path) -> None:
    ledger = SweepLog(tmp_path / "sweep.jsonl")
    ledger.write(Entry("one", DONE, [], "abc"))
    ledger.write(Entry("one", RUNNING, [], "def"))
    assert {commit: ledger.last(commit)["one"].state for commit in ("abc", "def")} == {"abc": DONE, "def": RUNNING}
