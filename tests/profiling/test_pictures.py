"""Pictures of columns by whatever name."""

from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from assay.profiling.drift import Change
from assay.profiling.pictures import CORRELATED, pictures
from assay.text import visible
from hostile import TEXTS, squeezed


def drawn(names: list[str]) -> list[str]:
    months = pd.DataFrame(
        [(name, month, 0.1, 0.2) for name in names for month in ("1985-01", "1985-02", "1985-03")],
        columns=["column", "month", "missing", "ks"],
    )
    numbers = pd.DataFrame(np.random.default_rng(0).random((20, len(names))), columns=names)
    changes = {name: Change("1985-02-01", 0.5, 0.1, 0.05) for name in names}
    return list(pictures(months, changes, numbers, None).values())


@pytest.mark.parametrize("first", [0, len(TEXTS) - CORRELATED])
def test_names_from_outside_are_shown_as_they_are_and_leave_the_picture_whole(first: int) -> None:
    names = list(TEXTS.values())[first : first + CORRELATED]
    for svg in drawn(names):
        texts = {squeezed("".join(element.itertext())) for element in ElementTree.fromstring(svg).iter()}
        assert {squeezed(visible(name)) for name in names} <= texts
