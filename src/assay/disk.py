"""Whether a file can grow, for libraries that end the whole process where it cannot."""

import errno
import os
import resource
import shutil
from pathlib import Path


def require_room(path: Path, size: int, more: int) -> None:
    """OSError as the system raises it, if a file of so many bytes at `path` cannot have so many more."""
    limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    if limit != resource.RLIM_INFINITY and size + more > limit:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    if more > shutil.disk_usage(path.parent).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
