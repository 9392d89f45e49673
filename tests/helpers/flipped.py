"""A flipped byte that neither the size, nor the time, nor the mode of a file tells."""

import os
import random
from pathlib import Path


def flip(path: Path, seed: int = 0) -> None:
    """Change one bit of a file."""
    draw, found = random.Random(seed), path.stat()
    content = bytearray(path.read_bytes())
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    path.chmod(0o644)
    path.write_bytes(content)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    path.chmod(found.st_mode & 0o777)
