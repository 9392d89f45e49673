"""The board of some revisions as one file, which needs only a browser and asks no network."""

from collections.abc import Sequence

from markupsafe import Markup

from assay.board import views
from assay.board.frame import COMPARE, EXPERIMENTS, PARAMETERS, Frame
from assay.board.links import InFile, anchor
from assay.board.revision import Commit
from assay.board.site import Site
from assay.board.views import Listing, Test
from assay.compare.out_of_fold import side
from assay.compare.page import plan_of
from assay.errors import AssayError
from assay.overview import columns
from assay.overview.intervals import with_intervals
from assay.overview.rows import WORKSPACE

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def page(site: Site, names: Sequence[str]) -> str:
    """The file: the table of these revisions, each against the first one, their parameters, and each of them alone.

    AssayError if one of them cannot be found, or its predictions are not in the cache.
    """
    listing = site.listing()
    commits = {name: site.commit(_sha(listing, name)) for name in dict.fromkeys(names)}
    shas = [one.sha for one in commits.values()]
    links = InFile(shas)
    own = Listing(with_intervals([row for row in listing.rows if row.sha in shas], columns.figures()))
    sections = {EXPERIMENTS: views.experiments(own, links, Test())}
    if len(shas) > 1:
        sections[COMPARE] = _compared(site, list(commits), list(commits.values()), links)
    sections[PARAMETERS] = views.parameters(own)
    body = [Markup('<section id="{}">{}</section>').format(anchor(name), html) for name, html in sections.items()]
    for one in commits.values():
        base = site.base(one, listing)
        row, before = views.known(listing, one, base)
        html = views.one_revision(one, base, row, before, links, Test())
        body.append(Markup('<section id="{}">{}</section>').format(anchor(one.sha), html))
    shown = {name: address for name, address in links.views.items() if name in sections}
    return Frame(site.project, shown, policy=POLICY).page(", ".join(names), Markup("\n").join(body))


def _sha(listing: Listing, name: str) -> str:
    """The commit of a name; AssayError if a name is of two experiments, or a run that is not done."""
    if name == WORKSPACE:
        todo = "make an experiment of it, and name that: dvc exp save --name NAME"
        raise AssayError("the workspace is no revision that a file can show", where=WORKSPACE, todo=todo)
    found = {row.sha for row in listing.rows if row.name == name}
    if len(found) > 1 or found == {""}:
        what = f"{name} names more than one revision" if len(found) > 1 else f"{name} has no results yet"
        raise AssayError(what, where="git", todo="name the commit: assay experiments --json has it")
    return found.pop() if found else name


def _compared(site: Site, names: list[str], commits: list[Commit], links: InFile) -> Markup:
    sides = [side(site.side(one.sha)) for one in commits]
    drawn = views.curves(sides, plan_of(site.side(commits[0].sha)).confidence)
    parts = {one.sha: Markup(site.compared(commits[0].sha, one.sha)) for one in commits[1:]}
    return views.compare(names, commits, parts, drawn, links)
