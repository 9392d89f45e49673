"""The parameters of revisions: read key by key as DVC reads them whole, compared, and said as one would type them."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assay.experiments.parameters import param_changes, read, spelled
from assay.files import yaml_mapping
from assay.lineage.lock import leaves
from samples import ROOT

TEXTS = [
    (ROOT / "params.yaml").read_text(),
    "a:\n  - x\nb:\n- y\n- z\n",
    "a: &x {b: 1}\nc: *x\n",
    "---\na: 1\n",
    "a:\n  text\n  more\nb: |\n  x: 1\n  y: 2\n",
    "true:\n  no: 1\nnull: 2\n",
    "a:\n  b: 1\n\n  c: 2\n",
    "a: {}\nb: []\n",
    'a: "x\n  y: 2"\n',
    "a:\n  ? x\n  : y\n",
    "# first\na:\n  b: 1\n  # c\n  c: 2\n# d\nd: 1e3\ne: 007\nf: -0\ng: 1.50\n",
    "a:\n  b:\n    c: 1\n    'd e': 2\n",
    "a: 1",
    "{a: 1, b: {c: 2}}\n",
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
TREES = st.dictionaries(
    st.text(min_size=1),
    st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)),
    min_size=1,
)
FILE = {"C": 1, "penalty": "l2", "seed": "${seed}"}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_read_key_by_key_as_it_is_read_whole(text: str) -> None:
    assert read(text) == leaves(yaml_mapping(text))


@given(TREES)
def test_so_is_any_that_is_written(tree: dict[str, Any]) -> None:
    text = yaml.safe_dump(tree)
    try:
        whole = leaves(yaml_mapping(text))
    except ValueError:  # what PyYAML writes and YAML 1.2 does not take, such as two keys that it holds to be one
        return
    assert read(text) == whole


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "a: [1\n", "- a\n", "", "a: *b\n", "\tx"])
def test_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read(text)


def test_params_are_compared_key_by_key() -> None:
    base = {"model": {"name": "xgboost", "max_depth": 4}, "seed": 1}
    head = {"model": {"name": "xgboost", "max_depth": 6, "eta": 0.1}, "seed": 1}
    assert param_changes(base, head) == {"model.eta": (None, 0.1), "model.max_depth": (4, 6)}
    assert param_changes(base, base) == {}


@pytest.mark.parametrize(
    ("base", "head", "said"),
    [
        ({"model": {"depth": 4}}, {"model": {"depth": 3}}, ["model.depth=3"]),
        ({"model": {"depth": 4}}, {"model": {}}, ["~model.depth"]),
        ({"model": {"name": "svm", "C": 1}}, {"model": {"name": "lr", "C": 1, "penalty": "l2"}}, ["model=lr"]),
        ({"model": {"name": "svm", "C": 2}}, {"model": {"name": "lr", "C": 2}}, ["model=lr", "model.C=2"]),
        ({"model": {"name": "svm"}}, {"model": {"name": "lr", "seed": 7}}, ["model=lr"]),
        ({"a": {"b": [1]}}, {"a": {"b": [1, "x", True]}}, ["a.b=[1,x,true]"]),
        ({"a": "x"}, {"a": "y" * 90}, [f"a={'y' * 39}…"]),
        ({"a": 1}, {"a": 1}, []),
    ],
    ids=["value", "gone", "another file", "and a value beside it", "computed", "list", "long", "nothing"],
)
def test_changes_are_said_as_one_would_type_them(base: dict, head: dict, said: list[str]) -> None:
    assert spelled(param_changes(base, head), leaves(head), lambda group, name: FILE) == said
