"""`assay labels`: decide on a label, check the decisions, show their effect."""

from enum import StrEnum
from typing import Annotated

import typer

from assay.cli.options import AsJson, AsMarkdown, Base, Head
from assay.errors import reported
from assay.root import enter_root
from assay.terminal import print_markdown, say

labels = typer.Typer(help="Decisions of people on labels.", no_args_is_help=True, rich_markup_mode=None)


class Role(StrEnum):
    """The role in which somebody decides."""

    ANNOTATOR = "annotator"
    ADJUDICATOR = "adjudicator"


@labels.command()
def decide(
    record: Annotated[str, typer.Argument(help="The id of the record.")],
    decision: Annotated[str, typer.Argument(help="Its code, as the dataset writes them, or: withdrawn")],
    annotator: Annotated[str, typer.Option(help="Who decides: a short name in lower case.")],
    reason: Annotated[str, typer.Option(help="The reason, in one line.")] = "",
    role: Annotated[Role, typer.Option(help="An adjudicator settles what annotators dispute.")] = Role.ANNOTATOR,
) -> None:
    """Add a decision on a record to the ledger in annotations/; then: dvc repro

    A later decision replaces your earlier one on the same record, and the ledger keeps both.
    """
    from assay.config.load import load
    from assay.labels.decision import Decision, as_line
    from assay.labels.ledger import opened

    with reported("assay labels decide"):
        enter_root()
        ledger = opened(load().dataset, _record_ids())
        made = Decision(record, decision, annotator, role.value, ledger.guideline_version(), reason)
        say(as_line(ledger.append(made)).rstrip("\n"))


@labels.command()
def check(
    main: Annotated[str, typer.Argument(help="The branch whose decisions must stay unchanged.")] = "main",
) -> None:
    """Fail unless every decision is valid and those that MAIN has are unchanged: lines are only added to the ledger."""
    from assay.config.load import load
    from assay.labels.history import require_growth
    from assay.labels.ledger import opened
    from assay.labels.precedence import DISPUTED, verdicts
    from assay.paths import CLEANED

    with reported("assay labels check"):
        root = enter_root()
        records = _record_ids() if CLEANED.exists() else None
        ledger = opened(load().dataset, records)
        decisions = ledger.read()
        require_growth(root, main)
        found = verdicts(decisions)
        say(f"{ledger.path}: {len(decisions)} decisions on {len(found)} records, valid, and none rewritten")
        if records is None:
            say(f"  not checked: whether these records exist ({CLEANED} is not here)")
        if disputed := [record_id for record_id, one in found.items() if one.kind == DISPUTED]:
            say(f"  disputed, to be adjudicated: {', '.join(disputed)}")


@labels.command()
def diff(
    base: Base = "main",
    head: Head = "workspace",
    markdown: AsMarkdown = False,
    as_json: AsJson = False,
) -> None:
    """Show which records HEAD labels differently from BASE, both labels, and who decided that."""
    import json

    from assay.compare import relabelled
    from assay.experiments.revisions import revision

    with reported("assay labels diff"):
        enter_root()
        found = relabelled.relabelled(revision(base), revision(head))
        if as_json:
            typer.echo(json.dumps(relabelled.as_json(found), indent=2))
        else:
            print_markdown(relabelled.as_markdown(found), as_it_is=markdown)


def _record_ids() -> frozenset[str]:
    from assay.lineage.checks import require
    from assay.paths import CLEANED
    from assay.records.columns import RECORD_ID
    from assay.tables import read_table

    require(CLEANED)
    return frozenset(read_table(CLEANED, [RECORD_ID])[RECORD_ID])
