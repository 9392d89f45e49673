"""What is read of DVC's cache is what its hash says, or it is refused."""

import hashlib
from pathlib import Path

import pytest

from assay.dvc_internals.objects import DIR, listed, object_path, read_object
from assay.files import folder_listing

CONTENT = b"a,b\n1,2\n"


def kept(cache: Path, content: bytes, end: str = "") -> str:
    md5 = hashlib.md5(content).hexdigest() + end
    path = object_path(cache, md5)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return md5


def test_a_file_and_the_files_of_a_folder(tmp_path: Path) -> None:
    files = {"one.csv": kept(tmp_path, CONTENT), "below/two.csv": kept(tmp_path, b"")}
    folder = kept(tmp_path, folder_listing(files), DIR)
    assert read_object(tmp_path, files["one.csv"]) == CONTENT
    assert listed(tmp_path, folder) == files


@pytest.mark.parametrize("md5", ["", "0" * 32, "0" * 32 + DIR, "../outside"])
def test_what_the_cache_does_not_have(tmp_path: Path, md5: str) -> None:
    kept(tmp_path, CONTENT)
    with pytest.raises(FileNotFoundError):
        read_object(tmp_path, md5)


@pytest.mark.parametrize("end", ["", DIR])
def test_what_has_other_bytes(tmp_path: Path, end: str) -> None:
    md5 = kept(tmp_path, folder_listing({"one.csv": "0" * 32}), end)
    object_path(tmp_path, md5).write_bytes(b"[]")
    with pytest.raises(ValueError, match="damaged"):
        listed(tmp_path, md5)
