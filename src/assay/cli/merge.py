"""`assay merge`, `assay rebase`, `assay settle`: merge branches so that each commit has the results of its own run."""

from typing import Annotated

import typer

from assay.errors import AssayError, reported
from assay.root import enter_root
from assay.terminal import print_markdown

GoOn = Annotated[bool, typer.Option("--continue", help="Go on after you have resolved the conflicts (git add).")]
Abort = Annotated[bool, typer.Option("--abort", help="Give up and restore everything.")]
Conf = Annotated[bool, typer.Option("--conf", help="Keep the values of conf/ where a side has others in params.yaml.")]


def merge(
    branches: Annotated[list[str] | None, typer.Argument(help="Branches to merge into this one, in turn.")] = None,
    go_on: GoOn = False,
    abort: Abort = False,
    conf: Conf = False,
) -> None:
    """Merge branches: you decide on conf/, labels and code; params.yaml, dvc.lock and reports/ are made by the line.

    Each merge is one commit of an actual run, compared with both parents. It runs the code of the other branch.
    """
    from assay.merging import merge as merging

    with reported("assay merge"):
        root = enter_root()
        _one_of(bool(branches), go_on, abort)
        merging.forget_outer_git()
        if abort:
            merging.abort(root)
            ended = True
        elif go_on:
            print_markdown(merging.conclude(root, conf=conf))
            ended = True
        else:
            ended = merging.merge(root, branches or [])
    if not ended:
        raise typer.Exit(1)


def rebase(
    upstream: Annotated[str | None, typer.Argument(help="The branch to put your commits on: main")] = None,
    go_on: GoOn = False,
    abort: Abort = False,
) -> None:
    """Put the commits of this branch on another one, each with the params.yaml, dvc.lock and reports of its own run.

    It runs the code of the other branch, once for each commit; what is known already is taken from the caches.
    """
    from assay.merging import merge as merging
    from assay.merging import rebase as rebasing

    with reported("assay rebase"):
        root = enter_root()
        _one_of(bool(upstream), go_on, abort)
        merging.forget_outer_git()
        if abort:
            rebasing.abort(root)
            ended = True
        else:
            ended = rebasing.proceed(root) if go_on else rebasing.rebase(root, upstream or "")
        if not ended:
            raise AssayError(
                "a commit could not be made true: see above",
                todo="mend it, git add that, then: assay rebase --continue (or take all back: assay rebase --abort)",
            )


def settle(
    check: Annotated[
        bool, typer.Option("--check", help="Run and write nothing; fail if dvc.lock or reports are not of a run.")
    ] = False,
    conf: Conf = False,
) -> None:
    """After git merge, pull, cherry-pick or revert: compose params.yaml, run the line, and amend the last commit.

    A commit that another branch or a remote has too is not changed; another commit follows it.
    """
    from assay.merging import last_commit
    from assay.merging.settle import unsettled

    with reported("assay settle"):
        root = enter_root()
        if not check:
            print_markdown(last_commit.settled(root, conf=conf))
        elif found := unsettled(root):
            raise AssayError("dvc.lock and reports are not of a run:\n  " + "\n  ".join(found), todo="assay settle")


def _one_of(*given: bool) -> None:
    if sum(given) != 1:
        raise AssayError("name a branch, or say --continue or --abort", todo="see --help")
