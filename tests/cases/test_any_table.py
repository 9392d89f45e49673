"""Tables with any names, values, dialects and classes: what comes out is what went in, or a stop names the place."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.config.dataset import Dataset
from assay.config.load import typed_as
from assay.config.questions import questions
from assay.config.source import Dialect
from assay.errors import AssayError
from assay.onboarding.dataset import init_dataset
from assay.onboarding.outcome import Answer
from assay.preparation.prepare import prepare
from assay.records.reading import read
from assay.records.writing import write_csv

ROWS = 30
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=6)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=5)
NUMBERS = st.integers(-(10**7), 10**7).map(lambda cents: cents / 100)
PAIRS = [("sick", "well"), ("Yes", "No"), ("1", "0"), ("1", "2"), ("None", "ill"), ("a", "b"), ("yes", "Yes")]
CLASSES = st.sampled_from(PAIRS)
DIALECTS = st.builds(
    Dialect,
    encoding=st.sampled_from(["utf-8", "utf-16"]),
    separator=st.sampled_from(",;\t|"),
    above=st.sampled_from([0, 0, 2]),
    trailing=st.booleans(),
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[pd.DataFrame, list[float]]:
    """A table of texts, and the numbers that its second column means."""
    marks = draw(st.sampled_from([("", "."), ("", ","), (",", "."), (".", ",")]))
    numbers = draw(st.lists(NUMBERS, min_size=ROWS, max_size=ROWS))
    each = [f"{one:,.2f}".translate({44: marks[0], 46: marks[1]}) for one in numbers]
    words = draw(st.lists(WORDS, min_size=1, max_size=4))
    names = draw(st.lists(NAMES, min_size=2, max_size=2, unique=True))
    classes = draw(CLASSES)
    columns = {
        names[0]: [words[row % len(words)] for row in range(ROWS)],
        names[1]: each,
        "outcome": [classes[row % 3 != 0] for row in range(ROWS)],
    }
    return pd.DataFrame(columns, dtype="str"), numbers


@pytest.mark.slow
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(made=tables(), dialect=DIALECTS, answered=st.booleans())
def test_what_comes_out_is_what_went_in(
    made: tuple[pd.DataFrame, list[float]],
    dialect: Dialect,
    answered: bool,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table, numbers = made
    folder = tmp_path_factory.mktemp("any")
    monkeypatch.chdir(folder)
    write_csv(table, Path("t.csv"), dialect)
    try:
        contract, labels = described(folder, Answer([table["outcome"][0]] if answered else []))
    except AssayError as error:
        assert error.where
        assert error.todo
        return
    raw = read(Path("t.csv"), dialect=typed_as(Dialect, contract["source"].get("dialect", {})))
    assert raw.to_numpy().tolist() == table.to_numpy().tolist()
    assert raw.columns.tolist() == table.columns.tolist()
    if any(True for part in (contract, labels) for _ in questions(part, "")):
        return
    assert labels["positive"] == [table["outcome"][0]]
    prepared = prepare(raw, typed_as(Dataset, contract), "t.csv")
    assert not prepared.broken
    assert prepared.records["code"].tolist() == table["outcome"].tolist()
    name = table.columns[1]
    if contract["columns"][name]["type"] == "number":
        assert prepared.records[name].tolist() == pytest.approx(numbers, abs=1e-9)


def described(folder: Path, answer: Answer) -> tuple[dict[str, Any], dict[str, Any]]:
    """The contract and the policy as they stand in the YAML."""
    _, _, written = init_dataset(folder / "t.csv", "any", "outcome", answer)
    contract, labels, _ = (yaml.safe_load(path.read_text()) for path in written)
    return contract, labels
