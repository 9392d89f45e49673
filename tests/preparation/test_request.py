"""What the contract asks of a request: what a score needs, and nothing that only holds for training data."""

import pandas as pd
import pytest

from assay.config.dataset import Column, Dataset, Outside, Repeats, Rule, Time
from assay.contract.values import Raw
from assay.preparation.prepare import Preparer
from assay.preparation.request import request_contract, without_optional

COLUMNS = {
    "key": Column("text", "id"),
    "name_of_clerk": Column("text", "id"),
    "age": Column("number", range=[0, 120], plausible=[18, 90], otherwise="missing"),
    "drug": Column("flag", "ignore"),
    "note": Column("text", "ignore", nullable=True),
    "age_known": Column("flag", "check"),
    "cost": Column("number", "leak"),
    "late": Column("number", available=False),
    "sick": Column("category", "target", values=["no", "yes"]),
}
RECORD = {"key": "a", "age": "40", "drug": "f"}


def contract(**rules: Rule) -> Dataset:
    return Dataset(
        columns=COLUMNS,
        key="key",
        target="sick",
        time=Time("key", pattern="(.*)", first="2020-01-01", last="2020-12-31"),
        repeats=Repeats(),
        population=[Outside("drug", "treated")],
        rules=rules,
    )


def broken(rule: Rule, **values: str) -> bool:
    """Whether a record of a request breaks this rule."""
    dataset = contract(rule=rule)
    request = request_contract(dataset, derived=False)
    short = not {"age_known", "sick"} & {*values}
    used = without_optional(request) if short else request
    table = pd.DataFrame([{name: (RECORD | values).get(name, "") for name in used.columns}], dtype="str")
    prepare = Preparer(dataset, used)
    judged = prepare.judge(Raw.of(table))
    prepare.columns(judged, ~judged.rows("stop", "quarantine"))
    return any(one.rule.name == "rule" and len(one.rows) for one in judged.violations)


@pytest.mark.parametrize(
    ("derived", "columns"),
    [
        (False, ["key", "age", "drug", "age_known", "sick"]),
        (True, ["key", "age", "drug", "note", "age_known", "sick"]),
    ],
)
def test_a_request_has_what_a_score_needs(derived: bool, columns: list[str]) -> None:
    assert list(request_contract(contract(), derived=derived).columns) == columns


def test_what_only_holds_for_training_data_is_not_asked() -> None:
    request = request_contract(contract(), derived=False)
    assert request.time is not None
    assert (request.time.first, request.time.last, request.repeats) == (None, None, None)
    assert request.columns["age"].plausible is None
    assert request.columns["sick"].nullable


@pytest.mark.parametrize("then", ["stop", "quarantine", "missing"])
@pytest.mark.parametrize(
    ("where", "columns", "values", "said"),
    [
        ("age > 30", ["age"], {}, True),
        ("age > 50", ["age"], {}, False),
        ("age > 30", [], {}, {"missing": False}),
        ("age > 30", ["age", "cost"], {}, True),
        ("age > 30", ["age", "age_known"], {}, True),
        ("age > 30", ["age_known"], {}, {"missing": False}),
        ("age > 30", ["age_known"], {"age_known": "t"}, True),
        ("age > 30 and cost > 5", ["age"], {"cost": "9"}, False),
        ("age_known != age.notna()", ["age_known"], {}, False),
        ("age_known != age.notna()", ["age_known"], {"age_known": "f"}, True),
        ("age_known != age.notna()", ["age_known"], {"sick": "no"}, False),
        ("sick != 'yes'", ["age"], {"sick": ""}, False),
        ("sick != 'yes'", ["age"], {"sick": "no"}, True),
    ],
)
def test_a_rule_is_asked_where_a_request_tells(
    then: str, where: str, columns: list[str], values: dict[str, str], said: bool | dict[str, bool]
) -> None:
    expected = said if isinstance(said, bool) else said.get(then, True)
    assert broken(Rule(where, then, "odd", columns), **values) is expected


def test_what_is_only_counted_is_not_asked() -> None:
    assert not broken(Rule("age > 30", "note", "odd", ["age"]))
