"""The examples in docstrings give what they show."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import assay

PACKAGE = Path(assay.__file__).parent
# Only modules with an example are imported: all of them would take seconds.
MODULES = sorted(
    ".".join((assay.__name__, *path.relative_to(PACKAGE).with_suffix("").parts))
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("module", MODULES)
def test_examples_give_what_they_show(module: str) -> None:
    failed, tried = doctest.testmod(import_module(module))
    assert tried
    assert not failed  # doctest has printed what differs


def test_the_record_local_transforms_have_an_example() -> None:
    transforms = {
        f"assay.{name}"
        for name in (
            "contract.expressions",
            "contract.rules",
            "contract.values",
            "datasets.thyroid.features",
            "labels.classes",
            "labels.policy",
            "preparation.features",
            "preparation.prepare",
        )
    }
    assert transforms - set(MODULES) == set()
