"""Changes that were planted in records, and records that did not change."""

import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

from assay.bundle.reference import reference
from assay.bundle.threshold import Threshold
from assay.config.schema import Monitoring
from assay.files import plain
from assay.monitoring.counts import Counts, of_piece
from assay.monitoring.drift import drifted, shares
from assay.monitoring.finding import TO, Finding, Kind
from assay.monitoring.known import Training, training
from assay.monitoring.pieces import Piece
from assay.preparation.features import OTHER, categorised
from assay.scoring.scorer import CONTRACT, POPULATION

THRESHOLD, BEFORE = 0.3, 12
PROMISE = Threshold(THRESHOLD, 0.9, 0.95, 30, 0.95, 0.9, True, False, "")
TITLES = {
    "log_TSH": {"text": "TSH", "logarithm": True},
    "log_ratio": {"text": "TSH / FTI", "logarithm": True},
}
Change = Callable[[pd.DataFrame], pd.DataFrame]


def drawn(count: int, seed: int) -> pd.DataFrame:
    """Features, with a score."""
    random = np.random.default_rng(seed)
    tsh, fti = random.lognormal(0.5, 0.8, count), random.normal(100, 15, count)
    table = pd.DataFrame(
        {
            "TSH": np.where(random.random(count) < 0.1, np.nan, tsh.round(2)),
            "FTI": fti.round(),
            "sick": random.random(count) < 0.05,
            "ward": random.choice(["A", "B", "C"], count, p=[0.6, 0.3, 0.1]),
        }
    )
    return derived(table).assign(score=random.beta(1, 12, count))


