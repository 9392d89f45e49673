"""Whether a choice was decided is told by its decision, for one dataset and label policy."""

from pathlib import Path

import pytest

from assay.choose.folder import DECISION, is_decided


@pytest.mark.parametrize(
    ("folder", "file", "decided"),
    [
        ("shop-any-mine", DECISION, True),
        ("shop-any-mine", "README.md", False),
        ("shop-any-other", DECISION, False),
        ("shop-any-2-mine", DECISION, False),
        ("shop-all-mine", DECISION, False),
    ],
)
def test_a_decision_is_of_one_dataset_and_policy(
    folder: str, file: str, decided: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in (Path("conf/choice/mine.yaml"), Path("choices") / folder / file):
        path.parent.mkdir(parents=True)
        path.touch()
    assert is_decided("shop", "any") is decided
