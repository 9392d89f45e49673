"""A private part is had by its name and form, or it is said to have changed."""

import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import version
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from assay.dvc_internals.boundary import TESTED, ChangedError, otherwise, part, within
from samples import ROOT

MODULE = "dvc.for_tests"


@pytest.fixture(autouse=True)
def _module(monkeypatch: pytest.MonkeyPatch) -> None:
    content = {
        "same": lambda one, two: 1,
        "longer": lambda one, two, three=3, *more, **named: 1,
        "turned": lambda two, one: 1,
        "needy": lambda one, two, three: 1,
        "shorter": lambda one: 1,
        "value": 1,
    }
    monkeypatch.setitem(sys.modules, MODULE, SimpleNamespace(**content))  # type: ignore[arg-type]


def test_the_bound_in_pyproject_is_what_this_is_tested_with() -> None:
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    [dvc] = [one for one in map(Requirement, named) if one.name == "dvc"]
    assert dvc.specifier == SpecifierSet(TESTED)
    assert any(one.operator in ("<", "<=", "==", "~=") for one in dvc.specifier)


def test_the_installed_dvc_is_within_the_bound() -> None:
    assert SpecifierSet(TESTED).contains(version("dvc")), f"DVC {version('dvc')} is none of {TESTED}: make lock"


@pytest.mark.parametrize("name", ["same", "longer"])
def test_a_part_of_the_same_form_is_had(name: str) -> None:
    assert part(f"{MODULE}:{name}", "one two")(1, 2) == 1


@pytest.mark.parametrize("name", ["gone", "turned", "needy", "shorter", "value", "same.gone"])
def test_a_part_that_is_gone_or_of_another_form_has_changed(name: str) -> None:
    with pytest.raises(ChangedError, match=name):
        part(f"{MODULE}:{name}", "one two")


def test_a_module_of_dvc_that_is_gone_has_changed_and_one_that_is_not_installed_is_missing() -> None:
    with pytest.raises(ChangedError, match=r"dvc\.gone"):
        part("dvc.gone:one")
    with pytest.raises(ModuleNotFoundError):
        part("no_such_package:one")


def test_an_attribute_of_an_object_that_is_gone_has_changed() -> None:
    owner = SimpleNamespace(one=SimpleNamespace(two=2))
    assert within(owner, "one.two") == 2
    with pytest.raises(ChangedError, match=r"SimpleNamespace\.one\.three"):
        within(owner, "one.three")


def test_the_public_way_is_taken_for_a_change_alone_and_said_once(said: Callable[[], list[str]]) -> None:
    @otherwise(lambda error: "public")
    def private(error: type[Exception]) -> str:
        raise error("a part")

    assert [private(ChangedError), private(ChangedError)] == ["public", "public"]
    [line] = said()
    assert "has no a part" in line
    assert TESTED in line
    for fault in (TypeError, AttributeError, ImportError, ValueError):
        with pytest.raises(fault):
            private(fault)
