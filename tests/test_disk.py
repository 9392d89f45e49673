"""Whether a file can grow is asked before a library tries."""

import errno
import resource
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from assay.disk import require_room
from limits import files_of_at_most


@pytest.mark.parametrize(
    ("limit", "size", "more", "why"),
    [
        (5000, 1000, 4000, None),
        (5000, 1001, 4000, errno.EFBIG),
        (resource.RLIM_INFINITY, 10**9, 1000, None),
        (resource.RLIM_INFINITY, 0, 1001, errno.ENOSPC),
    ],
)
def test_there_is_room_or_the_error_of_the_system(
    limit: int, size: int, more: int, why: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000 if limit < 0 else 10**6))
    with files_of_at_most(limit):
        if why is None:
            require_room(tmp_path / "file", size, more)
            return
        with pytest.raises(OSError, match=str(tmp_path / "file")) as refused:
            require_room(tmp_path / "file", size, more)
    assert refused.value.errno == why
