"""What bundle.json says comes back as it was set."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.bundle.description import read
from assay.config.compose import composed
from assay.config.load import typed
from assay.config.reading import plain
from assay.errors import AssayError
from assay.files import Exact, yaml_mapping
from assay.files import plain as rounded
from samples import ROOT

DATASETS = sorted(path.stem for path in (ROOT / "conf/dataset").glob("*.yaml"))
PARTS = ("dataset", "labels", "split", "features", "training")


@pytest.mark.parametrize("name", DATASETS)
def test_the_configuration_of_each_dataset_comes_back(name: str, small_line: Path, line: Path) -> None:
    order = typed(yaml_mapping(composed([f"dataset={name}"])))
    parts = {part: plain(getattr(order, part)) for part in PARTS}
    said = json.loads((small_line / "models/bundle.json").read_text())
    content = json.dumps(said | {"config": rounded(Exact(parts))}).encode()
    _, described = read(content, "models/bundle.json", "")
    assert {part: plain(getattr(described.config, part)) for part in PARTS} == parts


@pytest.mark.slow
@given(st.dictionaries(st.text(), st.floats(allow_nan=False, allow_infinity=False) | st.integers()))
def test_exact_numbers_are_those_that_are_read_again(parameters: dict[str, float]) -> None:
    assert json.loads(json.dumps(rounded(Exact(parameters)))) == parameters


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": {"text": {"a": 1}}}, "not what a title says"),
        ({"title": {}}, "not what a title says"),
        ({"title": {"text": "age", "logarithm": "yes"}}, "not what a title says"),
        ({"quantiles": [1.0]}, "quantiles are two"),
        ({"dtype": "category", "categories": ["F", "F"]}, "a category stands there twice"),
        ({"dtype": "category"}, "a category has categories"),
    ],
)
def test_a_feature_of_which_no_reason_could_be_told_is_refused(
    changes: dict[str, object], said: str, small_line: Path
) -> None:
    content = json.loads((small_line / "models/bundle.json").read_text())
    content["features"][0] |= changes
    with pytest.raises(AssayError, match=said):
        read(json.dumps(content).encode(), "models/bundle.json", "")
