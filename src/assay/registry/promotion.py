"""Promote and roll back: what is asked first, what is decided, how it is put on record."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from assay.errors import AssayError
from assay.experiments.revisions import WORKSPACE, commit
from assay.experiments.versions import ARTIFACT
from assay.git import git
from assay.merging.state import require_nothing_in_progress
from assay.registry import decisions, record, signing
from assay.registry.candidate import Candidate, promoted_commit
from assay.registry.decisions import LOG, OVERRIDE, PROMOTE, ROLLBACK, SIGN, Decision
from assay.registry.gate import Criterion, judged
from assay.registry.publishing import NewTag, Pending, publish, recover, registry
from assay.registry.record import Record
from assay.registry.tags import Tags, next_number, next_version, require_stage, tags, versions_in
from assay.registry.version import Version, assigned, fetched, model_md5, subject


@dataclass(frozen=True)
class Order:
    """The order of a user. override: why it is promoted all the same; None where it is not."""

    stage: str = "prod"
    bump: str = "minor"
    as_of: date | None = None
    override: str | None = None
    sign: bool = False


@dataclass(frozen=True)
class Outcome:
    """The outcome: the criteria, and the decision; None if it was refused, or nothing was to be done.

    `standing`: the version that is in the stage already. `record`: what was on record of it in that stage before.
    """

    criteria: list[Criterion]
    decision: Decision | None = None
    standing: str = ""
    record: Sequence[Record] = ()

    @property
    def refused(self) -> bool:
        return self.decision is None and not self.standing


def promote(root: Path, revision: str, order: Order, say: Callable[[str], None]) -> Outcome:
    """Put a commit's model in a stage, if it passes the gate or the user overrides it.

    say: takes what is done besides, such as what a killed call had left. AssayError if the state of the clone forbids
    it, or the model is not to be had.
    """
    require_stage(order.stage)
    why = "" if order.override is None else decisions.reason(order.override, "--override")
    who = require_ready(root, sign=order.sign)
    with registry(root) as journal:
        _recovered(root, journal, say)
        every = tags(root)
        candidate = _candidate(root, revision, every, order)
        now = candidate.champion
        if now and now.commit == candidate.commit:
            if not order.sign or signing.vouched(root, now.tag):
                return Outcome([], standing=now.version)
            return _signed_anew(root, journal, every, now, order.stage, who)
        _require_same_dataset(candidate, order.stage)
        criteria = judged(candidate)
        unmet = [one.name for one in criteria if not one.passed]
        if unmet and not why:
            return Outcome(criteria)
        found = _registered(root, every, candidate, order.bump)
        fetched(root, found)
        action = OVERRIDE if unmet else PROMOTE
        said = why if unmet else decisions.summary(criteria)
        decision = _decided(who, action, found, order.stage, every, now, said, unmet, criteria)
        before = _record(root, every, order.stage, found)
        _publish(root, journal, decision, every, say, sign=order.sign)
    return Outcome(criteria, decision, record=before)


def _signed_anew(root: Path, journal: Path, every: Tags, now: Version, stage: str, who: str) -> Outcome:
    """Assign what is in the stage once more, by a signed tag: a tag that is there cannot be signed."""
    fetched(root, now)
    decision = _decided(who, SIGN, now, stage, every, now, f"{now.tag} had no signature that counts", [], [])
    found = _record(root, every, stage, now)
    publish(root, journal, _pending(root, decision, every, sign=True))
    return Outcome([], decision, record=found)


def rollback(root: Path, stage: str, to: str, reason: str, *, sign: bool, say: Callable[[str], None]) -> Outcome:
    """Put the version that was in a stage before its champion there again, or the one named `to`.

    The outcome has what is on record of that version: the gate may have refused it, or others rolled it back before.
    AssayError if there is none, it was never there, or its model is not to be had.
    """
    require_stage(stage)
    why = decisions.reason(reason, "--reason")
    who = require_ready(root, sign=sign)
    with registry(root) as journal:
        _recovered(root, journal, say)
        every = tags(root)
        _require_log(root, every, stage)
        now = every.champion(stage)
        if now is None:
            raise AssayError(f"nothing is in {stage}", todo="assay promote; assay registry shows what is where")
        before = assigned(root, every, now)
        target = _named(root, every, stage, to) if to else _before(root, every, stage, before)
        if target.commit == now.commit:
            raise AssayError(f"{target.version} is in {stage} already", where=now.name, todo="assay registry")
        fetched(root, target)
        decision = _decided(who, ROLLBACK, target, stage, every, before, why, [], [])
        found = _record(root, every, stage, target)
        _publish(root, journal, decision, every, say, sign=sign)
    return Outcome([], decision, record=found)


def _publish(
    root: Path, journal: Path, decision: Decision, every: Tags, say: Callable[[str], None], *, sign: bool
) -> None:
    """Put a decision on record; says so if its tags are not signed, and one of the stage was."""
    pending = _pending(root, decision, every, sign=sign)
    publish(root, journal, pending)
    signed = [tag.name for tag in every.assigned(decision.stage) if tag.signed]
    if signed and not pending.sign_tags:
        what = f"{signed[-1]} was signed, and {decision.tags[-1]} is not: services that run with --require-signed"
        todo = f"assay promote '{decision.tags[-1]}' --stage {decision.stage} --sign"
        say(f"{what} will not follow it. To sign it: {todo}")


def _record(root: Path, every: Tags, stage: str, version: Version) -> list[Record]:
    told = record.records(root, every, decisions.read(root))
    return record.of_version(every, told, stage, version.commit)


def require_ready(root: Path, *, sign: bool) -> str:
    """The name of the user; AssayError if no decision can be committed here: it would be lost, or take others along."""
    if git(root, "rev-parse", "--show-prefix"):
        raise AssayError("dvc.yaml is not at the top of the git repository", where=str(root))
    if git(root, "rev-parse", "--is-shallow-repository") == "true":
        todo = "git fetch --unshallow --tags"
        raise AssayError("a shallow clone lacks versions and commits to compare with", where=str(root), todo=todo)
    if git(root, "rev-parse", "--symbolic-full-name", "HEAD") == "HEAD":
        what = "HEAD is on no branch: the commit of the decision would belong to none"
        raise AssayError(what, where=str(root), todo="git switch main; a revision to promote can be named as it is")
    require_nothing_in_progress(root)
    if sign:
        signing.require_key(root)
    return _user(root)


def _user(root: Path) -> str:
    try:
        said = git(root, "-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT")
    except AssayError as error:
        todo = "git config user.name 'Ann Smith'; git config user.email ann@example.org"
        raise AssayError("git does not know who you are, and a decision has an author", todo=todo) from error
    return said.rpartition(" <")[0]


def _recovered(root: Path, journal: Path, say: Callable[[str], None]) -> None:
    """Complete or discard what a killed call has left; AssayError if the log has uncommitted changes after that."""
    for line in recover(root, journal):
        say(line)
    if changes := git(root, "status", "--porcelain", "--untracked-files=all", "--", LOG.as_posix()):
        todo = f"commit them, or: git restore --staged --worktree {LOG.as_posix()}"
        raise AssayError(f"the log of decisions has changes of yours: {changes.strip()}", where=str(LOG), todo=todo)


def _candidate(root: Path, revision: str, every: Tags, order: Order) -> Candidate:
    if revision == WORKSPACE or not revision.strip():
        raise AssayError("only what is committed can be promoted", todo="commit it, then: assay promote HEAD")
    _require_log(root, every, order.stage)
    sha = promoted_commit(root, git(root, "rev-parse", "--verify", f"{commit(revision)}^{{commit}}"), LOG.as_posix())
    tag = every.champion(order.stage)
    now = assigned(root, every, tag) if tag else None
    return Candidate(root, revision, sha, model_md5(root, sha), now, order.as_of)


def _require_same_dataset(candidate: Candidate, stage: str) -> None:
    """AssayError if the stage has a model of another dataset: those who use it send other records."""
    now = candidate.champion
    if now is None:
        return
    there, here = (subject(candidate.root, one).dataset for one in (now.commit, candidate.commit))
    if there != here:
        what = f"{now.version} in {stage} is of the dataset {there or 'unknown'}, this one of {here or 'unknown'}"
        todo = f"a stage of its own: --stage {here or 'NAME'}; no --override puts it into {stage}"
        raise AssayError(f"{what}: those who use {stage} send other records", where=now.tag, todo=todo)


def _require_log(root: Path, every: Tags, stage: str) -> None:
    """AssayError if a decision in the log of HEAD has no tag here."""
    decisions.require_tags(decisions.read(root), stage, every.names())


def _registered(root: Path, every: Tags, candidate: Candidate, bump: str) -> Version:
    """The version of a commit: the one that it has, or the next one."""
    logged = [one["version"] for one in decisions.read(root).decisions]
    taken = versions_in([*every.names(), *(f"{ARTIFACT}@{one}" for one in logged)])
    version = every.version_of(candidate.commit) or next_version(taken, bump)
    return Version("", version, candidate.commit, 0, candidate.model)


def _decided(
    who: str,
    action: str,
    found: Version,
    stage: str,
    every: Tags,
    before: Version | None,
    reason: str,
    overrode: Sequence[str],
    criteria: Sequence[Criterion],
) -> Decision:
    n = next_number(every.names())
    registers = action in (PROMOTE, OVERRIDE) and not every.version_of(found.commit)
    new = [f"{ARTIFACT}@{found.version}"] if registers else []
    return Decision(
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        who=who,
        action=action,
        version=found.version,
        stage=stage,
        n=n,
        commit=found.commit,
        model=found.md5,
        reason=reason,
        tags=[*new, f"{ARTIFACT}#{stage}#{n}"],
        before=before.version if before else "",
        overrode=list(overrode),
        criteria=list(criteria),
    )


def _pending(root: Path, decision: Decision, every: Tags, *, sign: bool) -> Pending:
    """How the decision is put on record. Its tags are later than all others: GTO and DVC go by time, in seconds."""
    verb = {PROMOTE: "Promote", OVERRIDE: "Promote, overriding the gate,", ROLLBACK: "Roll back to", SIGN: "Sign"}[
        decision.action
    ]
    subject = f"{verb} {ARTIFACT} {decision.version} in {decision.stage}"
    message = record.message(subject, decision)
    return Pending(
        line=decision.line,
        message=message,
        tags=[NewTag(name, decision.commit, message) for name in decision.tags],
        time=max(int(time.time()), every.last_time + 1),
        sign_tags=signing.signs(root, "tag.gpgSign", asked=sign),
        sign_commit=signing.signs(root, "commit.gpgSign", asked=sign),
    )


def _before(root: Path, every: Tags, stage: str, now: Version) -> Version:
    if tag := every.before(stage):
        return assigned(root, every, tag)
    since = {tag.commit: tag for tag in every.assigned(stage) if not tag.back and tag.commit != now.commit}
    if not since:
        todo = "assay promote another one; assay registry shows what is where"
        raise AssayError(f"{now.version} is all that was ever in {stage}", where=now.tag, todo=todo)
    names = [every.version_of(tag.commit) or tag.commit[:10] for tag in since.values()]
    what = f"nothing was in {stage} before {now.version}, but since: {', '.join(names)}"
    raise AssayError(what, where=now.tag, todo=f"assay rollback --to {names[-1]}; assay registry says why it was left")


def _named(root: Path, every: Tags, stage: str, to: str) -> Version:
    name = to if to.startswith("v") else f"v{to}"
    commits = {tag.commit for tag in every.versions if tag.version == name}
    there = [tag for tag in every.assigned(stage) if not tag.back and tag.commit in commits]
    if not commits:
        raise AssayError(f"there is no version {to[:60]}", todo="assay registry lists them")
    if not there:
        raise AssayError(
            f"{name} was never in {stage}", todo=f"it must pass the gate: assay promote '{ARTIFACT}@{name}'"
        )
    return assigned(root, every, there[-1])
