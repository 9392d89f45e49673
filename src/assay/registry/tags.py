"""The tags of the model in GTO's convention: `model@v1.2.0` registers a version, `model#prod#3` assigns a stage.

A `!` takes either back: `model@v1.2.0!#4`, `model#prod!#5`. See "Git tags format" in GTO's user guide. As for GTO, a
tag counts only if it is annotated; here it must also point at a commit, and a stage's tag must have a number. Of all
that assign one stage, the highest number counts: GTO goes by time, so each new tag is dated after those before it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from assay.errors import AssayError
from assay.experiments.versions import ARTIFACT
from assay.git import git

DIGITS = r"(?:0|[1-9]\d{0,8})"  # a larger number is nobody's: it would leave no room for the next one
VERSION = re.compile(
    rf"{ARTIFACT}@(?P<version>v(?P<numbers>{DIGITS}\.{DIGITS}\.{DIGITS})(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)"
    rf"(?P<back>!?)(?:#(?P<n>{DIGITS}))?",
    re.ASCII,
)
STAGE = r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?"
ASSIGNED = re.compile(rf"{ARTIFACT}#(?P<stage>{STAGE})(?P<back>!?)#(?P<n>{DIGITS})", re.ASCII)
FIELDS = (
    "refname:strip=2",
    "objecttype",
    "objectname",
    "*objecttype",
    "*objectname",
    "taggerdate:unix",
    "taggername",
    "if)%(contents:signature)%(then)signed%(end",
)
FORMAT = "%00".join(f"%({one})" for one in FIELDS)


@dataclass(frozen=True)
class Tag:
    """An annotated tag of the model on a commit.

    `version` or `stage` is "". `n`: its number, 0 for none. `back`: whether it takes back what another tag says.
    `time`: of the tagger, seconds since 1970. `object`: the hash of the tag itself.
    """

    name: str
    version: str
    stage: str
    n: int
    back: bool
    commit: str
    object: str
    time: int
    tagger: str
    signed: bool

    @property
    def order(self) -> tuple[tuple[int, ...], bool, str]:
        """The place of a version among others: a pre-release comes before its release."""
        return numbers(self.version), "-" not in self.version, self.version


@dataclass(frozen=True)
class Tags:
    """All tags of the model. `ignored`: name to the reason why it does not count."""

    tags: list[Tag] = field(default_factory=list)
    ignored: dict[str, str] = field(default_factory=dict)

    @property
    def versions(self) -> list[Tag]:
        """The registered versions that nobody took back, lowest first."""
        back = {tag.version for tag in self.tags if tag.back and tag.version}
        return sorted((tag for tag in self.tags if tag.version and tag.version not in back), key=lambda tag: tag.order)

    def version_of(self, commit: str) -> str:
        """The highest version of a commit; "" if it has none."""
        return next((tag.version for tag in reversed(self.versions) if tag.commit == commit), "")

    def assigned(self, stage: str) -> list[Tag]:
        """The tags that assign a stage, or take that back, by number."""
        return sorted((tag for tag in self.tags if tag.stage == stage), key=lambda tag: (tag.n, tag.back))

    def champion(self, stage: str) -> Tag | None:
        """The tag that says which commit is in a stage; None if none is."""
        last = self.assigned(stage)[-1:]
        return last[0] if last and not last[0].back else None

    def before(self, stage: str) -> Tag | None:
        """The tag of what was in the stage before its champion first came; None if there is none.

        So two roll-backs go back by two versions, and one that was rolled back is not taken again.
        """
        now, history = self.champion(stage), [tag for tag in self.assigned(stage) if not tag.back]
        first = next((place for place, tag in enumerate(history) if now and tag.commit == now.commit), 0)
        return history[first - 1] if first else None

    @property
    def stages(self) -> list[str]:
        """The names of all stages."""
        return sorted({tag.stage for tag in self.tags if tag.stage})

    @property
    def last_time(self) -> int:
        """The latest time of a tag; 0 if there is none."""
        return max((tag.time for tag in self.tags), default=0)

    def names(self) -> set[str]:
        """The names of all tags, ignored ones too."""
        return {*self.ignored, *(tag.name for tag in self.tags)}


def tags(root: Path) -> Tags:
    """The tags of the model in a repository, by one call of git; AssayError if git fails."""
    patterns = [f"refs/tags/{ARTIFACT}{mark}*" for mark in "@#"]
    return parsed(git(root, "for-each-ref", f"--format={FORMAT}", *patterns).split("\n"))


def parsed(lines: Iterable[str]) -> Tags:
    """The tags that git lists, a line each, in `FORMAT`."""
    found = Tags()
    for name, kind, sha, target, commit, time, tagger, signed in (line.split("\0") for line in lines if line):
        match = VERSION.fullmatch(name) or ASSIGNED.fullmatch(name)
        if reason := _no_tag(bool(match), kind, target):
            found.ignored[name] = reason
        elif match:
            parts = match.groupdict()
            version, stage = parts.get("version") or "", parts.get("stage") or ""
            n, back = int(parts["n"] or 0), bool(parts["back"])
            found.tags.append(Tag(name, version, stage, n, back, commit, sha, int(time or 0), tagger, bool(signed)))
    return found


def _no_tag(named: bool, kind: str, target: str) -> str:
    if not named:
        return "not a version (model@v1.2.0) or a stage (model#prod#3)"
    if kind != "tag":
        return "not annotated"
    return "" if target == "commit" else f"points at a {target}"


def numbers(version: str) -> tuple[int, ...]:
    """Major, minor and patch of a version.

    >>> numbers("v1.12.0-rc1")
    (1, 12, 0)
    """
    return tuple(map(int, re.split(r"[-+]", version[1:])[0].split(".")))


def next_version(taken: Iterable[str], bump: str) -> str:
    """The version after the highest of those that are taken; v1.0.0 for the first. bump: "major", "minor" or "patch".

    >>> next_version(["v1.2.0", "v1.10.3"], "minor")
    'v1.11.0'
    """
    highest = max(map(numbers, taken), default=None)
    if highest is None:
        return "v1.0.0"
    major, minor, patch = highest
    bumped = {"major": (major + 1, 0, 0), "minor": (major, minor + 1, 0), "patch": (major, minor, patch + 1)}
    return f"v{'.'.join(map(str, bumped[bump]))}"


def versions_in(names: Iterable[str]) -> list[str]:
    """The versions that names of tags have, of whatever kind these are."""
    return [match["version"] for name in names if (match := VERSION.fullmatch(name))]


def is_tag(name: str) -> bool:
    """Whether it is the name of a version's or a stage's tag."""
    return bool(VERSION.fullmatch(name) or ASSIGNED.fullmatch(name))


def next_number(names: Iterable[str]) -> int:
    """The number of the next tag: one more than any that a tag of the model has, as GTO counts."""
    found = (VERSION.fullmatch(name) or ASSIGNED.fullmatch(name) for name in names)
    return 1 + max((int(match["n"] or 0) for match in found if match), default=0)


def require_stage(stage: str) -> str:
    """The name of a stage as it is; AssayError if it cannot be one."""
    if re.fullmatch(STAGE, stage, re.ASCII):
        return stage
    todo = "use small letters, digits and hyphens: prod, staging, shadow-eu"
    raise AssayError(f"not the name of a stage: {stage[:60]!r}", todo=todo)
