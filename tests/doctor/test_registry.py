"""What the documentation says the doctor does is what it does; and a fault of one check hides no other."""

import re
from collections.abc import Iterator

import pytest

from assay.doctor import examine
from assay.doctor.attic import Attic
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.doctor.registry import CHECKS
from assay.doctor.report import print_report
from assay.errors import AssayError
from pipeline_copy import Copy
from samples import ROOT


def test_the_table_in_the_docs_is_the_registry() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (.*?) \| (.*?) \| (yes)? ?\|$", (ROOT / "docs/doctor.md").read_text(), re.M)
    expected = [(one.code, one.title, one.mends or "–", "yes" if one.quick else "") for one in CHECKS]
    assert rows == expected


def test_codes_are_names_of_their_own() -> None:
    codes = [check.code for check in CHECKS]
    assert len(set(codes)) == len(codes)
    with pytest.raises(AssayError, match="no check nonsense"):
        examine.chosen(False, ["cache", "nonsense"])


def faulty(clone: Clone) -> Iterator[Fault]:
    yield Fault("found before", mend=lambda attic: None)
    raise ZeroDivisionError("of the program")


def refusing(attic: Attic) -> None:
    raise PermissionError(13, "Permission denied", "/a")


def test_a_fault_is_said_and_the_others_look_all_the_same(clone: Copy, capsys: pytest.CaptureFixture) -> None:
    checks = [
        Check("faulty", "", faulty),
        Check("denied", "", lambda clone: [Fault("wrong", "here", mend=refusing)]),
        Check("last", "", lambda clone: [Fault("also wrong", todo="do this")]),
    ]
    assert not print_report(Clone(clone.path), checks, Attic(clone.path))
    said = capsys.readouterr().out
    for words in ("found before", "ZeroDivisionError: of the program", "Permission denied", "also wrong", "do this"):
        assert words in said, said


def test_advice_is_no_fault(clone: Copy, capsys: pytest.CaptureFixture) -> None:
    checks = [Check("told", "", lambda clone: [Fault("worth knowing", advice=True)])]
    assert print_report(Clone(clone.path), checks, None)
    assert capsys.readouterr().out.splitlines()[-1].startswith("healthy")
