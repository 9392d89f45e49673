"""collect from a store that speaks S3."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.files import sha256
from assay.records.reading import read
from assay.stages.collect import collect
from declared_source import declared
from s3_endpoint import BUCKET, Endpoint


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.csv"
    path.write_bytes(b"a,b\n1,2\n")
    return path


@pytest.fixture
def bucket(s3: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a bucket, which the environment says how to reach."""
    from s3fs import S3FileSystem

    for name, value in {**s3.environment, "AWS_CONFIG_FILE": os.devnull}.items():
        monkeypatch.setenv(name, value)
    yield f"s3://{BUCKET}"
    S3FileSystem.clear_instance_cache()


def test_an_object_of_a_store_that_the_environment_names(
    s3: Endpoint, bucket: str, source: Path, tmp_path: Path
) -> None:
    s3.files().put_file(source, f"{bucket}/source.csv")
    collect(declared(f"{bucket}/source.csv", sha256(source)), tmp_path / "target")
    assert (tmp_path / "target/records.csv").read_bytes() == source.read_bytes()


def test_a_folder_of_objects(s3: Endpoint, bucket: str, source: Path, tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv"):
        s3.files().put_file(source, f"{bucket}/table/{name}")
    sha = hashlib.sha256("\n".join([sha256(source)] * 2).encode()).hexdigest()
    found = collect(declared(f"{bucket}/table/", sha), tmp_path / "target")
    assert [one["uri"] for one in found["files"]] == [f"{bucket}/table/{name}" for name in ("a.csv", "b.csv")]
    assert len(read(tmp_path / "target/records.csv")) == 2


@pytest.mark.slow
def test_an_object_that_is_read_in_parts(s3: Endpoint, bucket: str, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(bytes(61 * 2**20))  # s3fs reads 50 MiB at a time
    s3.files().put_file(large, f"{bucket}/large.csv")
    collect(declared(f"{bucket}/large.csv", sha256(large)), tmp_path / "target")
    assert sha256(tmp_path / "target/records.csv") == sha256(large)


@pytest.mark.parametrize(
    ("path", "environment", "reason"),
    [
        ("no/such.csv", {}, "no/such.csv"),
        ("source.csv", {"AWS_SECRET_ACCESS_KEY": "wrong"}, "Forbidden"),
        ("source.csv", {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "credentials"),
        ("source.csv", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "Could not connect"),
    ],
    ids=["missing", "wrong secret", "no credentials", "nobody there"],
)
def test_an_object_that_cannot_be_had_is_named_with_the_reason(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, environment: dict[str, str], reason: str
) -> None:
    for name, value in {**environment, "AWS_MAX_ATTEMPTS": "1"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(AssayError, match="cannot be read") as caught:
        collect(declared(f"{bucket}/{path}", "0" * 64), tmp_path / "target")
    assert reason in str(caught.value)
    assert f"{bucket}/{path}" in str(caught.value)
