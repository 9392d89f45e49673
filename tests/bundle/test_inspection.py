"""What `assay bundle show` tells of an archive: figures that are some, or a clear refusal."""

import json
from pathlib import Path
from typing import Any

import pytest

from assay.bundle.inspection import inspect
from assay.bundle.packing import pack
from assay.errors import AssayError

METRICS, INTERVALS = {"recall": 0.9, "records": 100}, {"recall": [0.8, 0.95]}


def archive(line: Path, metrics: Any = None, intervals: Any = None) -> Path:
    """An archive of the model of the small line, with these figures."""
    figures = {"metrics": metrics, "intervals": intervals}
    model = {path.as_posix(): path.read_bytes() for path in Path("models").rglob("*") if path.is_file()}
    said = {f"reports/{name}.json": json.dumps(one).encode() for name, one in figures.items() if one is not None}
    path = Path("model.zip")
    path.write_bytes(pack(model | said))
    return path


def test_the_figures_of_the_test_fold_are_those_with_an_interval(line: Path) -> None:
    found = inspect(archive(line, METRICS, INTERVALS)).summary["metrics_on_test"]
    assert found == {"recall": {"value": 0.9, "interval": [0.8, 0.95]}}
    assert inspect(archive(line)).summary["metrics_on_test"] is None


@pytest.mark.parametrize(
    ("metrics", "intervals"),
    [
        ([], INTERVALS),
        (METRICS, 3),
        ({"recall": {"a": 1}}, INTERVALS),
        ({"recall": "high"}, INTERVALS),
        (METRICS, {"recall": []}),
        (METRICS, {"recall": [0.8, 0.9, 1.0]}),
        (METRICS, {"recall": "ab"}),
    ],
)
def test_figures_that_are_none_are_refused(metrics: Any, intervals: Any, line: Path) -> None:
    with pytest.raises(AssayError, match="figures") as caught:
        inspect(archive(line, metrics, intervals))
    assert "model.zip/reports" in caught.value.where
