"""Clones broken in every way that is known: found by the right check, mended, healthy afterwards, and nothing lost."""

import hashlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from assay.doctor.attic import FOLDER, Attic
from assay.doctor.clone import Clone
from assay.doctor.examine import Result, chosen, examined
from doctor_harm import flip_file, killed_experiment
from pipeline_copy import IDENTITY, Copy

# Of the machine and not of the clone: tests of their own.
MACHINE = ["python", "packages", "own-code", "age", "activation", "hooks", "disk"]
DEAD = 4194303  # no process has this number: it is above the kernel's limit for most, and none is running under it


def look(clone: Copy, mend: bool = False, composing: bool = True) -> list[Result]:
    """Every check but those of the machine; `composing` Hydra's configuration takes longer than all others."""
    skipped = MACHINE if composing else [*MACHINE, "params"]
    return list(examined(Clone(clone.path), chosen(False, skipped), Attic(clone.path) if mend else None))


def left(results: list[Result]) -> set[str]:
    """The codes of what is wrong."""
    return {result.check.code for result in results if not result.sound}


def said(results: list[Result]) -> str:
    return "\n".join(f"{one.check.code}: {finding}" for one in results for finding in (*one.mended, *one.left))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file that somebody or something wrote, by path; not git's and DVC's own books."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    names = {path.relative_to(folder).as_posix(): path for path in files}
    books = re.compile(r"\.git/|\.dvc/tmp/(?!.*rwlock$)|src/|.*\.lock$(?<!dvc\.lock)")
    return {name: path.read_bytes() for name, path in names.items() if not books.match(name)}


# ---- what is done to a clone


def flip(name: str) -> Callable[[Copy], None]:
    """One byte, with time and mode as they were: DVC cannot see it."""

    def harm(clone: Copy) -> None:
        flip_file(clone.path / name)

    return harm


def address(clone: Copy, name: str) -> Path:
    """The object of an output, or of a file in one."""
    recorded = hashlib.md5((clone.path / name).read_bytes()).hexdigest()
    return clone.path / ".dvc/cache/files/md5" / recorded[:2] / recorded[2:]


def flip_object(name: str) -> Callable[[Copy], None]:
    return lambda clone: flip_file(address(clone, name))


def flip_listing(clone: Copy) -> None:
    flip_file(next((clone.path / ".dvc/cache/files/md5").rglob("*.dir")))


def edit(name: str, change: Callable[[str], str]) -> Callable[[Copy], None]:
    def harm(clone: Copy) -> None:
        path = clone.path / name
        path.write_text(change(path.read_text()), newline="")

    return harm


def remove(name: str) -> Callable[[Copy], None]:
    return lambda clone: (clone.path / name).unlink()


def add(name: str, text: str) -> Callable[[Copy], None]:
    def harm(clone: Copy) -> None:
        (clone.path / name).parent.mkdir(parents=True, exist_ok=True)
        (clone.path / name).write_text(text)

    return harm


def cut_at(mark: str, more: int = 0) -> Callable[[str], str]:
    return lambda text: text[: text.index(mark) + more]


def blocks(text: str) -> tuple[str, list[str]]:
    header, _, rest = text.partition("stages:\n")
    return f"{header}stages:\n", re.findall(r"  \w+:\n(?:    .*\n)+", rest)


def reordered(text: str) -> str:
    header, found = blocks(text)
    return header + "".join(found[1:] + found[:1])


def conflict(clone: Copy) -> None:
    """Two branches that each change what the same stage depends on."""
    header, found = blocks((clone.path / "dvc.lock").read_text())
    train = next(block for block in found if block.startswith("  train:"))
    clone.run("git", "checkout", "--quiet", "-b", "other")
    theirs = re.sub(r"num_leaves: \d", "num_leaves: 8", train).replace("size: ", "size: 1", 1)
    (clone.path / "dvc.lock").write_text(header + "".join(theirs if one == train else one for one in found))
    clone.commit("theirs")
    clone.run("git", "checkout", "--quiet", "main")
    ours = re.sub(r"num_leaves: \d", "num_leaves: 7", train)
    (clone.path / "dvc.lock").write_text(header + "".join(ours if one == train else one for one in found))
    clone.commit("ours")
    clone.run("git", *IDENTITY, "merge", "other", fails=True)
    assert "<<<<<<<" in (clone.path / "dvc.lock").read_text()


