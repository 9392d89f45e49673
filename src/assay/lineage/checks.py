"""Checks files and dvc.lock against the statements of the stages."""

import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from assay.errors import AssayError
from assay.files import files_md5, md5
from assay.lineage import lock
from assay.lineage.graph import LOCK, PARAMS, Graph, graph
from assay.lineage.statement import MEND, Statement, chosen, location, read, same

TRUST_ABOVE = "ASSAY_TRUST_ABOVE"  # a variable, in bytes: larger files are not read only to be checked
AGAIN = "run the whole line again: dvc repro"


def require(*paths: Path) -> None:
    """AssayError unless each file has the hash that its stage states, or that dvc.lock has.

    A file that neither of them knows passes. So does a missing file, which its reader will report.
    """
    known = Known(graph())
    for path in paths:
        known.require(path)


class Known:
    """The hashes of the line's files by the statements and dvc.lock, each of which is read once."""

    def __init__(self, stages: Graph) -> None:
        self.graph = stages
        self._statements: dict[str, Statement | None] = {}
        self._lock: dict[str, lock.Entry] | None = None

    def statement(self, stage: str) -> Statement | None:
        """The statement of a stage; None if there is none."""
        if stage not in self._statements:
            self._statements[stage] = read(stage)
        return self._statements[stage]

    def entry(self, stage: str) -> lock.Entry | None:
        """The entry of a stage in dvc.lock; None if there is none."""
        if self._lock is None:
            self._lock = lock.entries()
        return self._lock.get(stage)

    def expected(self, path: str) -> str | None:
        """The MD5 of a file or folder, from its maker's statement or else from dvc.lock; None if neither knows it."""
        maker = self.graph.maker(path)
        if maker is None:
            return None
        statement = self.statement(maker)
        stated = statement.made(path) if statement else None
        return stated or lock.recorded_at(self.entry(maker) or {}, path)

    def require(self, path: Path) -> str | None:
        """The MD5 of the file or folder, None if it is missing; AssayError if another MD5 is expected."""
        if not path.exists():
            return None
        expected = self.expected(path.as_posix())
        if expected and trusted(path):
            return expected
        found = md5(path)
        if expected not in (None, found):
            raise self._corrupted(path, found, str(expected))
        return found

    def _corrupted(self, path: Path, found: str, expected: str) -> AssayError:
        maker = self.graph.maker(path.as_posix())
        statement = self.statement(maker) if maker else None
        files = files_md5(path) if path.is_dir() and statement else {}
        changed = [
            name for name, one in files.items() if statement and statement.outs.get((path / name).as_posix()) != one
        ]
        return AssayError(
            f"the file is not what {maker} made: its MD5 is {found}, {maker} stated {expected}",
            where=", ".join(str(path / name) for name in changed) or str(path),
            todo=f"{MEND} (brings the good one back, or says what to run)",
        )


def trusted(path: Path) -> bool:
    """Whether a file, or one in a folder, is too large to be read only to be checked; by default none is."""
    limit = _limit()
    if limit is None:
        return False
    sizes = (file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())
    return any(size > limit for size in sizes)


def _limit() -> int | None:
    said = os.environ.get(TRUST_ABOVE, "").strip()
    if said and not (said.isascii() and said.isdecimal()):
        what = f"{TRUST_ABOVE}={said!r} is no number of bytes"
        raise AssayError(what, where="the environment", todo=f"export {TRUST_ABOVE}=1000000000, or unset it")
    return int(said) if said else None


def require_order(known: Known, stage: str, plain: Mapping[str, Any], when: str = "while the line ran") -> None:
    """AssayError unless every stage before this one used the present params.yaml, code and labels.

    when: since when a difference is there, in the words of the message. For a stage that DVC runs it means that
    something changed while the line ran, because DVC has just checked the same.
    """
    seen: dict[str, str] = {}
    for name in known.graph.ancestors(stage):
        statement = known.statement(name)
        if statement and not known.graph.nodes[name].frozen:  # that is how its user wants it
            _require_params(name, statement, chosen(plain, known.graph.nodes[name].keys), when)
            _require_deps(known, name, statement, seen, when)


def _require_params(stage: str, statement: Statement, now: Mapping[str, Any], when: str) -> None:
    for key, value in now.items():
        if not same(statement.params.get(key), value):
            inner, used, found = first_difference(key, statement.params.get(key), value)
            raise AssayError(
                f"params.yaml was changed {when}: {stage} used {inner}={used!r}, and now it says {found!r}",
                where=PARAMS,
                todo=AGAIN,
            )


def _require_deps(known: Known, stage: str, statement: Statement, seen: dict[str, str], when: str) -> None:
    for path, used in statement.deps.items():
        if known.graph.maker(path):
            now = known.expected(path)
        else:
            now = seen.setdefault(path, md5(Path(path)) if Path(path).exists() else "")
        if now not in (None, used):
            raise AssayError(f"it was changed {when}: {stage} used another version", where=path, todo=AGAIN)


def require_record(known: Known, through: Collection[str] | None = None) -> None:
    """AssayError unless dvc.lock agrees with the statement of every stage.

    An entry names its statement by MD5. If the entry contradicts that statement, it is false: it is removed, together
    with its results in the run-cache. If it names another statement than the one on disk, it is refused only for the
    stages in `through` (None: for all), from which the inputs come. Other stages may be out of date.
    """
    for stage in known.graph.nodes:
        entry, statement = known.entry(stage), known.statement(stage)
        own = lock.own_md5(entry, stage) if entry else None
        if entry is None or own is None or statement is None:
            continue
        if own == md5(location(stage)):
            _require_true(stage, entry, statement)
        elif through is None or stage in through:
            raise AssayError(
                f"the statement of {stage} is not the one that dvc.lock records: one of the two was changed",
                where=f"{location(stage)}, {LOCK}",
                todo=f"{MEND}, or {AGAIN}",
            )


def _require_true(stage: str, entry: lock.Entry, statement: Statement) -> None:
    if found := lock.differences(entry, statement):
        lock.take_out(stage, entry)
        raise AssayError(
            f"dvc.lock said of {stage} what is not true: {shortened(found)}. The entry is taken out",
            where=LOCK,
            todo=AGAIN,
        )


def first_difference(key: str, one: Any, other: Any) -> tuple[str, Any, Any]:
    """The first key inside `key` where two values differ, and both values there."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in [*one, *(name for name in other if name not in one)]:
            if not same(one.get(name), other.get(name)):
                return first_difference(f"{key}.{name}", one.get(name), other.get(name))
    return key, one, other


def shortened(sentences: Iterable[str], limit: int = 3) -> str:
    """The first few sentences, and how many more there are."""
    every = list(sentences)
    more = f"; and {len(every) - limit} more" if len(every) > limit else ""
    return "; ".join(every[:limit]) + more
