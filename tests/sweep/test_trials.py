"""What a search proposes, and that it goes on where it was."""

from dataclasses import replace
from pathlib import Path

import pytest
from optuna.distributions import FloatDistribution, IntDistribution

from assay.errors import AssayError
from assay.sweep import trials
from assay.sweep.folder import Setting
from assay.sweep.log import DONE, FAILED, PRUNED, Entry
from assay.sweep.plan import Planned
from assay.sweep.search_space import Dimension, Search
from assay.sweep.study import UNPRUNED
from assay.sweep.trials import Trials

SEARCH = Search(trials=8, space={"a": Dimension(0.001, 1, log=True), "b": Dimension(1, 4)}, overrides=["model=x"])
KEPT: dict[str, float] = {}  # what git would have: experiment to average precision


@pytest.fixture
def setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Setting:
    """A repository of pretended experiments: what is composed is the overrides themselves."""
    KEPT.clear()
    space = {"a": FloatDistribution(0.001, 1, log=True), "b": IntDistribution(1, 4)}
    monkeypatch.setattr(trials, "distributions", lambda search: {key: space[key] for key in search.space})
    monkeypatch.setattr(trials, "checked", " ".join)
    monkeypatch.setattr(trials, "experiments", lambda root, baseline: set(KEPT))
    monkeypatch.setattr(trials, "metrics", lambda root, baseline, name: {"average_precision": KEPT[name]})
    setting = Setting("search", tmp_path, "abc", tmp_path / "cache", jobs=1)
    setting.file("db").parent.mkdir(parents=True)
    return setting


def score(one: Planned) -> float:
    """The higher a, the better; b does not matter."""
    return float(one.overrides[1].removeprefix("a="))


def settle(source: Trials, one: Planned, state: str = DONE) -> None:
    """One experiment has run, and is kept if it is done."""
    metrics = {"average_precision": score(one)} if state == DONE else {}
    if state == DONE:
        KEPT[one.name] = score(one)
    source.settle(Entry(one.name, state, list(one.overrides), "abc", metrics=metrics))


def run(source: Trials, most: int = 100) -> list[str]:
    """Run what a source gives, all of it successful; the names in order."""
    names: list[str] = []
    while len(names) < most and (one := source.next()):
        settle(source, one)
        names.append(one.name)
    return names


@pytest.mark.slow
def test_the_same_seed_proposes_the_same_and_another_one_does_not(setting: Setting, tmp_path: Path) -> None:
    first = run(Trials(SEARCH, setting))
    assert len(first) == len(set(first)) == SEARCH.trials
    KEPT.clear()
    assert run(Trials(SEARCH, replace(setting, name="again"))) == [name.replace("search", "again") for name in first]
    KEPT.clear()
    other = run(Trials(replace(SEARCH, seed=1), replace(setting, name="again")))
    assert not set(other) & {name.replace("search", "again") for name in first}


def test_a_search_that_is_cut_off_proposes_what_it_would_have(setting: Setting) -> None:
    uncut = run(Trials(SEARCH, setting))
    KEPT.clear()
    cut = replace(setting, baseline="def")
    source = Trials(SEARCH, cut)
    names = run(source, most=4)
    lost = source.next()  # running when the sweep is killed
    assert lost is not None
    again = Trials(SEARCH, cut)
    assert again.missing() == SEARCH.trials - 4
    names += run(again)
    assert names == uncut
    assert Trials(SEARCH, cut).next() is None
    assert set(Trials(SEARCH, cut).known()) == set(uncut)


def test_one_that_was_kept_before_the_study_was_told_does_not_run_again(setting: Setting) -> None:
    source = Trials(SEARCH, setting)
    one = source.next()
    assert one is not None
    KEPT[one.name] = score(one)
    again = Trials(SEARCH, setting)
    assert one.name not in run(again)
    assert Trials(SEARCH, setting).missing() == 0


def test_what_failed_or_is_gone_is_run_again_with_the_same_values(setting: Setting) -> None:
    source = Trials(SEARCH, setting)
    failed = source.next()
    assert failed is not None
    settle(source, failed, FAILED)
    names = run(source)
    assert failed.name not in names
    del KEPT[names[3]]  # dvc exp remove
    again = Trials(SEARCH, setting)
    assert again.missing() == 2
    assert run(again) == [failed.name, names[3]]
    assert Trials(SEARCH, setting).missing() == 0


def test_more_trials_go_on_from_those_there_are(setting: Setting) -> None:
    few = run(Trials(replace(SEARCH, trials=3), setting))
    assert run(Trials(replace(SEARCH, trials=5), setting))[-1] not in few
    assert len(KEPT) == 5


def test_the_same_values_run_once(setting: Setting) -> None:
    search = replace(SEARCH, space={"b": Dimension(1, 4)})
    source = Trials(search, setting)
    one = source.next()
    other = source.next()
    assert one is not None
    assert other is not None
    names = [one.name, other.name]
    for planned in (one, other):
        source.settle(Entry(planned.name, DONE, [], "abc", metrics={"average_precision": 0.5}))
        KEPT[planned.name] = 0.5
    while planned := source.next():
        names.append(planned.name)
        source.settle(Entry(planned.name, DONE, [], "abc", metrics={"average_precision": 0.5}))
        KEPT[planned.name] = 0.5
    assert len(names) == len(set(names)) <= 4
    assert Trials(search, setting).missing() == 0  # 8 trials of at most 4 experiments


@pytest.mark.parametrize("prune", [True, False])
def test_what_is_worse_half_way_than_half_of_the_others_is_given_up(setting: Setting, prune: bool) -> None:
    source = Trials(replace(SEARCH, prune=prune), setting)
    for value in range(UNPRUNED):
        one = source.next()
        assert one is not None
        assert not source.hopeless(one.name, 0.5 + value / 100)
        settle(source, one)
    good, bad = source.next(), source.next()
    assert good is not None
    assert bad is not None
    assert not source.hopeless(good.name, 0.53)
    assert source.hopeless(bad.name, 0.51) is prune
    settle(source, bad, PRUNED)
    run(source)
    again = Trials(replace(SEARCH, prune=prune), setting)
    assert again.missing() == 1  # good, which was not settled
    assert bad.name not in run(again)


def test_values_that_do_not_go_together_fail_alone(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    def checked(overrides: tuple[str, ...]) -> str:
        if overrides[-1] == "b=3":
            raise AssayError("b may not be 3 here")
        return " ".join(overrides)

    monkeypatch.setattr(trials, "checked", checked)
    source, faults = Trials(SEARCH, setting), []
    while one := source.next():
        faults.append(one.fault)
        settle(source, one, FAILED if one.fault else DONE)
    assert {"", "b may not be 3 here"} == set(faults)