def stale_rwlock(clone: Copy) -> None:
    info = {"pid": DEAD, "cmd": "dvc repro"}
    (clone.path / ".dvc/tmp/rwlock").write_text(json.dumps({"write": {str(clone.path / "models"): info}}))


def young_rwlock(clone: Copy) -> None:
    """The number of the dead process is that of a living one, which is younger than the lock."""
    path = clone.path / ".dvc/tmp/rwlock"
    path.write_text(json.dumps({"read": {"a": [{"pid": os.getpid(), "cmd": "dvc repro"}]}}))
    os.utime(path, (1e9, 1e9))


def staged(clone: Copy) -> None:
    """As autostage leaves it: a run staged its lock, and then the files were taken back."""
    lock = (clone.path / "dvc.lock").read_text()
    edit("dvc.lock", lambda text: text.replace("num_leaves: 31", "num_leaves: 3"))(clone)
    clone.run("git", "add", "dvc.lock")
    (clone.path / "dvc.lock").write_text(lock)


def carriage_returns(clone: Copy) -> None:
    for name in ("line.py", "params.yaml"):
        edit(name, lambda text: text.replace("\n", "\r\n"))(clone)


def credentials(clone: Copy) -> None:
    clone.run("dvc", "remote", "add", "storage", "s3://bucket/path")
    clone.run("dvc", "remote", "modify", "storage", "secret_access_key", "not-a-real-one-but-long")


def half_copy(clone: Copy) -> None:
    path = address(clone, "data/raw.csv").with_name(".dD3vXo0pAm-6KcmqA.tmp")
    path.write_text("half")
    os.utime(path, (1e9, 1e9))


def half_object(clone: Copy) -> None:
    folder = clone.path / ".dvc/cache/files/md5/ab/.writing-abc"
    folder.mkdir(parents=True)
    (folder / "half").write_text("{")
    os.utime(folder, (1e9, 1e9))


def killed_swap(clone: Copy) -> None:
    """Killed between the two renames of a folder: the old one lies within, and none in its place."""
    (clone.path / "reports/.writing-x").mkdir()
    (clone.path / "reports/plots").rename(clone.path / "reports/.writing-x/replaced")


def run_entry(clone: Copy) -> Path:
    return next(path for path in (clone.path / ".dvc/cache/runs").glob("*/*/*"))


def cut_run(clone: Copy) -> None:
    path = run_entry(clone)
    path.write_text(path.read_text()[:-30])


def broken_index(clone: Copy) -> None:
    (clone.path / ".git/index").write_bytes(b"DIRC half of an index")


@dataclass(frozen=True)
class Case:
    """What is done, which check finds it, and what of the clone is another than before once it is mended."""

    name: str
    code: str
    harm: Callable[[Copy], None]
    changed: tuple[str, ...] = ()


