"""What is read of DVC's cache is what its hash says, or it is refused."""

from pathlib import Path

import pytest

from assay.dvc_internals.objects import DIR, listed, object_path, read_object
from assay.files import folder_listing
from cached import keep, keep_folder

CONTENT = b"a,b\n1,2\n"


def test_a_file_and_the_files_of_a_folder(tmp_path: Path) -> None:
    contents = {"one.csv": CONTENT, "below/two.csv": b""}
    files = listed(tmp_path, keep_folder(tmp_path, contents))
    assert {name: read_object(tmp_path, md5) for name, md5 in files.items()} == contents


@pytest.mark.parametrize("md5", ["", "0" * 32, "0" * 32 + DIR, "../outside"])
def test_what_the_cache_does_not_have(tmp_path: Path, md5: str) -> None:
    keep(tmp_path, CONTENT)
    with pytest.raises(FileNotFoundError):
        read_object(tmp_path, md5)


@pytest.mark.parametrize("end", ["", DIR])
def test_what_has_other_bytes(tmp_path: Path, end: str) -> None:
    md5 = keep(tmp_path, folder_listing({"one.csv": "0" * 32}), end)
    object_path(tmp_path, md5).write_bytes(b"[]")
    with pytest.raises(ValueError, match="damaged"):
        listed(tmp_path, md5)
