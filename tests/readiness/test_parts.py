"""What the page says, by part."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from assay.config.dataset import Column
from assay.config.schema import Cost, Promotion
from assay.preparation.request import request_contract
from assay.readiness.claims import claims, criteria
from assay.readiness.costs import Prices, costs, money
from assay.readiness.facts import Facts, Registry, Span
from assay.readiness.missing_data import lacking, to_settle
from assay.readiness.needs import allowed, inputs, need, otherwise, resources
from assay.readiness.risks import risks
from assay.readiness.undecided import undecided
from readiness_samples import dataset, facts, finding


def row(rows: Any, start: str) -> tuple[str, ...]:
    """The row whose first cell begins so."""
    found = [one for one in rows if one[0].startswith(start)]
    assert len(found) == 1, [one[0] for one in rows]
    return tuple(found[0])


def with_report(**changed: Any) -> Facts:
    return facts(reports={**facts().reports, **changed})


def test_the_claim_is_for_some_records_and_in_counts() -> None:
    rows = claims(facts()).rows
    assert row(rows, "tried on")[1] == (
        "1200 records of the same source, the last ones, of 2025-07-01 to 2025-12-31; 60 of them positive"
    )
    assert row(rows, "of 1,000")[1] == "50 are positive; 60 alerts, which find 45 of them; 50% of the alerts are right"
    assert row(rows, "who gets no score")[1] == "harmless; a record that breaks the contract"
    assert row(rows, "the figures")[1] == "1900 of 2000 records; left out: harmless (60), ungradable (40)"


def test_a_policy_without_words_is_told_by_its_codes() -> None:
    one = facts()
    one.bundle.config.labels.about, one.bundle.config.labels.ungradable = "", ["odd"]
    assert row(claims(one).rows, "positive means")[1] == "yes, by the policy any"
    assert "a code that nobody can grade: odd; " in row(claims(one).rows, "who gets no score")[1]


def test_the_criteria_say_what_is_not_settled() -> None:
    said = criteria(facts())
    assert said.sentences[:2] == [
        "2 of 2 criteria are met.",
        "Not settled, because the interval includes what was asked, or has no width: recall.",
    ]
    assert [one[0] for one in said.rows] == ["recall", "data completeness"]


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("key", "required"),
        ("size", "value may be missing"),
        ("age", "value may be missing"),  # then it counts as missing
        ("kind", "required"),
        ("treated", "required"),  # the population needs it
        ("checked", "may be left out"),
        ("sick", "may be left out"),
        ("later", "not needed"),
        ("late", "not needed"),
        ("name", "not needed"),
    ],
)
def test_what_a_request_needs(name: str, needed: str) -> None:
    assert need(request_contract(dataset(), derived=False), name) == needed


def test_the_inputs_are_listed_by_need_with_what_was_missing() -> None:
    said = inputs(facts())
    assert said.sentences[0].startswith(
        "Of 11 columns of the contract: 4 required; 2 value may be missing; 2 may be left"
    )
    assert row(said.rows, "size")[1:5] == (
        "value may be missing",
        "number from 0 to 9 harmless",
        "no score",
        "12.5 %",
    )
    assert row(said.rows, "later")[1:] == ("not needed", "–", "–", "–", "– (not known before the outcome)")


@pytest.mark.parametrize(
    ("column", "values", "other"),
    [
        (Column("number", unit="cm", range=[1, 2.5]), "number from 1 to 2.5 cm", "no score"),
        (Column("number", otherwise="missing"), "number", "counts as missing"),
        (Column("category", values=list("abcdefgh")), "category: a, b, c, d, e, f and 2 more", "no score"),
        (Column("category", nullable=True), "category", "–"),
        (Column("text", pattern="k.*"), "text like k.*", "no score"),
        (Column("date", nullable=True), "date", "no score"),
    ],
)
def test_what_values_are_allowed_and_what_becomes_of_others(column: Column, values: str, other: str) -> None:
    assert (allowed(column), otherwise(column)) == (values, other)


def test_resources_stand_beside_their_limits() -> None:
    said = resources(facts())
    assert row(said.rows, "the model's folder")[1:4] == ("2", "at most 1", "not met")
    assert row(said.rows, "from the start")[1:4] == ("not measured", "at most 5", "not measured")
    assert row(said.rows, "Python")[1] == ">=3.11"


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"measured_on": "1.dir"}, "is of another model, 1.dir"), ({}, "Nothing was measured on this machine yet")],
)
def test_without_figures_the_page_says_how_to_get_them(changed: dict, said: str) -> None:
    section = resources(facts(budget=None, **changed))
    assert said in section.sentences[-1]
    assert {one[1] for one in section.rows[3:]} == {"not measured"}


def test_costs_are_in_seconds_money_and_hours_of_people() -> None:
    rows = costs(facts(), Prices(cpu_hour=100, minutes_per_alert=15)).rows
    assert row(rows, "1,000 records, in one")[1:3] == ("0.036 CPU seconds", "0.001")
    assert row(rows, "1,000 records, one by one")[1].startswith("not measured")
    assert row(rows, "training again")[1].startswith("12 seconds by the clock; CPU seconds not measured")
    assert row(rows, "alerts among")[1] == "60.0 [50.0, 70.0] alerts, 15 hours of a person, at 15 minutes each"


def test_without_prices_there_is_no_money() -> None:
    section = costs(facts(budget=None), Prices())
    assert {one[2] for one in section.rows} == {"–"}
    assert "--price-per-cpu-hour" in section.sentences[0]
    assert "--minutes-per-alert" in section.sentences[1]
    assert money(3600, Prices(cpu_hour=0)) == "0"


@pytest.mark.parametrize(
    ("value", "interval", "bound", "needed"),
    [
        (0.93, (0.88, 0.98), 0.9, 250),
        (0.87, (0.80, 0.93), 0.9, 360),  # not met: the upper side must come down
        (0.9, (0.85, 0.95), 0.9, None),
    ],
)
def test_how_many_cases_settle_a_criterion(
    value: float, interval: tuple[float, float], bound: float, needed: int | None
) -> None:
    assert to_settle(value, interval, bound, 90) == needed


def test_missing_data_is_told_with_how_much() -> None:
    verdict = {"findings": [finding("recall", 0.93, interval=[0.87, 0.98], settled=False)]}
    rows = [one.cells for one in lacking(with_report(verdict=verdict))]
    assert row(rows, "recall is not settled")[1] == (
        "about 180 positives more in the test fold, if it stays so: "
        "18 months at the rate of the test fold (10.0 a month)"
    )
    assert row(rows, "values are missing")[1] == "10.0 % of all that features could have: harmless 5.0 %"
    assert row(rows, "groups with fewer")[1] == "harmless harmless (3)"


@pytest.mark.parametrize("interval", [[1.0, 1.0], [None, None]])
def test_an_interval_without_width_is_no_number_of_cases(interval: list[float | None]) -> None:
    verdict = {"findings": [finding("recall", 1.0, interval=interval, settled=False)]}
    rows = [one.cells for one in lacking(with_report(verdict=verdict))]
    assert row(rows, "recall is not settled")[1] == "the 60 positives of the test fold all agree, or are too few"


def test_without_dates_no_months_are_told() -> None:
    rows = [one.cells for one in lacking(facts(test=None, records=None))]
    assert "month" not in row(rows, "recall is not settled")[1]
    assert row(rows, "the records have no dates")[1] == "dataset.time is empty"


def test_complete_data_lacks_nothing() -> None:
    whole = {"completeness": {"after": {"good": 5, "total": 5}}}
    assert lacking(with_report(quality=whole, slices=[], verdict={"findings": []})) == []


OPEN = {
    "recall is met and not settled": {},
    "bundle mb is not met": {},
    "load seconds is not measured": {},
    "the cost was not measured": {"budget": None},
    "no version is promoted": {},
    "in use without a signature": {},
    "nobody has decided by evidence": {},
    "labels that deserve a second look": {},
    "whether people agree": {},
    "labels on which people differ": {},
    "errors of the audit": {},
    "the age of the data": {},
}
CLOSED = {
    "bundle mb": {"budget": None},
    "the cost was not measured": {},
    "no version is promoted": {"registry": Registry(["v1.0.0"], [], {"prod": "v1.0.0"})},
    "tags without": {"registry": Registry(["v1.0.0"], [], {})},
    "nobody has decided by evidence": {"chosen": True},
    "labels that deserve": {"queue": []},
    "whether people agree": {
        "decided": [SimpleNamespace(record_id="k1", annotator=name, role="annotator") for name in ("ann", "bob")]
    },
    "the age of the data": {"records": Span(date(2026, 1, 1), date(2026, 1, 31))},
    "nobody has said": {},
}


@pytest.mark.parametrize("start", OPEN)
def test_what_is_open_is_told_with_figure_source_and_what_to_do(start: str) -> None:
    assert all(row([one.cells for one in undecided(facts(**OPEN[start]))], start))


@pytest.mark.parametrize("start", CLOSED)
def test_what_is_done_is_not_open(start: str) -> None:
    assert [one.what for one in undecided(facts(**CLOSED[start])) if one.what.startswith(start)] == []


def test_decided_records_leave_the_queue() -> None:
    decided = [SimpleNamespace(record_id="k1", annotator="ann", role="annotator")]
    rows = [one.cells for one in undecided(facts(decided=decided))]
    assert row(rows, "labels that deserve")[1] == "1 of 2; 7 wrong labels estimated among 700"
    assert row(rows, "whether people agree")[1] == "1 people have decided on labels"


def test_a_contract_without_words_is_open() -> None:
    one = facts("")
    starts = [item.what for item in undecided(one) if item.what.startswith("nobody has said")]
    assert len(starts) == 3  # its list of limits has a text, though an empty one


def test_no_limits_are_open_too() -> None:
    one = facts()
    one.config.criteria.cost = Cost()
    assert "no limit on cost is set" in [item.what for item in undecided(one)]


def test_how_old_the_data_may_be_is_told_with_its_age() -> None:
    one = facts()
    one.config.criteria.promotion = Promotion(as_of="2026-01-01", fresh_within_days=90)
    said = row([item.cells for item in undecided(one)], "the age of the data")[1]
    assert said == (
        "the last record is of 2025-12-31, 31 days before 2026-01-31; fresh means within 90 days of 2026-01-01"
    )


@pytest.mark.parametrize(
    ("start", "figure"),
    [
        ("it misses positives", "6 of 60 positives of the test fold; recall 0.900 [0.850, 0.950]"),
        ("false alerts", "50 of the test fold; precision 0.500 [0.400, 0.600]"),
        ("where the threshold was chosen", "lower bound 0.850, asked 0.9"),
        ("the baseline", "recall 0.990 [0.850, 0.950], for 60.0 [50.0, 70.0] alerts per 1,000"),
        ("lower recall where", "0.700 [0.500, 0.900], of 20 positives"),
        ("harmless is distributed", "distance 0.30; lowest value 1 before, 0.5 after"),
        (
            "records that nobody can grade",
            "2.0 % of the records, 4 in the test fold; counted in as negative, precision is 0.450",
        ),
        ("the audit warns", "harmless"),
        ("the sample does not", "harmless"),
        ("no column says which", "dataset.group is empty"),
    ],
)
def test_a_risk_has_its_figure(start: str, figure: str) -> None:
    found = row([one.cells for one in risks(facts())], start)
    assert found[1] == figure
    assert all(found)


def test_records_kept_together_are_no_risk() -> None:
    one = facts()
    one.bundle.config.dataset.group = "person"
    one.bundle.config.split.by = "random"
    assert row([item.cells for item in risks(one)], "records of one person")[1] == "split by random"
    for by in ("group", "time"):
        one.bundle.config.split.by = by
        assert [item.what for item in risks(one) if "two folds" in item.what] == []
