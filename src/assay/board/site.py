"""The pages of a board on a server. Nothing is kept but what was computed from commits, which do not change."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

from markdown_it import MarkdownIt
from markupsafe import Markup

from assay.board import frame, labels, models, pairs, stored, views, watch, workspace
from assay.board.frame import Frame, Watched, view
from assay.board.links import OnServer
from assay.board.revision import DOCUMENTS, Commit, resolved
from assay.board.source import Repository
from assay.board.views import MOST_COMPARED, Listing, Test, loading
from assay.board.workspace import Workspace
from assay.compare.out_of_fold import side
from assay.compare.page import plan_of
from assay.dvc_internals.repository import cache_folder
from assay.errors import AssayError, translated
from assay.experiments.revisions import WORKSPACE, Revision
from assay.overview.rows import EXPERIMENT
from assay.paths import MONITOR_PAGE

COMPARISONS_KEPT = 64
COMMITS_KEPT = 32
SIDES_KEPT = 8  # revisions with their tables


class Query(Protocol):
    """The query of an address, after its question mark."""

    def get(self, key: str, default: str = "") -> Any: ...

    def getlist(self, key: Any) -> list[str]: ...


class UnknownError(AssayError):
    """A page asks for what is not there."""


class Source(Protocol):
    """Where the rows come from: all of them, and a text that is another one as soon as one of them may have changed."""

    def listing(self) -> Listing: ...

    def fingerprint(self) -> str: ...

    def close(self) -> None: ...


class Site:
    """Every page as HTML. `root` of the first argument of each is the path under which the board is served.

    reviewing: whether the review page is served with it.
    """

    def __init__(self, root: Path, cache: Path, source: Source, project: str, reviewing: bool = False) -> None:
        self.root, self.cache, self.source, self.project, self.reviewing = root, cache, source, project, reviewing
        self._compared = lru_cache(COMPARISONS_KEPT)(self._compare)
        self._side = lru_cache(SIDES_KEPT)(self._read)
        self._commit_at = lru_cache(COMMITS_KEPT)(lambda sha: Commit(root, sha, cache))

    def listing(self) -> Listing:
        """All rows as they are now."""
        return self.source.listing()

    def fingerprint(self) -> str:
        """Another text as soon as the table may be another one."""
        return self.source.fingerprint()

    def experiments(self, at: str, nonce: str, query: Query) -> str:
        """The table of experiments."""
        seen = self.fingerprint()  # before the rows are read: what changes meanwhile is asked for again
        body = Markup(self.rows(at, query))
        return self._page(at, nonce, "Experiments", body, frame.EXPERIMENTS, Watched(f"{at}/state", f"{at}/rows", seen))

    def rows(self, at: str, query: Query) -> str:
        """The table of experiments without its frame, for a page that shows it already."""
        test = Test(bool(query.get("test")), f"{at}/?test=1", f"{at}/")
        return views.experiments(self.listing(), OnServer(at), test)

    def revision(self, at: str, nonce: str, query: Query, sha: str) -> str:
        """One revision."""
        links, listing = OnServer(at), self.listing()
        one = self.commit(sha)
        base = self.base(one, listing)
        row, before = views.known(listing, one, base)
        test = Test(bool(query.get("test")), f"{links.revision(one.sha)}?test=1")
        body = views.one_revision(one, base, row, before, links, test)
        return self._page(at, nonce, row.name if row else one.sha[:10], body, frame.EXPERIMENTS)

    def card(self, at: str, nonce: str, query: Query, sha: str, path: str) -> str:
        """A card, which is Markdown, as a page."""
        text = self.document(sha, path).decode(errors="replace")
        card = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image").render(text)
        body = Markup('<p><a href="{}">Back to the revision</a></p><article class="card">{}</article>').format(
            OnServer(at).revision(sha), Markup(card)
        )
        return self._page(at, nonce, Path(path).stem.replace("_", " "), body, frame.EXPERIMENTS)

    def document(self, sha: str, path: str) -> bytes:
        """A page or card that a commit has, or with "workspace" the monitor's last page."""
        if (sha, path) == ("workspace", str(MONITOR_PAGE)) and (self.root / path).exists():
            return (self.root / path).read_bytes()
        found = self.commit(sha).text(path) if path in map(str, DOCUMENTS.values()) else None
        if found is None:
            raise UnknownError(f"There is no {path} in {sha[:10]}")
        return found

    def compare(self, at: str, nonce: str, query: Query) -> str:
        """Two or more revisions; what takes seconds is asked for by the page afterwards."""
        links, listing = OnServer(at), self.listing()
        chosen = [self.named(one) for one in dict.fromkeys(query.getlist("rev"))]
        names = [row.name if (row := listing.of(one.sha)) else one.sha[:10] for one in chosen]
        sides, left = chosen[:MOST_COMPARED], names[MOST_COMPARED:]
        shas = [one.sha for one in sides]
        parts = {sha: loading(links.pair(shas[0], sha), "Comparing record by record") for sha in shas[1:]}
        drawn = loading(links.curves(shas), "Drawing") if len(shas) > 1 else Markup("")
        body = views.compare(names[:MOST_COMPARED], sides, parts, drawn, links, left)
        return self._page(at, nonce, "Compare", body, frame.COMPARE)

    def pair(self, at: str, query: Query) -> str:
        """The part of a comparison on one pair."""
        base, head = (self.named(str(query.get(side, ""))).sha for side in ("base", "head"))
        return self.compared(base, head)

    def curves(self, at: str, query: Query) -> str:
        """The part of a comparison that draws its curves."""
        found = [self.side(self.named(one).sha) for one in query.getlist("rev")[:MOST_COMPARED]]
        if not found:
            raise UnknownError("There is no revision to draw", todo="choose rows of the experiments")
        return views.curves([side(one) for one in found], plan_of(found[0]).confidence)

    def parameters(self, at: str, nonce: str, query: Query) -> str:
        """The page that plots parameters against the metric."""
        return self._page(at, nonce, "Parameters", views.parameters(self.listing()), frame.PARAMETERS)

    def labels(self, at: str, nonce: str, query: Query) -> str:
        """Labels, of the workspace."""
        there = f"{at}/labels"
        found = labels.shown(str(query.get("record", "")))
        decided = [(row, f"{there}?{urlencode({'record': row[1]})}") for row in found["decisions"]]
        # Behind the #, where that page has the token that it sends with each decision.
        review = f"{there}/review/#{at.strip('/')}" if self.reviewing else ""
        body = view("labels.html.j2", **{**found, "decisions": decided}, review=review, all=there)
        return self._page(at, nonce, "Labels", body, frame.LABELS)

    def models(self, at: str, nonce: str, query: Query) -> str:
        """The registry."""
        body = view("models.html.j2", found=models.registry(self.root), link=OnServer(at).revision)
        return self._page(at, nonce, "Models", body, frame.MODELS)

    def watch(self, at: str, nonce: str, query: Query) -> str:
        """The page of the model in use over time."""
        found = watch.shown(self.root)
        body = view("watch.html.j2", **found, monitor=OnServer(at).document("workspace", str(MONITOR_PAGE)))
        return self._page(at, nonce, "Watch", body, frame.WATCH)

    def problem(self, at: str, nonce: str, what: str) -> str:
        """A page that says what is wrong."""
        return self._page(
            at, nonce, "Not available", Markup('<h1>Not available</h1><pre tabindex="0">{}</pre>').format(what)
        )

    def compared(self, base: str, head: str) -> str:
        """How a side compares with another, each by the hash of its commit, or as the workspace is now."""
        if WORKSPACE not in (base, head):
            return self._compared(base, head)
        with workspace.unchanged():
            return self._compare(base, head)

    def side(self, sha: str) -> Revision:
        """A commit, or the workspace as it is now."""
        return workspace.revision() if sha == WORKSPACE else self._side(sha)

    def _compare(self, base: str, head: str) -> str:
        one, other = self.side(base), self.side(head)
        todo = "look at its files: git show COMMIT:params.yaml"
        with translated(
            f"{other.name} cannot be compared with {one.name}", where=f"{base[:10]}, {head[:10]}", todo=todo
        ):
            return views.pair(pairs.compared(one, other), plan_of(other, pairs.RESAMPLES), other.name)

    def _read(self, sha: str) -> Revision:
        row = self.listing().of(sha)
        return stored.revision(self._commit_at(sha), row.name if row else sha[:10])

    def base(self, one: Commit, listing: Listing) -> Commit | None:
        """The commit that it starts from: of an experiment its baseline, else its parent."""
        row = listing.of(one.sha)
        parent = row.base if row and row.kind == EXPERIMENT else one.about["parent"]
        try:
            return self.commit(parent) if parent else None
        except UnknownError:
            return None  # a shallow clone

    def named(self, name: str) -> Commit | Workspace:
        """The commit of a name or hash, or the workspace; UnknownError if there is none."""
        return Workspace(self.root) if name == WORKSPACE else self.commit(name)

    def commit(self, name: str) -> Commit:
        """The commit of a name or hash; UnknownError if there is none."""
        try:
            return self._commit_at(resolved(self.root, name))
        except LookupError as error:
            todo = "name a branch, tag, commit or experiment of assay experiments"
            raise UnknownError(f"There is no revision {name!r}", where="git", todo=todo) from error

    def _page(
        self, at: str, nonce: str, title: str, body: Markup, active: str = "", watched: Watched | None = None
    ) -> str:
        return Frame(self.project, OnServer(at).views, nonce).page(title, body, active, watched)


def here(root: Path, reviewing: bool = False) -> Site:
    """The site of the repository at `root`, which is the present folder."""
    return Site(root, cache_folder(root), Repository(), root.name, reviewing)
