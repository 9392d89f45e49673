"""`assay promote`, `assay rollback`, `assay registry`: which version of the model is in use, and who decided that."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assay.errors import AssayError, reported
from assay.paths import MODEL, MODEL_CARD
from assay.root import enter_root
from assay.terminal import print_markdown, say

if TYPE_CHECKING:
    from assay.cli.score import InUse
    from assay.serving.sources import Source

PROD = "prod"
Stage = Annotated[str, typer.Option("--stage", help="Where the model is put: prod, staging, ...")]
Sign = Annotated[bool, typer.Option("--sign", help="Sign the tags and the commit with git's ssh key.")]


class Bump(StrEnum):
    """Which part of the version is raised."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


def promote(
    revision: Annotated[str, typer.Argument(help="A branch, tag, commit, experiment or version.")] = "HEAD",
    stage: Stage = PROD,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day on which the data must be fresh.")
    ] = None,
    override: Annotated[str | None, typer.Option(help="Promote it all the same; the reason goes on record.")] = None,
    bump: Annotated[Bump, typer.Option(help="The part of the version to raise.")] = Bump.MINOR,
    sign: Sign = False,
) -> None:
    """Put the model of a commit in a stage, if it passes the gate: criteria, audit, contract, champion, data, cost.

    Makes the tags model@vX.Y.Z and model#STAGE#N, which gto and dvc artifacts see, and commits a line to
    registry/decisions.jsonl. A refusal exits with 1 and changes nothing. With --sign, what is in the stage without a
    signature is assigned anew, signed.
    """
    from assay.merging.merge import forget_outer_git
    from assay.registry import page
    from assay.registry.promotion import Order, promote

    with reported("assay promote"):
        root = enter_root()
        forget_outer_git()
        order = Order(stage, bump.value, as_of.date() if as_of else None, override, sign)
        outcome = promote(root, revision, order, _aside)
        if outcome.standing:
            say(f"{outcome.standing} is in {stage} already, and is what {revision} holds: nothing to do")
        elif outcome.decision:
            print_markdown(page.accepted(outcome.decision, outcome.record))
        else:
            print_markdown(page.refusal(revision, stage, outcome.criteria))
    if outcome.refused:
        raise typer.Exit(1)


def rollback(
    reason: Annotated[str, typer.Option(help="Why; it goes on record.")],
    stage: Stage = PROD,
    to: Annotated[str, typer.Option(help="A version that was in the stage; by default the one before.")] = "",
    sign: Sign = False,
) -> None:
    """Put the version before into a stage again, at once: nothing is asked of it but that its model is to be had."""
    from assay.merging.merge import forget_outer_git
    from assay.registry import page
    from assay.registry.promotion import rollback

    with reported("assay rollback"):
        root = enter_root()
        forget_outer_git()
        outcome = rollback(root, stage, to, reason, sign=sign, say=_aside)
        if outcome.decision:
            print_markdown(page.accepted(outcome.decision, outcome.record))


def served(stage: str | None, signed: bool) -> "Source":
    """Where `assay serve` takes the model from: a stage; by default prod, or models/ if nothing is there yet.

    AssayError if a decision on that stage has no tag here: it would serve something else than what was decided.
    """
    from assay.registry.source import InStage

    source = _in_use(_clone(), stage, signed)
    if not isinstance(source, InStage):
        _aside(f"nothing is in {PROD}, so this serves models/ of the clone; assay promote puts it there")
    return source


def scored(stage: str | None) -> "InUse":
    """The model that `assay score` uses, by the same rule."""
    from assay.cli.score import InUse
    from assay.registry.source import InStage
    from assay.scoring.files import model_name

    source = _in_use(_clone(), stage)
    model = source.load()
    if isinstance(source, InStage):
        return InUse(model.bundle, model_name(model.bundle, model.name["version"]), f"in stage {source.stage}")
    return InUse(model.bundle, model_name(model.bundle), f"of models/: nothing is in {PROD}")


def _clone() -> Path:
    try:
        return enter_root()
    except AssayError as error:
        todo = "change to your clone of the repo, or name a model folder or archive: --bundle FILE"
        raise AssayError(error.what, where=error.where, todo=todo) from error


def _in_use(root: Path, stage: str | None, signed: bool = False) -> "Source":
    """A stage, by default prod; models/ of the clone if nothing was promoted."""
    from assay.lineage.results import warn_unproven
    from assay.registry import decisions
    from assay.registry.source import InStage
    from assay.registry.tags import Tags, tags
    from assay.serving.sources import Folder

    in_git = any((folder / ".git").exists() for folder in (root, *root.parents))
    every = tags(root) if in_git else Tags()
    if in_git:
        decisions.require_tags(decisions.read(root), stage or PROD, every.names())
    if stage or signed or every.champion(PROD):
        return InStage(root, stage or PROD, signed=signed)
    warn_unproven()
    return Folder(root / MODEL, root / MODEL_CARD)


def registry() -> None:
    """Show every version and stage: who decided it, when and why, and whose signature it has."""
    from assay.registry import page
    from assay.registry.publishing import interrupted

    with reported("assay registry"):
        root = enter_root()
        print_markdown(page.of_registry(root))
        if interrupted(root):
            _aside("a promote or roll-back was killed: the next one completes or discards it")


def _aside(text: str) -> None:
    say(text, error=True)