CASES = [
    Case("a file of data, one byte", "workspace", flip("data/raw.csv")),
    Case("a file in a folder, one byte", "workspace", flip("models/model.txt")),
    Case("a report, one byte", "workspace", flip("reports/metrics.json")),
    Case("a report in a folder, one byte", "workspace", flip("reports/plots/roc.csv")),
    Case("a report, edited", "workspace", edit("reports/metrics.json", lambda text: text.replace("0.9", "1.0"))),
    Case("a file too many in a folder", "workspace", add("models/other.txt", "x")),
    Case("a file of data, deleted", "missing", remove("data/raw.csv")),
    Case("an object of the cache, one byte", "cache", flip_object("data/raw.csv")),
    Case("an object of a folder, one byte", "cache", flip_object("models/model.txt")),
    Case("the listing of a folder, one byte", "cache", flip_listing),
    Case("an object of the cache, deleted", "cache", lambda clone: address(clone, "data/raw.csv").unlink()),
    Case("an entry of the run-cache, cut", "run-cache", cut_run),
    Case("a folder of the run-cache, empty", "run-cache", lambda clone: run_entry(clone).unlink()),
    Case("an entry of the run-cache, one byte", "run-cache", lambda clone: flip_file(run_entry(clone))),
    Case("dvc.lock, cut in a value", "dvc-lock", edit("dvc.lock", cut_at("md5: ", 12))),
    Case(
        "dvc.lock, cut in the last hash", "dvc-lock", edit("dvc.lock", lambda text: text[: text.rindex("md5: ") + 20])
    ),
    Case("dvc.lock, cut in a size", "dvc-lock", edit("dvc.lock", lambda text: text[:-2])),
    Case("dvc.lock, cut at an output", "dvc-lock", edit("dvc.lock", cut_at("    - path: reports/plots"))),
    Case("dvc.lock, cut at an entry", "dvc-lock", edit("dvc.lock", cut_at("  check:\n"))),
    Case("dvc.lock, empty", "dvc-lock", edit("dvc.lock", lambda text: "")),
    Case("dvc.lock, deleted", "dvc-lock", remove("dvc.lock")),
    Case("dvc.lock, another order", "dvc-lock", edit("dvc.lock", reordered)),
    Case("dvc.lock, marks of a merge", "dvc-lock", conflict, ("dvc.lock",)),
    Case("dvc.yaml, deleted", "dvc-yaml", remove("dvc.yaml")),
    Case("params.yaml, deleted", "params-file", remove("params.yaml")),
    Case("params.yaml, cut in a value", "params-file", edit("params.yaml", cut_at("sha256:", 20))),
    Case("params.yaml, cut at a line", "params-file", edit("params.yaml", cut_at("training:\n"))),
    Case("params.yaml, marks of a merge", "params-file", edit("params.yaml", lambda text: f"<<<<<<< HEAD\n{text}")),
    Case(
        "params.yaml, by hand",
        "params",
        edit("params.yaml", lambda text: text.replace("num_leaves: 31", "num_leaves: 3")),
    ),
    Case("an empty rwlock", "dvc-locks", add(".dvc/tmp/rwlock", "")),
    Case("an rwlock, cut", "dvc-locks", add(".dvc/tmp/rwlock", '{"write": {"/a": {"pid"')),
    Case("an rwlock of another form", "dvc-locks", add(".dvc/tmp/rwlock", '{"write": {"/a": 3}}')),
    Case("an rwlock of a dead process", "dvc-locks", stale_rwlock),
    Case("an rwlock whose number lives again", "dvc-locks", young_rwlock),
    Case("an empty rwlock of experiments", "dvc-locks", add(".dvc/tmp/exps/rwlock", "")),
    Case("a lock of git's index", "git-locks", add(".git/index.lock", "")),
    Case("a lock of a branch", "git-locks", add(".git/refs/heads/main.lock", "")),
    Case("git's index, cut", "git-index", broken_index),
    Case("a half-written file", "writing", add("src_like/.writing-abc/half.json", "{")),
    Case("a half-written object", "writing", half_object),
    Case("a folder that was being replaced", "writing", killed_swap),
    Case("workers of a sweep", "sweeps", add(".assay/sweeps/depth.work/0/file", "")),
    Case("half of a copy in the cache", "temporary", half_copy),
    Case("an experiment that was killed", "experiment", killed_experiment),
    Case("a lock that is staged only", "staged", staged),
    Case("carriage returns", "endings", carriage_returns),
    Case("credentials in .dvc/config", "secrets", credentials, (".dvc/config", ".dvc/config.local")),
]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_found_mended_and_nothing_is_lost(clone: Copy, case: Case) -> None:
    before = contents(clone.path)
    case.harm(clone)
    harmed = contents(clone.path)
    composing = case.code == "params"
    found = look(clone, composing=composing)
    assert case.code in left(found), said(found)
    assert contents(clone.path) == harmed, "looking changes nothing"
    mended = look(clone, mend=True, composing=composing)
    assert case.code in {result.check.code for result in mended if result.mended}, said(mended)
    assert left(mended) == set(), said(mended)
    again = look(clone, composing=composing)
    assert left(again) == set(), said(again)
    assert all(any(folder.iterdir()) for folder in (clone.path / ".dvc/cache/runs").glob("*/*")), "DVC reads none empty"
    after = contents(clone.path)
    now = {name: content for name, content in after.items() if not name.startswith((str(FOLDER), ".assay/sweeps"))}
    own = {name for name in now.keys() | before.keys() if now.get(name) != before.get(name)}
    made_anew = {".dvc/tmp/rwlock", ".dvc/tmp/exps/rwlock", *(name for name in own if "/runs/" in name)}
    assert own - made_anew == set(case.changed)
    lost = {name for name, content in harmed.items() if content and content not in after.values()}
    assert lost <= {".dvc/config"}, "what is not in its place is in the attic"


def test_a_healthy_clone_is_told_so(clone: Copy) -> None:
    assert said(look(clone)) == ""
    assert clone.git_status() == ""
