"""`assay costs`: what each stage of the line costs."""

from assay.errors import AssayError, reported
from assay.root import enter_root
from assay.terminal import print_markdown, say


def costs() -> None:
    """Show the time, memory and bytes of each stage's last run on this machine, beside the run before."""
    from assay.lineage.graph import graph

    with reported("assay costs"):
        enter_root()
        page = write_page(list(graph().nodes))
        if page is None:
            raise AssayError("no stage has run here yet", todo="run: make repro")
        text, path = page
        print_markdown(text)
        say(f"\n{path}")


def write_page(stages: list[str]) -> tuple[str, str] | None:
    """Write the page beside the report; return the table and the page's path, or None if there are no notes."""
    from assay.files import write_text
    from assay.lineage.costs import costs_of
    from assay.paths import COSTS_PAGE
    from assay.report.costs import as_html, as_markdown

    noted = [found for stage in stages if (found := costs_of(stage))]
    if not noted:
        return None
    write_text(COSTS_PAGE, as_html(noted))
    return as_markdown(noted), str(COSTS_PAGE)
