"""The output of promote, rollback and registry, as Markdown."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assay.errors import AssayError
from assay.presentation.markdown import Markdown, code, table
from assay.registry import decisions, record, signing
from assay.registry.decisions import OVERRIDE, Decision, Log
from assay.registry.gate import Criterion
from assay.registry.record import Record
from assay.registry.tags import Tag, Tags, tags
from assay.registry.version import subject

HEADINGS = ["stage", "version", "model of", "number", "commit", "time", "who", "why", "signed by"]
ON_RECORD = ["when", "tag", "then in the stage", "decision", "who", "why", "not met"]
WHY = 90  # characters of a reason in the table
BY_HAND = "no decision on record: made by hand"


def of_criteria(criteria: Sequence[Criterion]) -> Markdown:
    """A row for each criterion, those that are not met first."""
    rows = [
        ("met" if one.passed else Markdown("**not met**"), one.name, one.asked, one.found, one.why)
        for one in sorted(criteria, key=lambda one: one.passed)
    ]
    return table(["", "criterion", "asked", "found", "by how much, or why"], rows)


def refusal(revision: str, stage: str, criteria: Sequence[Criterion]) -> Markdown:
    """Why a revision is not promoted."""
    unmet = sum(not one.passed for one in criteria)
    heading = Markdown("### {} is refused for {}: {} of {} criteria are not met").format(
        revision, stage, unmet, len(criteria)
    )
    return Markdown("\n\n").join([heading, of_criteria(criteria)])


def accepted(decision: Decision, found: Sequence[Record] = ()) -> Markdown:
    """The decision, and how others get it; found: what was on record of the version before."""
    heading = Markdown("### {} is in {}").format(decision.version, decision.stage)
    parts = [heading, *([of_criteria(decision.criteria)] if decision.criteria else [])]
    if decision.overrode:
        parts.append(Markdown("**Overridden**: {}. Reason: {}").format(", ".join(decision.overrode), decision.reason))
    if found:
        parts.append(of_record(decision, found))
    made = Markdown(", ").join([*map(code, decision.tags), code(str(decisions.LOG))])
    push = " ".join(["git push --atomic origin HEAD", *(f"'{tag}'" for tag in decision.tags)])
    said = "Made: {}. Others see it after {} here, and then {} there."
    parts.append(Markdown(said).format(made, code(push), code("git fetch --tags")))
    return Markdown("\n\n").join(parts)


def of_record(decision: Decision, found: Sequence[Record]) -> Markdown:
    """How a version came to a stage and was taken out, each time before.

    Where the decision did not ask the gate: first of all that the gate never let it through.
    """
    rows = [_cells(one) for one in found]
    return Markdown("\n\n").join([_warned(decision, found), table(ON_RECORD, rows)])


def _cells(one: Record) -> tuple[Any, ...]:
    then, how = one.version or "nothing", one.action or BY_HAND
    return one.time, code(one.tag), then, how, one.who, one.reason, "; ".join(one.unmet)


def _warned(decision: Decision, found: Sequence[Record]) -> Markdown:
    version, stage = decision.version, decision.stage
    own = [one for one in found if one.version == version]
    if decision.criteria or record.passed(own):
        return Markdown("On record of {} in {}:").format(version, stage)
    if one := record.overridden(own):
        return Markdown("**The gate refused {}**, {} overrode it: {}. On record:").format(version, one.who, one.reason)
    return Markdown("**No decision of the gate is on record of {}** in {}:").format(version, stage)


def of_registry(root: Path) -> Markdown:
    """All versions and stages; who decided, when and why; by whom the tags are signed."""
    every, log = tags(root), decisions.read(root)
    parts = [_now(root, every, log), _history(root, every, record.records(root, every, log))]
    if every.ignored:
        reasons = [Markdown("{} ({})").format(code(name), why) for name, why in every.ignored.items()]
        parts.append(Markdown("Not counted: {}.").format(Markdown(", ").join(reasons)))
    if missing := decisions.missing_tags(log, every.names()):
        names = Markdown(", ").join(code(name) for name, _ in missing)
        said = "**Tags that {} names are not here**: {}. To see what is in use: {}"
        parts.append(Markdown(said).format(str(decisions.LOG), names, code("git fetch --tags")))
    if log.damaged:
        lines = ", ".join(map(str, log.damaged))
        parts.append(Markdown("Lines of {} that hold no decision: {}.").format(str(decisions.LOG), lines))
    return Markdown("\n\n").join(part for part in parts if part)


def _now(root: Path, every: Tags, log: Log) -> Markdown:
    rows = []
    for stage in every.stages:
        tag = every.champion(stage)
        holds = (every.version_of(tag.commit) or tag.commit[:10], subject(root, tag.commit)) if tag else ("nothing", "")
        rows.append((stage, *holds))
    if not rows:
        return Markdown("" if log.decisions else "No version is registered: assay promote")
    return table(["stage", "holds", "model of"], rows)


def _history(root: Path, every: Tags, told: dict[str, Record]) -> Markdown:
    """Each tag, the last one first."""
    found = sorted(every.tags, key=lambda tag: (tag.time, tag.n), reverse=True)
    return table(HEADINGS, [_row(root, every, told.get(tag.name), tag) for tag in found]) if found else Markdown("")


def _row(root: Path, every: Tags, one: Record | None, tag: Tag) -> tuple[Any, ...]:
    why = _why(one) if one else BY_HAND
    version = tag.version or every.version_of(tag.commit) or tag.commit[:10]
    what = f"{tag.stage or 'registered'}{' taken back' if tag.back else ''}"
    when = one.time if one and one.time else _time(tag.time)
    return (
        what,
        version,
        str(subject(root, tag.commit)),
        tag.n or "",
        tag.commit[:10],
        when,
        one.who if one else tag.tagger,
        _shortened(why),
        _signer(root, tag),
    )


def _why(one: Record) -> str:
    unmet = f" ({len(one.unmet)} not met)" if one.action == OVERRIDE else ""
    return f"{one.action}{unmet}: {one.reason}"


def _time(seconds: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _shortened(text: str) -> str:
    return text if len(text) <= WHY else f"{text[: WHY - 1]}…"


def _signer(root: Path, tag: Tag) -> str | Markdown:
    """The name of the signer, or why the signature counts for nothing."""
    if not tag.signed:
        return "nobody"
    try:
        return code(signing.require_signed(root, tag.name))
    except AssayError as error:
        return f"not verified: {error.what}"
