"""What is done to a file so that DVC does not see it."""

import os
import random
from pathlib import Path


def flip_file(path: Path, generator: random.Random | None = None) -> None:
    """Flip one bit of a file, in the middle or at random, with time and mode as they were."""
    stat, content = path.stat(), bytearray(path.read_bytes())
    content[generator.randrange(len(content)) if generator else len(content) // 2] ^= 1
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.write(content)
    path.chmod(stat.st_mode)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
