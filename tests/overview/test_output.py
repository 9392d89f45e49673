"""What `assay experiments` prints."""

from assay.overview.output import table_of


def test_where_no_revision_is_left_a_line_says_so() -> None:
    assert table_of([], "name,model.C", 20, flat=False) == "no revision meets all conditions"
