"""Receipts."""

from assay.experiments.verify import Receipt, as_data, as_markdown, moved, outputs

LOCK = """
stages:
  train:
    outs: [{path: models, md5: aa.dir}, {path: data/predictions, md5: bb.dir}]
  evaluate:
    outs: [{path: reports/metrics.json, md5: cc}]
"""


def receipt(found: str, **metrics: tuple[float, float]) -> Receipt:
    return Receipt("0123456789abcdef", 12.3, outputs(LOCK, found), metrics)


def test_equal_locks_are_identical() -> None:
    one = receipt(LOCK)
    assert one.identical
    assert "3 of 3 outputs identical" in as_markdown(one)
    assert "moved" not in as_markdown(one)


def test_one_different_byte_is_a_difference_with_the_metrics_that_moved() -> None:
    one = receipt(LOCK.replace("cc", "dd"), recall=(0.9, 0.91))
    assert not one.identical
    shown = as_markdown(one)
    assert "| evaluate | reports/metrics.json | cc | dd | **different** |" in shown
    assert "recall 0.9 to 0.91" in shown
    assert as_data(one)["metrics_moved"] == {"recall": [0.9, 0.91]}


def test_an_output_that_is_missing_is_different() -> None:
    one = receipt(LOCK.replace("{path: models, md5: aa.dir}, ", ""))
    assert [output.path for output in one.outputs if not output.identical] == ["models"]


def test_metrics_that_stay_are_not_named() -> None:
    assert moved('{"recall": 0.9, "f1": 0.8}', '{"recall": 0.9, "f1": 0.7}') == {"f1": (0.8, 0.7)}
