"""`assay verify`, `assay pr-report`, `assay remote`: is a commit what its code gives, and can others have it?"""

import os
from pathlib import Path
from typing import Annotated

import typer

from assay.errors import AssayError, reported
from assay.root import enter_root
from assay.terminal import print_markdown, say


def verify(
    revision: Annotated[str, typer.Argument(help="A branch, tag, commit, experiment or version.")] = "HEAD",
    output: Annotated[Path | None, typer.Option(help="Where to write the receipt; by default .assay/receipts/")] = None,
    sign: Annotated[
        bool, typer.Option("--sign", help="Sign the receipt with git's ssh key, in a file beside it.")
    ] = False,
    check_receipt: Annotated[
        Path | None, typer.Option(help="Run nothing; say who signed this receipt, and whether dvc.lock agrees with it.")
    ] = None,
) -> None:
    """Run a revision afresh in a clean clone, without a cache, and compare every output with its dvc.lock.

    If one byte differs, it exits with 1 and says how far the metrics moved.
    """
    from assay.files import write_json
    from assay.presentation.markdown import Markdown, code
    from assay.proof import receipts
    from assay.proof import verify as verification
    from assay.registry import signing

    with reported("assay verify"):
        if check_receipt:
            path = check_receipt.absolute()
            say(receipts.vouched(enter_root(), path))
            return
        root = enter_root()
        if sign:
            signing.require_key(root)
        receipt = verification.verify(root, revision)
        path = output or verification.RECEIPTS / f"{receipt.revision[:10]}.json"
        write_json(path, verification.as_data(receipt), sort_keys=False)
        written = [str(path), *([str(signing.sign_file(root, path))] if sign else [])]
        found = verification.as_markdown(receipt)
        print_markdown(Markdown("{}\n\nReceipt: {}").format(found, code(written)))
    if not receipt.identical:
        raise typer.Exit(1)


def pr_report(
    base: Annotated[str | None, typer.Argument(help="The target branch; by default origin/main, or main.")] = None,
    fresh: Annotated[bool, typer.Option(help="Prove the commit by a run from raw records.")] = True,
) -> None:
    """Report on a pull request in Markdown: what does the branch change, and is it what its code gives?

    Written to stdout, to .assay/pr-report/ with a page of pictures, and to the job summary of GitHub Actions. Exits
    with 1 if what is committed is not what the code gives.
    """
    from assay.compare import show
    from assay.files import write_text
    from assay.proof import pull_request

    with reported("assay pr-report"):
        report = pull_request.report(enter_root(), base, afresh=fresh)
        text = pull_request.document(report)
        write_text(pull_request.FOLDER / "report.md", f"{text}\n")
        if report.page:
            write_text(pull_request.FOLDER / "compare.html", show.as_html(report.page))
        if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
            with Path(summary).open("a") as file:
                file.write(f"{text}\n")
        print_markdown(text)
    if not report.holds:
        raise typer.Exit(1)


def remote(
    revision: Annotated[str, typer.Argument(help="A branch, tag, commit or experiment.")] = "HEAD",
    name: Annotated[str | None, typer.Option("-r", "--remote", help="A name of dvc remote list.")] = None,
    mend: Annotated[bool, typer.Option("--mend", help="Send bad objects again from this cache.")] = False,
) -> None:
    """Read every object of a revision from the DVC remote, and compare its hash with dvc.lock.

    `dvc push` compares only names; this says whether others really get everything. It exits with 1 if not.
    """
    from assay.proof.remote import check

    with reported("assay remote"):
        enter_root()
        objects = check(revision, name, mend=mend)
        broken = [one for one in objects if not one.whole]
        for one in broken:
            say(f"{one.path}: {'corrupted' if one.found else 'missing'}, {one.url}")
        say(f"{len(objects) - len(broken)} of {len(objects)} objects of {revision} are there and unharmed")
        if broken:
            todo = "assay remote --mend, in a clone that has a good copy (or makes one: dvc repro --force)"
            raise AssayError("the remote is not what dvc.lock says", where=name or "the default remote", todo=todo)
