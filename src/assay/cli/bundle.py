"""`assay bundle`: what a model folder is, and whether it can be relied on."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from assay.cli.options import AsJson
from assay.config.start import enter_root
from assay.errors import reported
from assay.terminal import print_markdown, say

bundle = typer.Typer(help="The model folder.", no_args_is_help=True, rich_markup_mode=None)
Folder = Annotated[Path | None, typer.Argument(help="A model folder, of any clone; by default models.")]


@bundle.command()
def check(
    folder: Folder = None,
    other_versions: Annotated[
        bool, typer.Option("--other-versions", help="Accept another version of the model's library.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Load the model folder as scoring does: every hash, the format, the contract, code and versions must fit.

    Says what does not fit, and exits with 1.
    """
    from assay.bundle.loading import load

    with reported("assay bundle check"):
        loaded = load(_folder(folder), other_versions=other_versions)
        if as_json:
            typer.echo(json.dumps({"hash": loaded.hash, "model": loaded.name, "threshold": loaded.threshold}, indent=2))
        else:
            say(f"{loaded.folder}: whole, and fits what is installed here\nbundle: {loaded.hash}")


@bundle.command()
def show(folder: Folder = None, as_json: AsJson = False) -> None:
    """What the model is, for what, with which threshold and figures, from which data and code.

    Its files must be whole; whether it fits what is installed here, `assay bundle check` says.
    """
    from assay.bundle.description import read
    from assay.bundle.hashes import MEND, verify
    from assay.bundle.summary import summary
    from assay.paths import BUNDLE

    with reported("assay bundle show"):
        verified = verify(_folder(folder))
        _, described = read(verified.read(BUNDLE.name), str(verified.folder / BUNDLE.name), MEND)
        found = summary(verified, described)
        if as_json:
            typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        else:
            print_markdown(_as_markdown(found))


def _folder(given: Path | None) -> Path:
    """The folder as given, from anywhere; without one that of the clone."""
    from assay.paths import MODEL

    if given is None:
        enter_root()
    return given or MODEL


def _as_markdown(found: dict[str, Any]) -> str:
    from assay.presentation.markdown import Markdown, code, table
    from assay.presentation.words import with_interval

    cut, figures = found["threshold"], found["metrics_out_of_fold_threshold_chosen_on_them"]
    facts = [
        ("bundle", code(found["hash"])),
        ("model", f"{found['model']}, of {found['features']} features"),
        ("records", f"{found['dataset']['name']}: {found['dataset']['about']}"),
        ("not for", "; ".join(found["outside_the_population"]) or "-"),
        ("positive", f"{found['positive']['about']} (policy {found['positive']['policy']})"),
        ("threshold", _threshold(cut)),
        ("source", code(found["source_sha256"])),
        *((f"code of {plugin}", code(sha256)) for plugin, sha256 in found["code_sha256"].items()),
        ("libraries", ", ".join(f"{name} {version}" for name, version in found["versions"].items())),
    ]
    metrics = [
        (name, with_interval(one["value"], one["interval"], name))
        for name, one in figures["metrics"].items()
        if one["value"] is not None
    ]
    note = "Out of fold on train and validation, {} records, {} positive. The threshold was {} them."
    said = Markdown(note).format(
        figures["records"], figures["positives"], "measured on" if cut["fixed"] else "chosen on"
    )
    files = [(name, code(sha256)) for name, sha256 in found["files"].items()]
    parts = [table(("bundle", ""), facts), said, table(("metric", "value"), metrics), table(("file", "SHA-256"), files)]
    return Markdown("\n\n").join(parts)


def _threshold(cut: dict[str, Any]) -> str:
    share = f"{cut['confidence']:.0%}"
    if cut["fixed"]:
        return f"{cut['value']:g}, set by the configuration"
    if not cut["guaranteed"]:
        return f"{cut['value']:g}: too few positives to show a recall of {cut['min_recall']:g} with {share} confidence"
    return f"{cut['value']:g}: recall at least {cut['min_recall']:g}, with {share} confidence"
