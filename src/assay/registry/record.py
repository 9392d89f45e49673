"""The record of a version: its decisions, as the messages of the tags tell them.

So they travel with the tags, to clones and branches whose log does not have them. A tag from before its message told
that, or made by hand, is told by the log of the branch, if that has it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assay.errors import AssayError
from assay.git import raw
from assay.registry.decisions import OVERRIDE, PROMOTE, Decision, Log
from assay.registry.gate import Criterion
from assay.registry.tags import Tag, Tags
from assay.text import visible

FACTS = ("decision", "time", "who", "version", "stage", "before", "model", "commit")
UNMET = "not met"
SIGNATURE = "\n-----BEGIN "


@dataclass(frozen=True)
class Record:
    """A decision on record: by which tag, what ("promote", "override", "rollback", "sign"), when, by whom and why.

    unmet: a sentence for each criterion that was not met. before: what was in the stage until then. version: what came
    there, by the tags; "" where only the decision is asked.
    """

    tag: str
    action: str
    time: str
    who: str
    reason: str
    before: str = ""
    unmet: tuple[str, ...] = ()
    version: str = ""


def message(subject: str, decision: Decision) -> str:
    """The message of a decision's tags and commit: three paragraphs, the last one a line for each fact."""
    facts = {**vars(decision), "decision": decision.action}
    lines = [f"{name}: {_line(facts[name])}" for name in FACTS if facts[name]]
    lines += [f"{UNMET}: {_line(sentence(one))}" for one in decision.criteria if not one.passed]
    return "\n\n".join([_line(subject), _line(decision.reason), "\n".join(lines)]) + "\n"


def sentence(one: Criterion) -> str:
    """A criterion that is not met, in words."""
    return f"{one.name}: asked {one.asked}, found {one.found}" + (f", {one.why}" if one.why else "")


def records(root: Path, every: Tags, log: Log) -> dict[str, Record]:
    """The record of each tag, by its name; a tag without one is left out."""
    told = {tag.name: _of_message(tag, text) for tag, text in zip(every.tags, _messages(root, every.tags), strict=True)}
    found = {tag.name: told[tag.name] or _of_log(tag.name, log.of_tag(tag.name)) for tag in every.tags}
    return {name: one for name, one in found.items() if one}


def of_version(every: Tags, told: dict[str, Record], stage: str, commit: str) -> list[Record]:
    """The record of a commit in a stage, in order: how it came there each time, and why it was taken out.

    A tag of which nothing is on record tells by whom it was made.
    """
    history, there = every.assigned(stage), False
    found = []
    for tag in history:
        here = tag.commit == commit and not tag.back
        if here or there:
            one = told.get(tag.name) or Record(tag.name, "", "", tag.tagger, "")
            version = "" if tag.back else every.version_of(tag.commit) or tag.commit[:10]
            found.append(replace(one, version=version))
        there = here
    return found


def passed(found: Sequence[Record]) -> bool:
    """Whether the gate once let it through, by how one version came to a stage."""
    return any(one.action == PROMOTE for one in found)


def overridden(found: Sequence[Record]) -> Record | None:
    """The last override, if the gate never let it through."""
    return None if passed(found) else next((one for one in reversed(found) if one.action == OVERRIDE), None)


def _messages(root: Path, tags: Sequence[Tag]) -> Iterator[str]:
    """The message of each tag without its signature, by one call of git, which tells the length of each."""
    if not tags:
        return
    out = raw(root, "cat-file", "--batch", stdin="".join(f"{tag.object}\n" for tag in tags).encode())
    for tag in tags:
        head, _, out = out.partition(b"\n")
        words = head.split()
        if words[1:2] != [b"tag"]:
            raise AssayError("git cannot read the tag", where=tag.name, todo="git fsck; git fetch --tags --force")
        length = int(words[2])
        text, out = out[:length].decode(errors="replace"), out[length + 1 :]
        yield text.partition("\n\n")[2].partition(SIGNATURE)[0]


def _of_message(tag: Tag, text: str) -> Record | None:
    """The content of the message, if it has the form of `message` and speaks of this tag's commit."""
    paragraphs = text.rstrip("\n").split("\n\n")
    if len(paragraphs) != 3:
        return None
    pairs = [line.partition(": ")[::2] for line in paragraphs[2].split("\n")]
    facts = dict(pairs)
    if not facts.get("decision") or facts.get("commit") != tag.commit:
        return None
    unmet = tuple(value for name, value in pairs if name == UNMET)
    time, who, before = (facts.get(name, "") for name in ("time", "who", "before"))
    return Record(tag.name, facts["decision"], time, who, paragraphs[1], before, unmet)


def _of_log(name: str, line: dict[str, Any]) -> Record | None:
    if not line:
        return None
    before = line.get("before")
    return Record(
        name, line["action"], line["time"], line["who"], line["reason"],
        before if isinstance(before, str) else "", tuple(_unmet(line)),
    )  # fmt: skip


def _unmet(line: dict[str, Any]) -> Iterator[str]:
    criteria = line.get("criteria")
    for one in criteria if isinstance(criteria, list) else []:
        if isinstance(one, dict) and one.get("passed") is False:
            name, asked, found, why = (str(one.get(key, "")) for key in ("name", "asked", "found", "why"))
            yield sentence(Criterion(name, asked, found, False, why))


def _line(text: object) -> str:
    """On one line, so that no reason or name forges a fact."""
    return visible(" ".join(str(text).split()))
