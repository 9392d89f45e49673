"""Models: which version is in which stage, what challenges it, who promoted what and why, and how to go back."""

import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assay.registry import decisions, record
from assay.registry.tags import Tag, Tags, tags

PROD = "prod"


@dataclass(frozen=True)
class Stage:
    """A stage: the version and commit in it, the version before, and the command to go back to that; "" if none."""

    name: str
    version: str
    commit: str
    before: str
    rollback: str


@dataclass(frozen=True)
class Version:
    """A registered version, and the stages that it is in. compare: the command that judges it against the champion."""

    name: str
    commit: str
    stages: list[str]
    compare: str


@dataclass(frozen=True)
class Event:
    """An event of a stage or version: when, what, to which version, by whom and why; what was not met."""

    when: str
    what: str
    version: str
    commit: str
    who: str
    why: str
    unmet: tuple[str, ...]


@dataclass(frozen=True)
class Registry:
    """All of it. missing: tags that the log names and that are not here. damaged: lines of the log that say nothing."""

    stages: list[Stage]
    versions: list[Version]
    events: list[Event]
    missing: list[str]
    damaged: list[int]


def registry(root: Path) -> Registry:
    """The registry of a repository, from its tags and the log of decisions on HEAD."""
    every, log = tags(root), decisions.read(root)
    told = record.records(root, every, log)
    champion = every.champion(PROD)
    return Registry(
        stages=[_stage(every, name) for name in every.stages],
        versions=[_version(every, tag, champion) for tag in reversed(every.versions)],
        events=[
            _event(every, tag, told.get(tag.name))
            for tag in sorted(every.tags, key=lambda tag: (tag.time, tag.n), reverse=True)
        ],
        missing=[name for name, _ in decisions.missing_tags(log, every.names())],
        damaged=log.damaged,
    )


def _stage(every: Tags, name: str) -> Stage:
    now, before = every.champion(name), every.before(name)
    back = f'assay rollback --stage {name} --reason "WHY"' if now and before else ""
    return Stage(name, _name(every, now), now.commit if now else "", _name(every, before), back)


def _version(every: Tags, tag: Tag, champion: Tag | None) -> Version:
    stages = [name for name in every.stages if (now := every.champion(name)) and now.commit == tag.commit]
    judged = champion is not None and champion.commit != tag.commit
    command = f"assay compare {shlex.quote(_name(every, champion))} {shlex.quote(tag.version)}" if judged else ""
    return Version(tag.version, tag.commit, stages, command)


def _event(every: Tags, tag: Tag, one: record.Record | None) -> Event:
    when = one.time if one and one.time else datetime.fromtimestamp(tag.time, UTC).isoformat(timespec="seconds")
    what = f"{tag.stage or 'registered'}{' taken back' if tag.back else ''}"
    version = tag.version or every.version_of(tag.commit) or tag.commit[:10]
    if one is None:
        return Event(when, what, version, tag.commit, tag.tagger, "no decision on record: made by hand", ())
    return Event(when, what, version, tag.commit, one.who, f"{one.action}: {one.reason}", one.unmet)


def _name(every: Tags, tag: Tag | None) -> str:
    return (every.version_of(tag.commit) or tag.commit[:10]) if tag else ""
