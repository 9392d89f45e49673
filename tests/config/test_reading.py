"""Which keys a stage reads."""

import pickle
from collections.abc import Callable
from dataclasses import asdict, fields, is_dataclass, replace

import pytest

from assay.config.load import load
from assay.config.reading import plain, watched
from assay.config.schema import Config
from samples import ROOT

CASES: dict[str, tuple[Callable[[Config], object], set[str]]] = {
    "a value": (lambda config: config.training.folds, {"training.folds"}),
    "a mapping is read whole": (lambda config: config.dataset.columns["TSH"].type, {"dataset.columns"}),
    "a group that may be none is read whole": (lambda config: bool(config.dataset.time), {"dataset.time"}),
    "a group alone is not": (lambda config: config.training, set()),
    "asdict": (lambda config: asdict(config.training), {f"training.{one.name}" for one in fields(load().training)}),
    "asdict at any depth": (
        lambda config: asdict(config.criteria)["cost"],
        {f"criteria.{one.name}" for one in fields(load().criteria) if not is_dataclass(one.type)}
        | {f"criteria.promotion.{one.name}" for one in fields(load().criteria.promotion)}
        | {f"criteria.cost.{one.name}" for one in fields(load().criteria.cost)}
        | {f"criteria.monitoring.{one.name}" for one in fields(load().criteria.monitoring)},
    ),
    "replace": (
        lambda config: replace(config.features, drop=[]).derived,
        {f"features.{one.name}" for one in fields(load().features)} - {"features.drop"},
    ),
}


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("case", CASES)
def test_each_key_that_is_read_is_noted(case: str) -> None:
    use, expected = CASES[case]
    read: set[str] = set()
    use(watched(load(), read))
    assert read == expected


def test_it_has_the_same_values_and_types() -> None:
    config, copy = load(), watched(load(), set())
    assert asdict(copy) == asdict(config)
    assert isinstance(copy, Config)
    assert not hasattr(config, "__place__")


def test_a_part_becomes_plain_at_any_depth() -> None:
    config = load()
    assert plain(config.baselines) == asdict(config)["baselines"]
    assert plain(config.model) == asdict(config)["model"]


def test_it_is_pickled_as_what_it_watches_which_reads_nothing() -> None:
    read: set[str] = set()
    copy = pickle.loads(pickle.dumps(watched(load(), read)))
    assert (copy, type(copy), read) == (load(), Config, set())
