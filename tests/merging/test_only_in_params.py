"""Decisions that stand in params.yaml alone."""

import pytest

from assay.merging.only_in_params import overruled


@pytest.mark.parametrize(
    ("side", "composed", "lost"),
    [
        ({"m": {"depth": 3}}, {"m": {"depth": 3}}, {}),
        ({"m": {"depth": 4}}, {"m": {"depth": 5}}, {}),
        ({"m": {"depth": 3}}, {"m": {"depth": 4}}, {"m.depth": (3, 4)}),
        ({"m": {"depth": 3}}, {"m": {}}, {"m.depth": (3, None)}),
    ],
    ids=["kept", "the other side's", "lost", "gone"],
)
def test_a_value_that_a_side_changed_and_composing_did_not_give_is_named(
    side: dict, composed: dict, lost: dict
) -> None:
    assert overruled({"m": {"depth": 4}}, side, composed) == lost
