"""The costs of the stages, for people."""

from assay.lineage.costs import Cost, Costs
from assay.report.costs import as_html, as_markdown, rows

MB = 1_000_000
SLOW = Costs("train", Cost(0, 12.34, 300 * MB, 5 * MB, MB), Cost(0, 4.0, 250 * MB, 5 * MB, MB))
NEW = Costs("clean", Cost(0, 0.5, 90 * MB, 2 * MB, 3 * MB), None)


def test_a_row_for_each_stage_and_one_for_all() -> None:
    assert rows([NEW, SLOW]) == [
        ("clean", "0.5", "–", "90.0", "–", "2.0", "3.0", ""),
        ("train", "12.3", "4.0", "300", "250", "5.0", "1.0", "slower"),
        ("all", "12.8", "–", "300", "", "", "4.0", ""),
    ]


def test_the_page_and_the_table_hold_every_figure() -> None:
    for text in (as_html([NEW, SLOW]), as_markdown([NEW, SLOW])):
        for row in rows([NEW, SLOW]):
            assert all(cell in text for cell in row)
    assert "http" not in as_html([NEW, SLOW])
