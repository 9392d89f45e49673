"""Bad input ends a stage with one message that says what, where and what to do."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from assay.paths import CLEANED, LABELS, RAW
from samples import forget_statements, synthetic_raw

Edit = Callable[[pd.DataFrame], pd.DataFrame]


def edited(line: int, column: str, value: str) -> Edit:
    """Put `value` into a column of a line of the file."""

    def edit(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[line - 2, column] = value
        return table

    return edit


def repeated(table: pd.DataFrame) -> pd.DataFrame:
    return edited(3, "patient_id", table["patient_id"][0])(table)


TABLES: dict[str, tuple[Edit, list[str]]] = {
    "missing column": (lambda t: t.drop(columns="TSH"), ["missing column TSH"]),
    "renamed column": (lambda t: t.rename(columns={"TSH": "tsh"}), ["missing column TSH", "unknown column tsh"]),
    "wrong type": (edited(12, "TSH", "high"), ["column TSH", "'high'", "line 12"]),
    "unknown code": (edited(7, "target", "Z"), ["column target", "'Z'", "line 7"]),
    "unknown category": (edited(9, "referral_source", "home"), ["column referral_source", "'home'", "line 9"]),
    "repeated identifier": (repeated, ["column patient_id", "line 2, line 3"]),
    "no rows": (lambda t: t.head(0), ["no rows"]),
}


@pytest.fixture
def refused(line: Path, capsys: pytest.CaptureFixture) -> Callable[[str], str]:
    """What a stage says that must end badly and leave every result as it was."""

    def run(stage: str) -> str:
        before = {path: path.read_bytes() for path in line.glob("[dmr]*/**/*") if path.is_file()}
        with pytest.raises(SystemExit) as end:
            import_module(f"assay.stages.{stage}").main()
        assert end.value.code == 1
        assert {path: path.read_bytes() for path in before} == before
        said = capsys.readouterr().err
        message = said[said.index(f"assay {stage}: error: ") :]
        assert "Traceback" not in said
        assert "to do:" in message
        return message

    return run


@pytest.mark.parametrize("case", TABLES)
def test_a_bad_raw_table(refused: Callable[[str], str], case: str) -> None:
    edit, named = TABLES[case]
    edit(synthetic_raw()).to_csv(RAW / "records.csv", index=False)
    message = refused("clean")
    assert [text for text in named if text not in message] == []


def test_an_empty_raw_file(refused: Callable[[str], str]) -> None:
    (RAW / "records.csv").write_bytes(b"")
    assert str(RAW / "records.csv") in refused("clean")


@pytest.mark.parametrize(
    ("stage", "path"),
    [
        ("annotate", "data/cleaned/records.parquet"),
        ("split", "data/annotated/labels.parquet"),
        ("featurize", "data/split/test.parquet"),
        ("train", "data/features/train.parquet"),
        ("audit", "data/features/validation.parquet"),
        ("evaluate", "data/predictions/test.parquet"),
        ("review", "data/predictions/out_of_fold.parquet"),
    ],
)
def test_a_truncated_file_between_stages(refused: Callable[[str], str], stage: str, path: str) -> None:
    content = Path(path).read_bytes()
    Path(path).write_bytes(content[: len(content) // 2])
    message = refused(stage)
    assert path in message
    assert "assay doctor --mend" in message


def test_a_column_gone_from_a_file_between_stages(refused: Callable[[str], str]) -> None:
    path = Path("data/annotated/labels.parquet")
    pd.read_parquet(path).drop(columns="label").to_parquet(path, index=False)
    forget_statements()
    message = refused("split")
    assert "label" in message
    assert str(path) in message


def test_params_edited_by_hand_into_something_wrong(refused: Callable[[str], str]) -> None:
    params = Path("params.yaml")
    params.write_text(params.read_text().replace("num_leaves: 31", "num_leaves: deep"))
    assert "num_leaves" in refused("train")


@pytest.mark.parametrize(
    ("stage", "path", "named"),
    [
        ("split", LABELS, "not the labels of these records"),
        ("split", CLEANED, "not the labels of these records"),
        ("featurize", CLEANED, "records of the folds are not among the cleaned ones"),
    ],
)
def test_a_table_of_other_records(refused: Callable[[str], str], stage: str, path: Path, named: str) -> None:
    pd.read_parquet(path).iloc[:-20].to_parquet(path, index=False)
    forget_statements()
    assert named in refused(stage)
