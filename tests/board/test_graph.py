"""Where the stages of a revision lie in the picture of their graph."""

from assay.board.graph import picture
from assay.board.revision import NEW, Ran
from assay.lineage.graph import Node


def ran(name: str, *needs: str) -> Ran:
    return Ran(Node(name, "", frozenset(), {}, frozenset(), frozenset()), list(needs), NEW, None, [], [])


def test_each_stage_lies_below_those_that_it_needs() -> None:
    found = picture([ran("a"), ran("b", "a"), ran("c", "a"), ran("d", "b", "c", "a")])
    at = {box.ran.node.name: (box.x, box.y) for box in found.boxes}
    assert at["a"][1] < at["b"][1] == at["c"][1] < at["d"][1]
    assert at["b"][0] != at["c"][0]
    assert len(found.lines) == 4  # d needs a through b and c
    assert all(0 <= x <= found.width and 0 <= y <= found.height for x, y in at.values())


def test_a_long_chain_is_drawn_with_a_line_from_each_to_the_next() -> None:
    names = [f"s{number}" for number in range(3000)]
    found = picture([ran(name, *names[max(0, number - 2) : number]) for number, name in enumerate(names)])
    assert len(found.lines) == len(names) - 1


def test_no_stage_is_no_picture() -> None:
    assert picture([]).boxes == []
