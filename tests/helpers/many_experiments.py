"""A repository with many experiments, each with parameters and figures of its own, written in one go."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

from samples import ROOT

WHO = "Test <test@example.org>"
FILES = ("dvc.yaml", "params.yaml", "dvc.lock", "reports/metrics.json", "reports/intervals.json")


def repository(folder: Path, experiments: int) -> Path:
    """A repository with the line's params.yaml, dvc.lock and reports, and so many experiments on its only commit."""
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(folder)], check=True)
    first = {path: (ROOT / path).read_bytes() for path in (*FILES, "reports/out_of_fold.json")}
    load(folder, b"".join(commit("refs/heads/main", first, "", 1)))
    base = subprocess.run(
        ["git", "rev-parse", "main"], cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()
    load(folder, b"".join(part for number in range(experiments) for part in experiment(base, number, first)))
    subprocess.run(["git", "reset", "--quiet", "--hard", "main"], cwd=folder, check=True)
    (folder / ".dvc/tmp").mkdir(parents=True)
    return folder


def experiment(base: str, number: int, first: dict[str, bytes]) -> Iterator[bytes]:
    """What makes one experiment: another number of leaves and learning rate, other figures, another dvc.lock."""
    figures = json.loads(first["reports/out_of_fold.json"])
    figures["average_precision"] = round(0.9 + number / 100_000, 6)
    params = first["params.yaml"].replace(b"num_leaves: 31", b"num_leaves: %d" % (number + 2))
    files = {
        "params.yaml": params.replace(b"learning_rate: 0.1\n", b"learning_rate: 0.%04d\n" % (number + 1)),
        "reports/out_of_fold.json": json.dumps(figures, indent=2).encode(),
        "dvc.lock": first["dvc.lock"].replace(b"num_leaves: 31", b"num_leaves: %d" % (number + 2)),
    }
    yield from commit(f"refs/exps/{base[:2]}/{base[2:]}/try-{number:04d}", files, base, number + 2)


def commit(reference: str, files: dict[str, bytes], parent: str, time: int) -> Iterator[bytes]:
    """A commit for `git fast-import`, as in its manual."""
    yield f"commit {reference}\ncommitter {WHO} {time} +0000\ndata 3\ntry\n".encode()
    yield f"from {parent}\n".encode() if parent else b""
    for path, content in files.items():
        yield f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"


def load(folder: Path, stream: bytes) -> None:
    """Let git read a stream of `git fast-import`."""
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=stream, check=True)
