"""Files between stages: whole or not at all, readable or refused, and hashed as DVC hashes them."""

import json
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from dvc_data.hashfile.build import build
from dvc_data.hashfile.db import HashFileDB
from dvc_objects.fs.local import LocalFileSystem
from hypothesis import given
from hypothesis import strategies as st

from assay import files
from assay.errors import AssayError
from assay.files import files_in, md5, plain, read_json, replacing, sha256, write_json, write_text, yaml_mapping


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    write_text(path, "first\n")
    write_text(path, "second\n")
    assert path.read_bytes() == b"second\n"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_write_that_fails_leaves_the_old_one_and_nothing_else(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "result"
    inner = path / "inner" if kind == "folder" else path
    inner.parent.mkdir(exist_ok=True)
    inner.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(path) as scratch:
        (scratch.mkdir() or scratch / "inner" if kind == "folder" else scratch).write_text("half")
        raise ZeroDivisionError
    assert inner.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "inside", "replaced"),
    [
        ("labels.parquet", ["part-00000.parquet", "part-00001.parquet"], True),
        ("labels.parquet", ["part-00000.parquet", "notes.txt"], False),
        ("page.html", ["part-00000.parquet"], False),
    ],
)
def test_only_a_table_in_parts_makes_way_for_a_file(
    tmp_path: Path, name: str, inside: list[str], replaced: bool
) -> None:
    path = tmp_path / name
    path.mkdir()
    for one in inside:
        (path / one).write_text("kept")
    with (
        nullcontext() if replaced else pytest.raises(AssayError, match="a folder where a file"),
        replacing(path) as scratch,
    ):
        scratch.write_text("new")
    assert path.is_file() == replaced
    assert replaced or sorted(one.name for one in path.iterdir()) == sorted(inside)


@pytest.mark.parametrize(
    ("name", "inside", "replaced"),
    [("labels.parquet", "part-00000.parquet", True), ("labels.parquet", "x", False), ("page", "x", False)],
)
def test_a_file_makes_way_for_a_table_in_parts_alone(tmp_path: Path, name: str, inside: str, replaced: bool) -> None:
    path = tmp_path / name
    path.write_text("kept")
    with nullcontext() if replaced else pytest.raises(AssayError), replacing(path) as scratch:
        scratch.mkdir()
        (scratch / inside).write_text("new")
    assert path.is_dir() == replaced


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    for name in ("first", "second"):
        with replacing(path) as scratch:
            scratch.mkdir()
            (scratch / name).touch()
    assert [file.name for file in path.iterdir()] == ["second"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(1 / 3), 0.333333),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (float("nan"), None),
        (float("inf"), None),
        ((1, 2), [1, 2]),
        ({1: {"a": np.float32(0.5)}}, {"1": {"a": 0.5}}),
        ("text", "text"),
        (None, None),
    ],
)
def test_what_json_holds(value: object, expected: object) -> None:
    assert plain(value) == expected


def test_json_is_sorted_for_diffs_and_ends_with_a_line_feed(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"b": 1, "a": "é"})
    assert (tmp_path / "a.json").read_text() == '{\n  "a": "é",\n  "b": 1\n}\n'


@pytest.mark.parametrize("text", ["", "{", '{"a": '])
def test_bad_json_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(AssayError, match="damaged or cut short"):
        read_json(path)


def test_sha256_is_the_known_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def of_dvc(path: Path, cache: Path) -> str:
    """The hash that DVC's own library gives."""
    system = LocalFileSystem()
    _, _, built = build(HashFileDB(system, str(cache)), str(path), system, "md5", dry_run=True)
    return built.hash_info.value


names = st.text("aB-_.é ", min_size=1, max_size=5).filter(
    lambda name: name.strip(". ") != "" and not name.startswith("._")  # those .dvcignore names
)


@given(
    st.dictionaries(st.lists(names, min_size=1, max_size=3).map(tuple), st.binary(max_size=20), min_size=1, max_size=5)
)
def test_a_folder_has_the_hash_that_dvc_gives_it(tmp_path_factory, files: dict[tuple[str, ...], bytes]) -> None:
    folder = tmp_path_factory.mktemp("tree")
    for parts, content in files.items():
        path = folder.joinpath("root", *parts)
        if not any(parent.is_file() for parent in path.parents) and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    assert md5(folder / "root") == of_dvc(folder / "root", folder / "cache")


def test_a_file_has_the_hash_that_dvc_gives_it(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"a": 1})
    assert md5(tmp_path / "a.json") == of_dvc(tmp_path / "a.json", tmp_path / "cache")
    assert json.loads((tmp_path / "a.json").read_text()) == {"a": 1}


def test_compiled_python_files_are_no_part_of_a_folder(tmp_path: Path) -> None:
    write_text(tmp_path / "code" / "a.py", "")
    before = md5(tmp_path / "code")
    write_text(tmp_path / "code" / "__pycache__" / "a.pyc", "")
    assert md5(tmp_path / "code") == before


def test_what_dvcignore_leaves_out_is_no_part_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dvc.repo import Repo

    monkeypatch.chdir(tmp_path)
    Path(".dvcignore").write_text("# an editor's\n*.swp\n\n.DS_Store\nscratch\n.writing-*\n")
    for name in ("a.py", ".a.py.swp", "below/.DS_Store", "scratch/b.py", "below/b.swp.py", ".writing-x/c"):
        Path("folder", name).parent.mkdir(parents=True, exist_ok=True)
        Path("folder", name).write_text(name)
    assert sorted(file.name for file in files_in(Path("folder"))) == ["a.py", "b.swp.py"]
    with Repo.init(".", no_scm=True) as repo:
        assert repo.add("folder")[0].outs[0].hash_info.value == md5(Path("folder"))


@pytest.mark.parametrize("interruption", [OSError, KeyboardInterrupt])
def test_the_last_good_folder_comes_back_when_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]
) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    (path / "good").write_text("good")

    def interrupted(*_: object) -> None:
        raise interruption

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(interruption), replacing(path) as scratch:
        scratch.mkdir()
    assert sorted(one.relative_to(tmp_path).as_posix() for one in tmp_path.rglob("*")) == ["folder", "folder/good"]


@pytest.mark.parametrize(
    "value", [1e-05, 1e22, "on", "no", "12:30", "1e-05", "010", float("inf"), None, True, 1, {10: 2}]
)
def test_yaml_that_dvc_writes_is_read_as_it_was_meant(value: object) -> None:
    from dvc.utils.serialize import dumps_yaml

    assert yaml_mapping(dumps_yaml({"key": value})) == {"key": value}
    assert type(yaml_mapping(dumps_yaml({"key": value}))["key"]) is type(value)


def test_each_who_reads_the_same_yaml_has_a_mapping_of_their_own() -> None:
    yaml_mapping("key: [1]")["key"].append(2)
    assert yaml_mapping("key: [1]") == {"key": [1]}


@pytest.mark.parametrize(
    "error", [MemoryError(), ImportError("failed to map a segment"), ModuleNotFoundError(name="x")]
)
def test_what_the_machine_lacks_makes_no_yaml_a_bad_one(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def parsed(text: str) -> None:
        raise error

    monkeypatch.setattr(files, "_parsed", parsed)
    with pytest.raises(type(error)):
        yaml_mapping("a: 1")


@pytest.mark.parametrize("text", ["", "[1]", "a: b: c", "a: 1\na: 2", "\0", b"\xff", "a: *b"])
def test_what_is_no_mapping_in_yaml_is_refused_with_a_reason(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        yaml_mapping(text)
