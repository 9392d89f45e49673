"""A stage states what it used and made; what changes meanwhile is found."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay.errors import AssayError
from assay.files import md5, write_text
from assay.lineage import listing, lock
from assay.lineage.checks import require
from assay.lineage.running import LOCK_COMES_LAST, dependencies, stated
from assay.lineage.statement import read
from two_stages import PARAMS, Stage


def test_a_statement_says_what_was_used_and_made(make: Stage, use: Stage) -> None:
    make()
    use()
    one, two = read("make"), read("use")
    assert one and two
    assert (one.params, one.deps) == ({"a.b": 1}, {"source.txt": md5(Path("source.txt"))})
    assert one.outs == {"data/one.txt": md5(Path("data/one.txt"))}
    assert two.deps == one.outs
    assert two.outs == {name: md5(Path(name)) for name in ("data/two/x.txt", "report.json")}
    assert two.made("data/two") == md5(Path("data/two"))


def test_the_same_run_states_the_same_bytes(make: Stage) -> None:
    make()
    first = Path("data/lineage/make.json").read_bytes()
    make()
    assert Path("data/lineage/make.json").read_bytes() == first


def test_a_running_stage_knows_the_hashes_of_its_dependencies(root: Path) -> None:
    with stated("make", PARAMS, None):
        assert dependencies() == {"source.txt": md5(Path("source.txt"))}
    assert dependencies() == {}


@pytest.mark.parametrize(
    ("read", "unlisted"),
    [({"a.b"}, None), (set(), None), ({"a.b.c"}, None), ({"a"}, ["a"]), ({"a.b", "c", "a.other"}, ["a.other", "c"])],
)
def test_a_key_that_a_stage_reads_and_dvc_yaml_does_not_list_stops_it(
    root: Path, read: set[str], unlisted: list[str] | None
) -> None:
    def run() -> None:
        with stated("make", PARAMS, None) as noted:
            noted |= read

    if unlisted is None:
        run()
        assert Path("data/lineage/make.json").exists()
        return
    with pytest.raises(AssayError, match=f"make read {', '.join(unlisted)} of params.yaml") as caught:
        run()
    assert caught.value.todo == "assay deps; dvc repro make"
    assert not Path("data/lineage/make.json").exists()
    assert listing.unlisted() == {"make": unlisted}
    with stated("make", PARAMS, None):
        pass
    assert listing.unlisted() == {}


def test_a_program_that_is_no_stage_states_nothing(root: Path) -> None:
    with stated("other", PARAMS, None):
        write_text(Path("data/one.txt"), "x")
    assert not Path("data/lineage").exists()


def keeping_its_times(path: str, text: str) -> None:
    found = Path(path).stat()
    Path(path).write_text(text)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def reset(path: str) -> None:
    """As git does: another file takes the place of what was written."""
    other = Path("other")
    other.write_text("as in the last commit")
    other.replace(path)


@pytest.mark.parametrize(
    ("meanwhile", "where"),
    [
        (lambda: Path("source.txt").write_text("edited"), "source.txt"),
        (lambda: keeping_its_times("source.txt", "sourcE"), "source.txt"),
        (lambda: Path("source.txt").unlink(), "source.txt"),
        (lambda: keeping_its_times("data/one.txt", "sourcE one"), "data/one.txt"),
        (lambda: reset("data/one.txt"), "data/one.txt"),
        (lambda: Path("data/one.txt").unlink(), "data/one.txt"),
    ],
)
def test_what_changes_while_a_stage_runs_is_named_and_nothing_is_stated(
    make: Stage, meanwhile: Callable[[], object], where: str
) -> None:
    with pytest.raises(AssayError, match="nothing of this run was recorded") as refused:
        make(meanwhile)
    assert refused.value.where == where
    assert read("make") is None


def test_a_file_written_anew_with_the_same_content_is_no_change(make: Stage) -> None:
    make(lambda: Path("source.txt").write_text("source"))
    assert read("make")


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ({"a": {"b": 3}, "c": []}, r"a\.b was 1 and is 3"),
        ({"a": {"b": 1.0}, "c": []}, r"a\.b was 1 and is 1\.0"),
        ({"c": []}, r"a\.b was 1 and is None"),
    ],
)
def test_a_parameter_of_its_own_that_changes_meanwhile_is_named(make: Stage, now: dict[str, Any], said: str) -> None:
    with pytest.raises(AssayError, match=said):
        make(reread=lambda: now)
    assert read("make") is None


def test_a_parameter_that_is_not_its_own_may_change_meanwhile(make: Stage) -> None:
    make(reread=lambda: {"a": {"b": 1, "other": 9}, "c": "changed"})
    assert read("make")


@pytest.mark.parametrize("path", ["data/one.txt", "data/lineage/make.json"])
def test_a_flipped_byte_of_an_input_is_found_before_the_stage_runs(make: Stage, use: Stage, path: str) -> None:
    make()
    content = Path(path).read_text()
    keeping_its_times(path, content.replace("c", "C", 1))
    with pytest.raises(AssayError, match="assay doctor --mend"):
        use()
    assert not Path("data/two").exists()


@pytest.mark.parametrize(
    ("plain", "source", "said"),
    [
        ({"a": {"b": 2}, "c": 1}, "source", r"params\.yaml was changed while the line ran: make used a\.b=1"),
        (PARAMS, "edited", r"changed while the line ran: make used another version\n  where: source\.txt"),
    ],
)
def test_dvc_runs_no_stage_on_what_was_made_of_something_else(
    make: Stage, use: Stage, monkeypatch: pytest.MonkeyPatch, plain: Any, source: str, said: str
) -> None:
    make()
    Path("source.txt").write_text(source)
    use(plain=plain)  # by hand one may
    monkeypatch.setenv("DVC_STAGE", "use")
    with pytest.raises(AssayError, match=said):
        use(plain=plain)


def test_a_false_entry_is_found_by_the_next_stage(
    make: Stage, use: Stage, monkeypatch: pytest.MonkeyPatch, false_lock: Path
) -> None:
    make()
    monkeypatch.setenv("DVC_STAGE", "use")
    token = LOCK_COMES_LAST.set(True)
    use()
    LOCK_COMES_LAST.reset(token)
    false_lock.write_text(false_lock.read_text().replace("OWN", md5(Path("data/lineage/make.json"))))
    with pytest.raises(AssayError, match=r"a\.b was 1, dvc\.lock says 7"):
        use()
    assert "make:" not in false_lock.read_text()
    assert json.loads(Path("data/lineage/make.json").read_text())["params"] == {"a.b": 1}


@pytest.mark.parametrize("value", [{1: "a", 2: "b", 10: "c"}, {1: "a", "b": 2}, {True: 1, None: 2}, [{2.5: 1}]])
def test_keys_that_are_no_texts_are_stated_and_found_the_same(make: Stage, use: Stage, value: Any) -> None:
    make(plain={"a": {"b": value}})
    stated_by_make = read("make")
    assert stated_by_make
    assert lock.differences({"params": {"params.yaml": {"a.b": value}}}, stated_by_make) == []


@pytest.mark.parametrize(
    ("declared", "recorded"),
    [
        ("[params.yaml: ]", PARAMS),
        ("[{params.yaml: []}]", PARAMS),
        ("[c.0, 'c.[1]', c.2, a.x.0]", {"c.0": 1.5, "c.[1]": "x"}),
    ],
)
def test_a_stage_states_each_parameter_that_dvc_records(
    make: Stage, use: Stage, declared: str, recorded: dict[str, Any]
) -> None:
    make()
    Path("dvc.yaml").write_text(Path("dvc.yaml").read_text().replace("params: [c]", f"params: {declared}"))
    use()
    two = read("use")
    assert two
    assert two.params == recorded
    assert lock.differences({"params": {"params.yaml": recorded}}, two) == []


def test_paths_may_be_declared_as_one_types_them(make: Stage, use: Stage) -> None:
    text = Path("dvc.yaml").read_text()
    for typed, path in (
        ("./data/one.txt", "data/one.txt"),
        ("data/two/:", "data/two:"),
        ("./source.txt", "source.txt"),
    ):
        text = text.replace(path, typed)
    Path("dvc.yaml").write_text(text)
    make()
    keeping_its_times("data/one.txt", "sourcE one")
    with pytest.raises(AssayError, match="not what make made"):
        use()


def test_what_a_frozen_stage_used_may_be_old(make: Stage, use: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    make()
    Path("source.txt").write_text("edited")
    Path("dvc.yaml").write_text(Path("dvc.yaml").read_text().replace("cmd: make it", "cmd: make it\n    frozen: true"))
    monkeypatch.setenv("DVC_STAGE", "use")
    use(plain={"a": {"b": 2}})
    assert read("use")


@pytest.mark.parametrize("limit", ["1GB", "-1", "1e9", "nan", "²"])
def test_a_size_that_is_none_is_refused(make: Stage, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setenv("ASSAY_TRUST_ABOVE", limit)
    make()
    with pytest.raises(AssayError, match=r"(?s)no number of bytes.*unset it"):
        require(Path("data/one.txt"))


@pytest.mark.parametrize(("limit", "trusted"), [("", False), (" ", False), ("10", False), ("9", True)])
def test_a_larger_file_is_trusted_if_that_is_asked_for(
    make: Stage, monkeypatch: pytest.MonkeyPatch, limit: str, trusted: bool
) -> None:
    make()
    keeping_its_times("data/one.txt", "sourcE one")
    monkeypatch.setenv("ASSAY_TRUST_ABOVE", limit)
    if trusted:
        require(Path("data/one.txt"))
    else:
        with pytest.raises(AssayError, match="not what make made"):
            require(Path("data/one.txt"))
