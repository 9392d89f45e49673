"""The desk: whose turn, what is left, and that decisions of several reviewers do not get into each other's way."""

import threading
from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.labels.decision import ADJUDICATOR, HEADER, standing
from assay.labels.ledger import Ledger
from assay.labels.precedence import verdicts
from assay.review_page.desk import ConflictError, Desk, disputed
from decisions import CODES, RECORDS, decision

A, B, C = RECORDS


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    (tmp_path / "guideline.md").write_text("Version 3\n")
    (tmp_path / "decisions.csv").write_text(f"{HEADER}\n")
    return Ledger(tmp_path / "decisions.csv", CODES, frozenset(RECORDS))


def annotator(ledger: Ledger, name: str = "ann") -> Desk:
    return Desk(ledger, name, queue=(B, A, C))


def adjudicator(ledger: Ledger, name: str = "eve") -> Desk:
    return Desk(ledger, name, ADJUDICATOR)


def test_the_queue_is_worked_off_in_its_order(ledger: Ledger) -> None:
    desk = annotator(ledger)
    assert desk.work().to_do == [B, A, C]
    desk.decide(B, "F", "TSH of 9")
    assert (desk.work().to_do, desk.work().done) == ([A, C], [B])
    (made,) = ledger.read()
    assert (made.code, made.reason, made.guideline_version, made.role) == ("F", "TSH of 9", "3", "annotator")


def test_a_decision_is_taken_back_by_a_line_that_withdraws_it(ledger: Ledger) -> None:
    desk = annotator(ledger)
    desk.decide(B, "F", "")
    desk.decide(A, "-", "")
    desk.undo(A)
    desk.undo(B)
    assert desk.work().to_do == [B, A, C]
    assert [one.code for one in ledger.read()] == ["F", "-", "withdrawn", "withdrawn"]
    assert standing(ledger.read()) == []
    with pytest.raises(ConflictError, match="no decision of yours"):
        desk.undo(B)
    desk.decide(B, "G", "")
    assert verdicts(ledger.read())[B].code == "G"


def test_what_is_skipped_comes_again_at_the_end_and_on_top_when_undone(ledger: Ledger) -> None:
    desk = annotator(ledger)
    desk.skip(B)
    assert desk.work().to_do == [A, C, B]
    desk.skip(A)
    assert desk.work().to_do == [C, B, A]
    desk.decide(B, "F", "")
    desk.undo(B)
    assert desk.work().to_do == [B, C, A]


def test_a_second_annotator_has_a_queue_of_their_own_and_sees_nothing_of_the_first(ledger: Ledger) -> None:
    annotator(ledger, "ann").decide(B, "F", "clear")
    second = annotator(ledger, "ben")
    assert (second.work().to_do, second.work().done) == ([B, A, C], [])
    assert second.opinions(B) == []
    with pytest.raises(ConflictError):
        second.undo(B)


def test_the_same_request_again_adds_nothing_and_another_is_refused(ledger: Ledger) -> None:
    one, other = annotator(ledger), annotator(ledger)
    one.decide(B, "F", "")
    other.decide(B, "F", "")
    with pytest.raises(ConflictError, match="decided on it already, as F"):
        other.decide(B, "-", "")
    assert len(ledger.read()) == 1


@pytest.mark.parametrize("code", ["Z", "", "F|", "withdrawn but not quite"])
def test_a_code_that_the_dataset_does_not_have_is_refused(ledger: Ledger, code: str) -> None:
    with pytest.raises(AssayError, match="no code of this dataset"):
        annotator(ledger).decide(B, code, "")
    assert ledger.read() == []


def test_a_withdrawal_is_no_decision(ledger: Ledger) -> None:
    with pytest.raises(AssayError, match="undo"):
        annotator(ledger).decide(B, "withdrawn", "")
    assert ledger.read() == []


def test_only_what_lies_on_the_desk_can_be_decided_on(ledger: Ledger) -> None:
    with pytest.raises(LookupError):
        Desk(ledger, "ann", queue=(B,)).decide(A, "F", "")
    with pytest.raises(LookupError):
        adjudicator(ledger).decide(A, "F", "")
    assert ledger.read() == []


def test_an_adjudicator_sees_what_two_differ_on_with_both_opinions(ledger: Ledger) -> None:
    for name, codes in (("ann", "FF-"), ("ben", "-F-")):
        for record, code in zip((A, B, C), codes, strict=True):
            annotator(ledger, name).decide(record, code, f"{name} says so")
    desk = adjudicator(ledger)
    assert desk.work().to_do == [A]
    assert [(one.code, one.reason) for one in desk.opinions(A)] == [("-", "ben says so"), ("F", "ann says so")]
    desk.decide(A, "G", "")
    assert (desk.work().to_do, desk.work().done) == ([], [A])
    assert verdicts(ledger.read())[A].code == "G"
    assert adjudicator(ledger, "dan").work().to_do == []
    desk.undo(A)
    assert adjudicator(ledger, "dan").work().to_do == [A]


def test_nobody_adjudicates_a_dispute_of_their_own() -> None:
    both = [decision("F", "ann"), decision("-", "ben")]
    assert disputed(both) == [A]
    assert disputed(both, besides="ann") == []


def test_of_two_windows_of_one_reviewer_the_first_decides(tmp_path: Path, ledger: Ledger) -> None:
    records = tuple(f"r{number}" for number in range(20))
    many = Ledger(ledger.path, CODES, frozenset(records))
    windows = [Desk(many, "ann", queue=records) for _ in range(2)]
    refused: list[str] = []

    def decide_all(desk: Desk, code: str) -> None:
        for record in records:
            try:
                desk.decide(record, code, "")
            except ConflictError:
                refused.append(record)

    threads = [threading.Thread(target=decide_all, args=pair) for pair in zip(windows, "FG", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.record_id for one in many.read()) == sorted(records)
    assert sorted(refused) == sorted(records)
