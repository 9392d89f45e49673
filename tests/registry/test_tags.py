"""Which tags count, in what order, and what comes next; held against GTO's own reading."""

import pytest
from gto.constants import Action
from gto.tag import parse_name

from assay.errors import AssayError
from assay.registry.tags import Tags, next_number, next_version, parsed, require_stage

HUGE = "9" * 20


def listed(*entries: tuple[str, str] | tuple[str, str, str, str]) -> list[str]:
    """Lines as git lists tags: name and commit, and of what is no annotated tag of a commit the kind and its target."""
    lines = []
    for number, (name, commit, *kinds) in enumerate(entries):
        kind, target = kinds or ("tag", "commit")
        lines.append("\0".join([name, kind, f"object{number}", target, commit, str(number), "Ann", ""]))
    return lines


def of(*entries: tuple[str, str]) -> Tags:
    return parsed(listed(*entries))


@pytest.mark.parametrize(
    ("name", "version", "stage", "n", "back"),
    [
        ("model@v1.2.0", "v1.2.0", "", 0, False),
        ("model@v0.0.0-rc", "v0.0.0-rc", "", 0, False),
        ("model@v1.2.0-rc.1+build.5", "v1.2.0-rc.1+build.5", "", 0, False),
        ("model@v1.2.0!#4", "v1.2.0", "", 4, True),
        ("model#prod#3", "", "prod", 3, False),
        ("model#shadow-eu#12", "", "shadow-eu", 12, False),
        ("model#prod!#5", "", "prod", 5, True),
    ],
)
def test_a_tag_is_read_as_gto_reads_it(name: str, version: str, stage: str, n: int, back: bool) -> None:
    (tag,) = of((name, "c")).tags
    assert (tag.version, tag.stage, tag.n, tag.back) == (version, stage, n, back)
    theirs = parse_name(name)
    assert (theirs.get("version", ""), theirs.get("stage", ""), theirs.get("counter", 0)) == (version, stage, n)
    assert (theirs["action"] in (Action.DEREGISTER, Action.UNASSIGN)) == back


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (("model#prod#3", "c", "commit", ""), "not annotated"),
        (("model#prod#3", "c", "tag", "tree"), "points at a tree"),
        (("model#prod#3", "c", "tag", "blob"), "points at a blob"),
        (("model#prod#3", "c", "tag", "tag"), "points at a tag"),
        ((f"model#prod#{HUGE}", "c", "tag", "commit"), "not a version"),
        ((f"model@v{HUGE}.0.0", "c", "tag", "commit"), "not a version"),
        (("model#prod", "c", "tag", "commit"), "not a version"),
        (("model#prod#-1", "c", "tag", "commit"), "not a version"),
        (("model#prod#1 ", "c", "tag", "commit"), "not a version"),
        (("model#prod#١", "c", "tag", "commit"), "not a version"),  # a digit, and no ASCII
        (("model#prod/x#1", "c", "tag", "commit"), "not a version"),
        (("model@v1.2", "c", "tag", "commit"), "not a version"),
        (("model@v01.2.0", "c", "tag", "commit"), "not a version"),
        (("model@latest", "c", "tag", "commit"), "not a version"),
    ],
)
def test_what_looks_like_a_tag_of_ours_does_not_count(entry: tuple[str, str, str, str], reason: str) -> None:
    found = parsed(listed(entry, ("model#prod#1", "good", "tag", "commit")))
    assert found.ignored[entry[0]].startswith(reason)
    champion = found.champion("prod")
    assert champion is not None
    assert champion.commit == "good"


def test_the_highest_number_is_the_champion_and_not_the_last_in_the_alphabet() -> None:
    champion = of(("model#prod#10", "new"), ("model#prod#9", "old"), ("model#staging#11", "other")).champion("prod")
    assert champion is not None
    assert champion.commit == "new"


def test_nothing_is_in_a_stage_that_was_taken_back() -> None:
    assert of(("model#prod#1", "a"), ("model#prod!#2", "a")).champion("prod") is None


@pytest.mark.parametrize(
    ("history", "before"),
    [
        ("", None),
        ("a", None),
        ("ab", "a"),
        ("abc", "b"),
        ("abcb", "a"),  # rolled back once: next time by one more
        ("abcba", None),
        ("abac", "a"),  # b was rolled back, and is not taken again
        ("aab", "a"),
    ],
)
def test_a_roll_back_goes_to_what_was_there_before(history: str, before: str | None) -> None:
    tag = of(*((f"model#prod#{n}", commit) for n, commit in enumerate(history, start=1))).before("prod")
    assert (tag and tag.commit) == before


def test_the_version_of_a_commit_is_its_highest_that_was_not_taken_back() -> None:
    found = of(
        ("model@v1.9.0", "a"),
        ("model@v1.10.0", "a"),
        ("model@v2.0.0", "a"),
        ("model@v2.0.0!#7", "a"),
        ("model@v3.0.0", "b"),
    )
    assert found.version_of("a") == "v1.10.0"
    assert of(("model@v1.0.0-rc", "a"), ("model@v1.0.0", "a")).version_of("a") == "v1.0.0"


@pytest.mark.parametrize(
    ("taken", "bump", "expected"),
    [
        ([], "minor", "v1.0.0"),
        (["v1.0.0"], "minor", "v1.1.0"),
        (["v1.9.3", "v1.10.1"], "patch", "v1.10.2"),
        (["v1.9.3", "v1.10.1"], "major", "v2.0.0"),
        (["v0.0.0-rc"], "minor", "v0.1.0"),
        (["v2.0.0-rc1+x", "v1.0.0"], "minor", "v2.1.0"),
    ],
)
def test_the_next_version(taken: list[str], bump: str, expected: str) -> None:
    assert next_version(taken, bump) == expected


def test_the_next_number_is_one_more_than_that_of_any_stage_as_gto_counts() -> None:
    assert next_number(["model#prod#3", "model#staging#7", "model@v1.0.0!#8", f"model#prod#{HUGE}", "x#prod#99"]) == 9


@pytest.mark.parametrize("stage", ["", "Prod", "a b", "prod#1", "../x", "-x", "x-", "prod\n", "a" * 41, "é"])
def test_a_stage_has_a_plain_name(stage: str) -> None:
    with pytest.raises(AssayError, match="not the name of a stage"):
        require_stage(stage)
