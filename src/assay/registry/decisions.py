"""The log of decisions: registry/decisions.jsonl, one JSON object a line. Lines are only ever added."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from assay.errors import AssayError
from assay.git import content
from assay.registry.gate import Criterion
from assay.registry.tags import is_tag

LOG = Path("registry/decisions.jsonl")
PROMOTE, OVERRIDE, ROLLBACK, SIGN = "promote", "override", "rollback", "sign"
TEXTS = ("time", "who", "action", "version", "stage", "commit", "model", "reason")
COMMIT = re.compile(r"[0-9a-f]{40,64}")
LONGEST_REASON = 2000  # characters of a reason


@dataclass(frozen=True)
class Decision:
    """A decision: who put which version in which stage, when (ISO, UTC) and why, by which tags.

    model: the MD5 of its folder. criteria: the gate's findings; empty for a roll-back and for signing, which ask
    nothing of the model. overrode: the criteria that were not met. before: what was in the stage until then.
    """

    time: str
    who: str
    action: str
    version: str
    stage: str
    n: int
    commit: str
    model: str
    reason: str
    tags: list[str]
    before: str = ""
    overrode: list[str] = field(default_factory=list)
    criteria: list[Criterion] = field(default_factory=list)

    @property
    def line(self) -> str:
        """The line of the log, without its end."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True)
class Log:
    """The decisions in a log, as plain data, and the numbers of the lines that hold none."""

    decisions: list[dict[str, Any]]
    damaged: list[int]

    def of_tag(self, name: str) -> dict[str, Any]:
        """The decision by which a tag was made; empty if there is none."""
        return next((one for one in reversed(self.decisions) if name in one["tags"]), {})


def read(root: Path, revision: str = "HEAD") -> Log:
    """The log of a commit."""
    return parsed(content(root, revision, f"./{LOG.as_posix()}") or b"")


def parsed(log: bytes) -> Log:
    """The decisions in the bytes of a log; a line that is none, such as a mark of a merge, is named as damaged."""
    found = Log([], [])
    for number, line in enumerate(log.split(b"\n"), start=1):
        if line.strip():
            decision = _decision(line)
            if decision is None:
                found.damaged.append(number)
            else:
                found.decisions.append(decision)
    return found


def _decision(line: bytes) -> dict[str, Any] | None:
    try:
        one = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(one, dict) or not all(isinstance(one.get(name), str) for name in TEXTS):
        return None
    tags = one.get("tags")
    named = isinstance(tags, list) and all(isinstance(tag, str) and is_tag(tag) for tag in tags)
    return one if named and COMMIT.fullmatch(one["commit"]) else None


def with_line(log: bytes, line: str) -> bytes:
    """The log with one more line; a last line without an end gets one."""
    end = b"" if not log or log.endswith(b"\n") else b"\n"
    return log + end + line.encode() + b"\n"


def reason(said: str, option: str) -> str:
    """A reason as one line; AssayError if it says nothing."""
    text = " ".join(said.split())
    if not text or len(text) > LONGEST_REASON:
        what = "a reason is needed" if not text else f"a reason of {len(text)} characters: {LONGEST_REASON} are enough"
        raise AssayError(what, todo=f'{option} "why", in words that others will read')
    return text


def missing_tags(log: Log, names: set[str], stage: str | None = None) -> list[tuple[str, str]]:
    """The tags that the decisions on a stage (None: on any) name and that are not here, each with its commit."""
    found = [one for one in log.decisions if stage in (None, one["stage"])]
    return [(tag, one["commit"]) for one in found for tag in one["tags"] if tag not in names]


def require_tags(log: Log, stage: str, names: set[str]) -> None:
    """AssayError if the log names tags that are not here: what is in the stage would be taken for something else."""
    missing = missing_tags(log, names, stage)
    if missing:
        tag, commit = missing[-1]
        raise AssayError(
            "the log has decisions whose tags are not here",
            where=str(LOG),
            rows=[tag for tag, _ in missing],
            todo=f"git fetch --tags; if nobody has them: git tag -a '{tag}' {commit} -m lost",
        )


def summary(criteria: Sequence[Criterion]) -> str:
    """How many criteria are met, in words."""
    met = sum(one.passed for one in criteria)
    return f"{met} of {len(criteria)} criteria met"
