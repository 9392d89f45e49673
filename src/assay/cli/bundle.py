"""`assay bundle`: what a model is, whether it can be relied on, and one file that holds it."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from assay.cli.options import AsJson, Trust
from assay.errors import reported
from assay.root import enter_root
from assay.terminal import print_markdown, say

bundle = typer.Typer(help="The model folder, and archives of it.", no_args_is_help=True, rich_markup_mode=None)
Model = Annotated[Path | None, typer.Argument(help="A model folder of any clone, or an archive; by default models.")]


@bundle.command()
def check(
    model: Model = None,
    other_versions: Annotated[
        bool, typer.Option("--other-versions", help="Accept another version of the model's library.")
    ] = False,
    trust: Trust = None,
    as_json: AsJson = False,
) -> None:
    """Load the model as scoring does: every hash, the format, the contract, code and versions must fit.

    Says what does not fit, and exits with 1.
    """
    from assay.bundle.loading import load

    with reported("assay bundle check"):
        loaded = load(_place(model), other_versions=other_versions, trusted=trust or ())
        if as_json:
            typer.echo(json.dumps({"hash": loaded.hash, "model": loaded.name, "threshold": loaded.threshold}, indent=2))
        else:
            say(f"{loaded.folder}: whole, and fits what is installed here\nbundle: {loaded.hash}")


@bundle.command()
def show(
    model: Model = None,
    source: Annotated[bool, typer.Option("--code", help="Print the source of the dataset's code instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """What the model is, for what, with which threshold and figures, from which data and code.

    Its files must be whole, and nothing of it runs; whether it fits what is installed here, `assay bundle check` says.
    """
    from assay.bundle.inspection import inspect

    with reported("assay bundle show"):
        seen = inspect(_place(model))
        if source:
            say("\n".join(f"# {path}\n{content.decode('utf-8', 'replace')}" for path, content in seen.code.items()))
        elif as_json:
            typer.echo(json.dumps(seen.summary, indent=2, ensure_ascii=False))
        else:
            print_markdown(_as_markdown(seen.summary))


def _place(given: Path | None) -> Path:
    """The folder or archive as given, from anywhere; without one the folder of the clone."""
    from assay.paths import MODEL

    if given is None:
        enter_root()
    return given or MODEL


def _as_markdown(found: dict[str, Any]) -> str:
    from assay.bundle.folder import METRICS
    from assay.presentation.markdown import Markdown, code, table

    cut, figures = found["threshold"], found[METRICS]
    facts = [
        ("bundle", code(found["hash"])),
        *((("archive", code(found["archive_sha256"])),) if "archive_sha256" in found else ()),
        ("model", f"{found['model']}, of {found['features']} features"),
        ("records", f"{found['dataset']['name']}: {found['dataset']['about']}"),
        ("not for", "; ".join(found["outside_the_population"]) or "-"),
        ("positive", f"{found['positive']['about']} (policy {found['positive']['policy']})"),
        ("threshold", _threshold(cut)),
        ("source", code(found["source_sha256"])),
        *((f"code of {plugin}", code(digest)) for plugin, digest in found["code_sha256"].items()),
        ("libraries", ", ".join(f"{name} {version}" for name, version in found["versions"].items())),
    ]
    note = (
        "Out of fold on train and validation, {} records, {} positive. The threshold was {} them. "
        "Intervals: {:.0%}, of {} resamples."
    )
    said = Markdown(note).format(
        figures["records"],
        figures["positives"],
        "measured on" if cut["fixed"] else "chosen on",
        figures["confidence"],
        figures["resamples"],
    )
    tested = found.get("metrics_on_test")
    on_test = ["On the test fold:", table(("metric", "value"), _metrics(tested))] if tested else []
    files = [(name, code(digest)) for name, digest in found["files"].items()]
    out_of_fold = table(("metric", "value"), _metrics(figures["metrics"]))
    parts = [table(("bundle", ""), facts), said, out_of_fold, *on_test, table(("file", "SHA-256"), files)]
    return Markdown("\n\n").join(parts)


def _metrics(figures: dict[str, Any]) -> list[tuple[str, str]]:
    from assay.presentation.words import with_interval

    known = ((name, one) for name, one in figures.items() if one["value"] is not None)
    return [(name, with_interval(one["value"], one["interval"], name)) for name, one in known]


def _threshold(cut: dict[str, Any]) -> str:
    share = f"{cut['confidence']:.0%}"
    if cut["fixed"]:
        return f"{cut['value']:g}, set by the configuration"
    if not cut["guaranteed"]:
        return f"{cut['value']:g}: too few positives to show a recall of {cut['min_recall']:g} with {share} confidence"
    return f"{cut['value']:g}: recall at least {cut['min_recall']:g}, with {share} confidence"
