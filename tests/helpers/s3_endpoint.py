"""A real S3 endpoint on loopback: `rclone serve s3` on a folder."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

RCLONE = Path(sys.executable).parent / "rclone"
KEY, SECRET = "test-access-key", "test-secret-key"
BUCKET = "bucket"


@dataclass(frozen=True)
class Endpoint:
    """The address of a store that has one bucket."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which every S3 client finds it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def files(self) -> Any:
        """Its content, read and written through S3."""
        from s3fs import S3FileSystem

        return S3FileSystem(key=KEY, secret=SECRET, endpoint_url=self.url, use_listings_cache=False)


@contextmanager
def serving(folder: Path) -> Iterator[Endpoint]:
    """Serve a folder from a free port as long as the block lasts."""
    (folder / "store" / BUCKET).mkdir(parents=True)
    log = folder / "rclone.log"
    command = [RCLONE, "serve", "s3", "--config", os.devnull, "--addr", "127.0.0.1:0"]
    with log.open("wb") as stream:
        process = subprocess.Popen([*command, "--auth-key", f"{KEY},{SECRET}", folder / "store"], stderr=stream)
    try:
        yield Endpoint(_answering(process, log))
    finally:
        process.terminate()
        process.wait()


def _answering(process: subprocess.Popen, log: Path) -> str:
    """The address, once it answers; the operating system chose the port."""
    for _ in range(600):
        if (told := re.search(r"http://127\.0\.0\.1:\d+", log.read_text())) and _answers(told[0]):
            return told[0]
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)
    raise AssertionError(f"no answer from rclone: {log.read_text()}")


def _answers(url: str) -> bool:
    try:
        urlopen(url, timeout=5)
    except HTTPError:
        return True  # it asks for a signature
    except OSError:
        return False
    return True
