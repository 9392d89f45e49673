"""dvc.lock as text: cut anywhere, merged, reordered."""

import re

import pytest

from assay.doctor.lock import Lock, entry, mended, split
from assay.lineage.graph import nodes
from samples import ROOT

REAL = (ROOT / "dvc.lock").read_text()
OUTS = {node.name: node.outs for node in nodes((ROOT / "dvc.yaml").read_text())}


def block(name: str, depth: int = 4, out: str = "a" * 32, path: str = "out") -> str:
    return (
        f"  {name}:\n    cmd: run {name}\n    deps:\n"
        f"    - path: in\n      hash: md5\n      md5: {'f0' * 16}\n      size: 1\n"
        f"    params:\n      params.yaml:\n        depth: {depth}\n"
        f"    outs:\n    - path: {path}\n      hash: md5\n      md5: {out}\n      size: 2\n"
    )


def lock(*blocks: str) -> str:
    return "schema: '2.0'\nstages:\n" + "".join(blocks)


A, B, C = (block(name) for name in "abc")
HEAD = lock(A, B, C)
DECLARED = {name: ["out"] for name in "abc"}


def fixed(text: str, head: str = HEAD, merged: tuple[str, ...] = (), outs: dict = DECLARED) -> tuple[str, list[str]]:
    result = mended(split(text), text, split(head), [split(one) for one in merged], outs)
    return result.text, result.faults


def test_the_real_one_is_whole_and_comes_back_as_it_was() -> None:
    assert split(REAL).text == REAL
    assert fixed(REAL, REAL, outs=OUTS) == (REAL, [])
    assert all(entry(name, text) for name, text in split(REAL).entries.items())


def test_cut_anywhere_it_becomes_what_it_was() -> None:
    for place in range(len(HEAD)):
        assert fixed(HEAD[:place])[0] == HEAD, HEAD[:place][-60:]
        assert fixed(HEAD[:place])[1], HEAD[:place][-60:]


@pytest.mark.slow
def test_the_real_one_cut_after_and_within_many_lines_becomes_what_it_was() -> None:
    ends = [match.end() for match in re.finditer("\n", REAL)]
    for place in [*ends[:-1:23], *range(7, len(REAL), 1709)]:
        assert fixed(REAL[:place], REAL, outs=OUTS)[0] == REAL, REAL[:place][-60:]


NEW, OTHER = block("b", depth=3, out="b" * 32), block("d")


@pytest.mark.parametrize(
    ("text", "expected", "said"),
    [
        (lock(A, NEW, C), lock(A, NEW, C), ""),
        (lock(C, A, B), HEAD, "another order"),
        (lock(A, OTHER, B, C), lock(A, B, C, OTHER), "another order"),
        (lock(A, NEW, C[:-9]), lock(A, NEW, C), "cut short or damaged: c"),
        (lock(A, NEW), lock(A, NEW, C), "without c"),
        (lock(A, NEW, B, C), HEAD, "damaged: b"),
        (lock(A, B.replace("a" * 32, "a" * 31), C), HEAD, "damaged: b"),
        (lock(A, B.replace("size: 2", "size:"), C), HEAD, "damaged: b"),
        ("", HEAD, "without a, b, c"),
        ("\0\0\0", HEAD, "without a, b, c"),
        (HEAD + "<<<<<<< x\n", HEAD, "marks of a merge"),
    ],
    ids=[
        "a run that is not committed",
        "another order",
        "a new stage",
        "cut, a run that is not committed",
        "cut at an entry",
        "a stage twice",
        "a hash cut",
        "no size",
        "empty",
        "no text",
        "a mark alone",
    ],
)
def test_what_is_whole_stays_and_what_is_not_comes_from_the_commit(text: str, expected: str, said: str) -> None:
    found, faults = fixed(text)
    assert found == expected
    assert said in "; ".join(faults) if said else faults == []


def test_a_stage_that_dvc_yaml_has_no_longer_is_not_brought_back() -> None:
    assert fixed(lock(A, B), outs={"a": ["out"], "b": ["out"]}) == (lock(A, B), [])


def test_the_last_entry_must_have_every_output() -> None:
    two = block("c") + block("c").split("    outs:\n")[1].replace("path: out", "path: more")
    declared = {**DECLARED, "c": ["out", "more"]}
    assert fixed(lock(A, B, C), lock(A, B, two), outs=declared)[0] == lock(A, B, two)


def conflict(ours: str, theirs: str) -> str:
    return f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> other\n"


def test_in_a_merge_an_entry_is_of_one_side_or_none() -> None:
    ours, theirs = block("b", depth=3, out="b" * 32), block("b", depth=5, out="c" * 32)
    both = ours.replace("depth: 3", "depth: 5")  # lines of two sides: nobody ran this
    head, other = lock(A, ours, C), lock(A, theirs, C)
    assert fixed(lock(A, both, C), head, (other,)) == (head, ["put together from two sides: b"])
    assert fixed(lock(A, theirs, C), head, (other,)) == (other, [])
    lines = ours.splitlines(keepends=True), theirs.splitlines(keepends=True)
    marked = "".join(one if one == two else conflict(one, two) for one, two in zip(*lines, strict=True))
    assert fixed(lock(A, marked, C), head, (other,))[0] == head
    assert fixed(conflict(lock(A, ours, C), lock(C)), head, (other,))[0] == head


def test_lines_that_belong_to_no_stage_stay_where_dvc_has_them() -> None:
    text = HEAD + "datasets:\n- name: x\n"
    assert fixed(text, text) == (text, [])
    assert split("nonsense") == Lock()


def test_an_entry_says_what_dvc_wrote() -> None:
    text = block("a").replace("depth: 4", "depth: 1e-05\n        mode: on")
    assert (entry("a", text) or {})["params"] == {"params.yaml": {"depth": 1e-05, "mode": "on"}}