def derived(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(log_TSH=np.log(table["TSH"]), log_ratio=np.log(table["TSH"] / table["FTI"]))


def sharp(count: int, seed: int) -> pd.DataFrame:
    """The same with scores that tell ill and well apart."""
    random = np.random.default_rng(seed)
    ill = random.random(count) < 0.08
    return drawn(count, seed).assign(score=np.where(ill, random.beta(9, 1, count), random.beta(1, 60, count)))


def known(
    wards: list[str] | None = None, months: int = BEFORE, ill: float = 1.0, draw: Callable[..., pd.DataFrame] = drawn
) -> Training:
    """A year of 300 records a month; months: into how many they fall; ill: how many times the score is positive."""
    table = draw(BEFORE * 300, 0)
    X = categorised(table.drop(columns="score"), {"ward": wards or ["A", "B", "C"]})
    days = pd.date_range("1985-01-15", periods=months, freq="MS").repeat(300 * BEFORE // months)
    label = (np.random.default_rng(1).random(len(X)) < ill * table["score"]).astype("int64")
    seen = pd.DataFrame({"fold": "train", "score": table["score"], "label": label, "date": days})
    everyone = pd.DataFrame({"outside": np.where(np.arange(len(X)) % 10, "", "treated"), "date": days})
    return training(plain(reference(X, None, seen, THRESHOLD, everyone)), TITLES, PROMISE, refit=False)


KNOWN = known()
SHARP = known(draw=sharp)


TREATED = (POPULATION, ("treated",))
Faults = dict[int, tuple[str, tuple[str, ...]]]


def piece(
    table: pd.DataFrame,
    day: str = "1986-03-01",
    faults: Faults | None = None,
    changed: dict[int, tuple[str, ...]] | None = None,
) -> Piece:
    """Records of one day; by default a tenth is outside the population, as in the training."""
    count = len(table)
    why: Faults = dict.fromkeys(range(0, count, 10), TREATED) if faults is None else faults
    places = np.array([place for place in range(count) if place not in why], "int64")
    score = np.full(count, np.nan)
    score[places] = table["score"].to_numpy()[places]
    features = {name: table[name].array[places] for name in table if name != "score"}
    days = np.full(count, day, "datetime64[D]")
    return Piece(days, np.arange(count), score, score >= THRESHOLD, features, places, why, changed or {})


def but(count: int, fault: tuple[str, tuple[str, ...]]) -> Faults:
    """The usual tenth, and `count` records with a fault."""
    return dict.fromkeys(range(0, 400, 10), TREATED) | dict.fromkeys(range(1, 10 * count, 10)[:count], fault)


def found(*parts: Piece, training: Training = KNOWN, **asked: float) -> list[Finding]:
    counts = Counts()
    for one in parts:
        counts.add(of_piece(one, training))
    return drifted(counts, training, Monitoring(**asked))


def unit(table: pd.DataFrame) -> pd.DataFrame:
    return derived(table.assign(TSH=table["TSH"] / 12.9))


PLANTS: dict[str, tuple[Change, set[tuple[str, Kind]]]] = {
    "another unit": (unit, {("TSH", Kind.UNIT)}),
    "a column without values": (lambda t: derived(t.assign(TSH=np.nan)), {("TSH", Kind.MISSING)}),
    "a fifth is missing": (
        lambda t: t.assign(FTI=t["FTI"].where(np.arange(len(t)) % 5 > 0)),
        {("FTI", Kind.MISSING)},
    ),
    "a flag": (lambda t: t.assign(sick=t["sick"] | (np.arange(len(t)) % 4 == 0)), {("sick", Kind.VALUES)}),
    "a ward": (lambda t: t.assign(ward="B"), {("ward", Kind.VALUES)}),
    "a new ward": (lambda t: t.assign(ward=t["ward"].replace("B", "NEW")), {("ward", Kind.NEW), ("ward", Kind.VALUES)}),
    "extremes": (lambda t: t.assign(FTI=t["FTI"].where(np.arange(len(t)) % 20 != 1, 999.0)), {("FTI", Kind.RANGE)}),
    "scores": (lambda t: t.assign(score=t["score"] * 2), {("scores", Kind.SCORES), ("alerts", Kind.ALERTS)}),
}


@pytest.mark.parametrize("plant", PLANTS)
def test_what_was_planted_is_named_and_nothing_else(plant: str) -> None:
    change, expected = PLANTS[plant]
    spoken = found(piece(change(drawn(800, 1))))
    named = {(one.subject, one.kind) for one in spoken}
    assert expected <= named
    assert {subject for subject, _ in named} == {subject for subject, _ in expected}
    assert {one.month for one in spoken} == {"1986-03"}


@pytest.mark.parametrize("count", [60, 300, 3000, 60_000])
def test_records_that_did_not_change_say_nothing(count: int) -> None:
    assert [found(piece(drawn(count, seed)), false_alarm_rate=0.05) for seed in range(2, 8)] == [[]] * 6


def test_another_unit_is_told_as_that_and_what_is_computed_from_it_is_told_with_it() -> None:
    (values,) = (one for one in found(piece(unit(drawn(800, 1)))) if one.kind == Kind.UNIT)
    assert values.what.startswith("TSH is probably in another unit: ")
    assert values.also == ("TSH / FTI",)


def test_a_new_value_is_told_by_its_name() -> None:
    spoken = found(piece(drawn(300, 1).assign(ward="<b>new</b>")))
    assert any("<b>new</b>" in one.what for one in spoken if one.kind == Kind.NEW)


def test_a_new_value_of_a_column_with_too_many_is_among_the_others() -> None:
    training = known(["A", "B", OTHER])
    table = drawn(3000, 0)
    assert KNOWN.features["ward"].place(["A", "new", None]).tolist() == [0, 3, -1]
    assert training.features["ward"].place(["A", "new", None]).tolist() == [0, 2, -1]
    assert not any(one.kind == Kind.NEW for one in found(piece(table.assign(ward="new")), training=training))


@pytest.mark.parametrize(("broken", "named"), [(1, False), (2, False), (30, True)])
def test_rules_that_many_records_break_are_named(broken: int, named: bool) -> None:
    spoken = found(piece(drawn(400, 1), faults=but(broken, (CONTRACT, ("TSH_type",)))))
    assert [(one.kind, one.subject) for one in spoken] == [(Kind.CONTRACT, "TSH_type")] * named
    spoken = found(piece(drawn(400, 1), changed=dict.fromkeys(range(broken), ("age_range",))))
    assert [(one.kind, one.subject) for one in spoken] == [(Kind.CHANGED, "age_range")] * named


@pytest.mark.parametrize("records", [1, 2, 49])
def test_few_records_that_all_break_the_contract_are_named(records: int) -> None:
    every = dict.fromkeys(range(records), (CONTRACT, ("TSH_type",)))
    assert [(one.kind, one.subject) for one in found(piece(drawn(records, 1), faults=every))] == [
        (Kind.CONTRACT, "TSH_type")
    ]


@pytest.mark.parametrize(("outside", "named"), [(0, True), (40, False), (130, True)])
def test_who_is_outside_the_population(outside: int, named: bool) -> None:
    spoken = found(piece(drawn(400, 1), faults=dict.fromkeys(range(outside), TREATED)))
    assert [(one.kind, one.subject) for one in spoken] == [(Kind.OUTSIDE, "treated")] * named


def test_each_month_is_judged_by_itself() -> None:
    parts = [piece(drawn(400, month), f"1986-0{month}-01") for month in range(1, 9)]
    parts[4] = piece(unit(drawn(400, 5)), "1986-05-01")
    assert {one.month for one in found(*parts) if one.subject == "TSH" and one.kind == Kind.UNIT} >= {"1986-05"}
    assert {one.month for one in found(*parts)} <= {"1986-05", "1986-01 to 1986-08"}


def test_a_small_change_that_stays_is_seen_in_all_months_together() -> None:
    def shifted(seed: int) -> pd.DataFrame:
        table = drawn(150, seed)
        return derived(table.assign(FTI=table["FTI"] + 4.5))

    parts = [piece(shifted(month), f"1986-{month:02}-01") for month in range(1, 13)]
    assert [(one.subject, one.month) for one in found(*parts)] == [("FTI", "1986-01 to 1986-12")]


def test_few_records_are_not_judged() -> None:
    assert found(piece(unit(drawn(49, 1)))) == []
    assert found(piece(unit(drawn(49, 1))), fewest=40) != []
    parts = [piece(unit(drawn(30, month)), f"1986-0{month}-01") for month in range(1, 9)]
    assert {one.month for one in found(*parts)} == {"1986-01 to 1986-08"}


@pytest.mark.parametrize(
    ("training", "named"),
    [
        (known(), {Kind.SCORES, Kind.ALERTS}),
        (known(months=3), {Kind.SCORES, Kind.ALERTS}),
        (known(months=2), {Kind.ALERTS}),
        (known(ill=0.09), set()),
    ],
    ids=["a year", "three months", "two months", "25 positives"],
)
def test_scores_are_judged_where_the_training_tells_how_much_two_models_differ(
    training: Training, named: set[Kind]
) -> None:
    doubled = drawn(800, 1)
    doubled["score"] *= 2
    assert {one.kind for one in found(piece(doubled), training=training)} == named


def prevalent(count: int, seed: int, times: float) -> pd.DataFrame:
    """Records as in the training, but for the outcome that is so many times as frequent."""
    table = sharp(20 * count, seed)
    random = np.random.default_rng(seed)
    ill = random.random(len(table)) < table["score"]
    share = ill.mean()
    odds = np.where(ill, times, (1 - times * share) / (1 - share))
    return table.iloc[random.choice(len(table), count, p=odds / odds.sum())]


@pytest.mark.parametrize("times", [3.0, 1.0])
def test_a_change_of_the_prevalence_is_told_as_such(times: float) -> None:
    parts = [piece(prevalent(300, month, times), f"1986-{month:02}-01") for month in range(1, 13)]
    spoken = found(*parts, training=SHARP)
    told = [one.what for one in spoken if one.kind == Kind.ALERTS and TO in one.month]
    said = [re.findall(r"the outcome seems to be about (\S+) times as frequent$", one) for one in told]
    assert [float(one) for (one,) in said] == [pytest.approx(times, rel=0.1)] * (times > 1)
    assert {one.kind for one in spoken} <= {Kind.ALERTS, Kind.SCORES}


@pytest.mark.parametrize("changed", [range(1, 13), [6]], ids=["in all months", "in one"])
def test_nothing_is_told_of_the_prevalence_where_the_records_have_changed(changed: Sequence[int]) -> None:
    tables = {month: prevalent(300, month, 3.0) for month in range(1, 13)}
    tables |= {month: unit(tables[month]) for month in changed}
    parts = [piece(table, f"1986-{month:02}-01") for month, table in tables.items()]
    told = [one.what for one in found(*parts, training=SHARP) if one.kind == Kind.ALERTS]
    assert told
    assert not any("outcome" in one for one in told)


def test_the_tests_of_many_months_do_not_drown_those_of_all_together() -> None:
    assert sum(shares([(False, False)] * 900 + [(True, True)] * 2)[-2:]) == pytest.approx(1)


def test_without_dates_there_is_one_batch() -> None:
    (values,) = (one for one in found(piece(unit(drawn(400, 1)), "NaT")) if one.kind == Kind.UNIT)
    assert values.month == ""


def test_records_with_weights_are_worth_their_effective_number() -> None:
    table = drawn(1000, 0)
    weight = np.where(np.arange(1000) < 100, 1000.0, 1.0)
    seen = pd.DataFrame({"fold": "train", "score": table["score"], "label": 0, "weight": weight})
    stated = plain(reference(table[["TSH", "FTI"]], weight, seen, THRESHOLD))
    whole = training(stated, {}, PROMISE, refit=False).features["FTI"].whole
    assert whole.known == pytest.approx(weight.sum() ** 2 / (weight**2).sum(), rel=1e-3)
