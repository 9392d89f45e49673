"""Addresses of pages: on a server, or within one file."""

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import quote, urlencode

from assay.board import frame
from assay.paths import MODEL_CARD


class Links(Protocol):
    """Where pages lie; "" where there is no such page."""

    @property
    def views(self) -> dict[str, str]: ...

    def revision(self, sha: str) -> str: ...

    def document(self, sha: str, path: str) -> str: ...

    def compare(self, revisions: Sequence[str]) -> str: ...


class OnServer:
    """Under the path `root` of a server."""

    def __init__(self, root: str) -> None:
        self.root = root

    @property
    def views(self) -> dict[str, str]:
        """The address of each view by its name."""
        return {name: f"{self.root}/{path}" for name, path in frame.VIEWS.items()}

    def revision(self, sha: str) -> str:
        """The page of a commit."""
        return f"{self.root}/revision/{quote(sha, safe='')}"

    def document(self, sha: str, path: str) -> str:
        """A page or card that a commit has."""
        kind = "card" if path.endswith(MODEL_CARD.suffix) else "file"
        return f"{self.revision(sha)}/{kind}/{quote(path)}"

    def compare(self, revisions: Sequence[str]) -> str:
        """The comparison of some commits; of none, the page on which one is asked for."""
        return f"{self.root}/compare" + (f"?{urlencode([('rev', one) for one in revisions])}" if revisions else "")

    def curves(self, revisions: Sequence[str]) -> str:
        """The part of a comparison that draws its curves."""
        return f"{self.root}/compare/curves?{urlencode([('rev', one) for one in revisions])}"

    def pair(self, base: str, head: str) -> str:
        """The part of a comparison on one pair."""
        return f"{self.root}/compare/pair?{urlencode({'base': base, 'head': head})}"


class InFile:
    """Within one file, which has a section for each view and for each of these commits."""

    def __init__(self, commits: Sequence[str]) -> None:
        self.commits = commits

    @property
    def views(self) -> dict[str, str]:
        """The place of each view by its name."""
        return {name: f"#{anchor(name)}" for name in (frame.EXPERIMENTS, frame.COMPARE, frame.PARAMETERS)}

    def revision(self, sha: str) -> str:
        """The place of a commit that the file has."""
        return f"#{anchor(sha)}" if sha in self.commits else ""

    def document(self, sha: str, path: str) -> str:
        """Nowhere: the file has no other file in it."""
        return ""

    def compare(self, revisions: Sequence[str]) -> str:
        """Nowhere: what is compared is in the file already."""
        return ""


def anchor(name: str) -> str:
    """The name of the section of a view or commit in a file."""
    return f"view-{name.lower()}"
