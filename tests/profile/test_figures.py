"""The pictures of the profile: columns by whatever name, and the figures of its tables."""

from xml.etree import ElementTree

import matplotlib
import numpy as np
import pandas as pd
import pytest

from assay.config.words import complete
from assay.presentation.style import STYLE, WIDE, svg
from assay.profile.correlation import CORRELATED
from assay.profile.drift import ChangePoint
from assay.profile.figures import correlation, label_timeline, pictures
from assay.profile.page import timeline
from assay.records.columns import DATE, WEIGHT
from assay.text import visible
from hostile import TEXTS, squeezed
from svg_reading import Picture

LABELLED = pd.DataFrame(
    {
        DATE: pd.to_datetime(["1986-01-01", "1986-01-31", "1986-02-01", "1986-03-01", "1986-03-02", "1986-04-01"]),
        "label": [True, False, False, True, True, False],
    }
)


@pytest.mark.parametrize(
    ("weight", "disease"),
    [({}, [500, 0, 1000, 0]), ({WEIGHT: [1.0, 3, 2, 1, 1, 9]}, [250, 0, 1000, 0])],
    ids=["each for one", "weighted sample"],
)
def test_labels_by_month_weigh_a_weighted_sample_and_count_its_records(weight: dict, disease: list[float]) -> None:
    table = timeline(LABELLED.assign(**weight))
    assert table is not None
    assert table["records"].tolist() == [2, 1, 2, 1]
    assert table["positives_per_1000"].tolist() == disease
    with matplotlib.rc_context(STYLE):
        picture = Picture(svg(WIDE, lambda ax: label_timeline(ax, table, complete(None))))
    assert picture.ids("bar") == ["1986-01", "1986-02", "1986-03", "1986-04"]
    heights = [picture.y.value(picture.places(f"bar-{month}")[:, 1]).max() for month in picture.ids("bar")]
    assert heights == pytest.approx([2, 1, 2, 1], abs=1e-2)
    places = picture.places("curve-positives")
    assert picture.y.value(places[:, 1]).tolist() == pytest.approx(disease, abs=1e-2)


def test_records_without_a_date_have_no_months() -> None:
    assert timeline(LABELLED.drop(columns=DATE)) is None


def test_the_correlations_are_written_into_their_cells() -> None:
    ranks = pd.DataFrame([[1.0, -0.25], [-0.25, 1.0]], index=["a", "b"], columns=["a", "b"])
    with matplotlib.rc_context(STYLE):
        picture = Picture(svg(WIDE, lambda ax: correlation(ax, ranks)))
    assert [text for text in picture.text if "." in text] == ["1.00", "-0.25", "-0.25", "1.00"]


def drawn(names: list[str]) -> list[str]:
    months = pd.DataFrame(
        [(name, month, 0.1, 0.2) for name in names for month in ("1985-01", "1985-02", "1985-03")],
        columns=["column", "month", "missing", "ks"],
    )
    correlations = pd.DataFrame(np.eye(len(names)), names, names)
    changes = {name: ChangePoint("1985-02-01", 0.5, 0.1, 0.05) for name in names}
    return list(pictures(months, changes, correlations, None, complete(None)).values())


@pytest.mark.parametrize("first", [0, len(TEXTS) - CORRELATED])
def test_names_from_outside_are_shown_as_they_are_and_leave_the_picture_whole(first: int) -> None:
    names = list(TEXTS.values())[first : first + CORRELATED]
    for picture in drawn(names):
        texts = {squeezed("".join(element.itertext())) for element in ElementTree.fromstring(picture).iter()}
        assert {squeezed(visible(name)) for name in names} <= texts
