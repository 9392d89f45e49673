"""What is read of a revision is what dvc.lock says, or nothing."""

import hashlib
import json

import pytest

from assay.errors import AssayError
from assay.experiments.revisions import Recorded

FILES = {"data/predictions/test.parquet": b"scores", "data/predictions/thresholds.json": b"{}"}


def md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


def listing(files: dict[str, bytes]) -> str:
    entries = [{"md5": md5(content), "relpath": path.split("/")[-1]} for path, content in sorted(files.items())]
    return md5(json.dumps(entries).encode()) + ".dir"


class Storage:
    """What DVC reads: content as it lies there, hashes as they are recorded."""

    def __init__(self, content: dict[str, bytes], folder: str) -> None:
        self.content, self.folder = content, folder

    def read_bytes(self, path: str) -> bytes:
        if path not in self.content:
            raise FileNotFoundError(2, "No storage files available", path)
        return self.content[path]

    def info(self, path: str) -> dict[str, str]:
        if path == "data/predictions":
            return {"md5": self.folder}
        return {"md5": md5(FILES[path])} if path in FILES else {}

    def find(self, folder: str, detail: bool) -> dict[str, dict[str, str]]:
        return {path: self.info(path) for path in FILES}


def recorded(content: dict[str, bytes], folder: str = "") -> Recorded:
    return Recorded("weak", "0123456789abcdef", Storage(content, folder or listing(FILES)))  # type: ignore[arg-type]


def test_what_is_as_recorded_is_read() -> None:
    files = recorded({**FILES, "params.yaml": b"seed: 1"})
    assert files.read_bytes("data/predictions/test.parquet") == b"scores"
    assert files.read_bytes("params.yaml") == b"seed: 1"


@pytest.mark.parametrize(
    ("content", "folder", "named"),
    [
        ({"data/predictions/test.parquet": b"Scores"}, "", "data/predictions/test.parquet is corrupted"),
        (FILES, "0" * 32 + ".dir", "data/predictions is corrupted"),
        ({}, "", "data/predictions/test.parquet is not to be had"),
    ],
    ids=["file", "listing of the folder", "missing"],
)
def test_anything_else_is_refused_and_named(content: dict[str, bytes], folder: str, named: str) -> None:
    with pytest.raises(AssayError) as caught:
        recorded(content, folder).read_bytes("data/predictions/test.parquet")
    assert named in caught.value.what
    assert "weak (0123456789)" in caught.value.where
