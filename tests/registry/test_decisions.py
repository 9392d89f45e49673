"""The log of decisions: what counts as a line, and how one is added."""

import json

import pytest

from assay.errors import AssayError
from assay.registry.decisions import Log, parsed, reason, require_tags, with_line

LINE = {
    **dict.fromkeys(("time", "who", "action", "version", "model", "reason"), "x"),
    "stage": "prod",
    "commit": "a" * 40,
    "tags": ["model@v1.0.0", "model#prod#1"],
}


def line(**changes: object) -> bytes:
    return json.dumps({**LINE, **changes}).encode()


@pytest.mark.parametrize(
    "damaged",
    [
        b"<<<<<<< HEAD",
        b"=======",
        b"{",
        b"[]",
        b"7",
        b"\xff\xfe",
        b"[" * 100_000,
        line(tags="model#prod#1"),
        line(tags=[1]),
        line(tags=["model#prod#1'; rm -rf ~"]),
        line(commit="HEAD"),
        line(commit="a" * 39),
        line(stage=None),
        line(who=7),
    ],
)
def test_a_damaged_line_is_told_by_its_number_and_the_others_are_read(damaged: bytes) -> None:
    log = parsed(line() + b"\n\n" + damaged + b"\n" + line(version="y"))
    assert log.damaged == [3]
    assert [one["version"] for one in log.decisions] == ["x", "y"]


@pytest.mark.parametrize(
    ("log", "expected"), [(b"", b"x\n"), (b"a\n", b"a\nx\n"), (b"a", b"a\nx\n"), (b"\xff", b"\xff\nx\n")]
)
def test_a_line_is_added_and_nothing_else_changes(log: bytes, expected: bytes) -> None:
    assert with_line(log, "x") == expected


def test_tags_of_another_stage_may_be_missing() -> None:
    log = Log([dict(LINE)], [])
    require_tags(log, "prod", {"model@v1.0.0", "model#prod#1"})
    require_tags(log, "staging", set())
    with pytest.raises(AssayError, match="model#prod#1") as error:
        require_tags(log, "prod", {"model@v1.0.0"})
    assert f"git tag -a 'model#prod#1' {'a' * 40}" in error.value.todo


@pytest.mark.parametrize("said", ["", " ", "\n\t"])
def test_a_reason_says_something(said: str) -> None:
    with pytest.raises(AssayError, match="a reason is needed"):
        reason(said, "--reason")


def test_a_reason_is_one_line() -> None:
    assert reason(" too\nmany  alarms ", "--reason") == "too many alarms"
