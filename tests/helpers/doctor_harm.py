"""Harm that a clone may come to: a bit that flips without DVC seeing it, an experiment that is killed."""

import os
import random
from pathlib import Path

from assay.dvc_internals.locks import RUNNING
from pipeline_copy import Copy


def flip_file(path: Path, generator: random.Random | None = None) -> None:
    """Flip one bit of a file, in the middle or at random, with time and mode as they were."""
    stat, content = path.stat(), bytearray(path.read_bytes())
    content[generator.randrange(len(content)) if generator else len(content) // 2] ^= 1
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.write(content)
    path.chmod(stat.st_mode)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def killed_experiment(clone: Copy) -> None:
    """As DVC leaves git when it is killed; a note in a branch of git besides, as of `dvc exp run --branch`."""
    clone.run("git", "checkout", "--quiet", "--detach")
    for ref in RUNNING[:2]:
        clone.run("git", "update-ref", ref, "HEAD")
    clone.run("git", "symbolic-ref", RUNNING[2], "refs/heads/main")
