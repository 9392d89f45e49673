"""One revision: what it changed and gave, which stages ran for it, what they read and wrote, and how to get it back."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assay.compare.changes import param_changes
from assay.dvc_internals.objects import object_path
from assay.errors import AssayError
from assay.git import content, git
from assay.lineage import lock
from assay.lineage.costs import Cost, costs_of
from assay.lineage.graph import DVC_YAML, LOCK, PARAMS, Node, needs, nodes
from assay.overview.contents import numbers, pairs
from assay.overview.rows import BRANCH, EXPERIMENT
from assay.paths import AUDIT, DATA_CARD, MODEL_CARD, PROFILE_PAGE, REPLAY_PAGE, REPORT, REPORTS
from assay.statistics.edges import UNKNOWN
from assay.untrusted import mapping

MD5 = re.compile(r"([0-9a-f]{32}(\.dir)?)?")  # none for a dependency that DVC knows by another mark
VERDICT = REPORTS / "verdict.json"
DOCUMENTS = {
    "Report": REPORT,
    "Model card": MODEL_CARD,
    "Data card": DATA_CARD,
    "Data profile": PROFILE_PAGE,
    "Replay": REPLAY_PAGE,
}
HERE, ELSEWHERE, IN_GIT = "in the cache", "not here: dvc fetch", "in git"
SAME, NEW = "as before", "new"


@dataclass(frozen=True)
class File:
    """A file or folder of a stage, its hash in dvc.lock, and where it is to be had; "" for an input."""

    path: str
    md5: str
    where: str = ""


@dataclass(frozen=True)
class Ran:
    """A stage in a revision. state: "as before" if dvc.lock says of it what it says on the baseline, else "new".

    cost: of the run on this machine, if the last one here had the same inputs and outputs.
    """

    node: Node
    needs: list[str]
    state: str
    cost: Cost | None
    inputs: list[File]
    outputs: list[File]


@dataclass(frozen=True)
class Commit:
    """A commit of the repository at `root` with the files that git has of it; `cache` is DVC's folder."""

    root: Path
    sha: str
    cache: Path

    def text(self, path: Path | str) -> bytes | None:
        """A file of the commit that git has; None if it has none."""
        return content(self.root, self.sha, str(path))

    def json(self, path: Path | str) -> Any:
        """The content of a JSON file; None if git has none, or a damaged one."""
        try:
            return json.loads(self.text(path) or b"null")
        except (ValueError, RecursionError):
            return None

    @cached_property
    def params(self) -> dict[str, Any]:
        """params.yaml; empty if there is none that can be read."""
        return self._mapping(PARAMS)

    @cached_property
    def entries(self) -> Mapping[str, lock.Entry]:
        """The entry of each stage in dvc.lock; none where it is missing or damaged."""
        found = self._mapping(LOCK).get("stages")
        return {name: one for name, one in found.items() if _readable(one)} if isinstance(found, dict) else {}

    @cached_property
    def nodes(self) -> list[Node]:
        """The stages of dvc.yaml in their order; none if it is missing or damaged."""
        try:
            text = (self.text(DVC_YAML) or b"").decode()
            mapping(text)
            return nodes(text)
        except (AssayError, ValueError):
            return []

    @cached_property
    def about(self) -> dict[str, str]:
        """Who made the commit, when (ISO) and why, and its parent, "" for the first."""
        told = git(self.root, "show", "--no-patch", "--format=%an%x00%aI%x00%s%x00%P", self.sha, "--")
        who, when, why, parents = told.split("\0")
        return {"who": who, "when": when, "why": why, "parent": parents.partition(" ")[0]}

    @cached_property
    def documents(self) -> dict[str, str]:
        """Path of each page and card that git has of it, by title."""
        listed = git(self.root, "ls-tree", "-r", "--name-only", self.sha, "--", *map(str, DOCUMENTS.values()))
        there = set(listed.splitlines())
        return {title: str(path) for title, path in DOCUMENTS.items() if str(path) in there}

    def _mapping(self, path: str) -> dict[str, Any]:
        try:
            return mapping(self.text(path) or b"")
        except ValueError:
            return {}


def resolved(root: Path, name: str) -> str:
    """The hash of the commit that git knows by a name or hash; LookupError if there is none."""
    if "\0" in name:  # which no program can be given
        raise LookupError(name)
    try:
        return git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except AssayError as error:
        raise LookupError(name) from error


def changed_params(one: Commit, base: Commit | None) -> dict[str, tuple[Any, Any]]:
    """Key to (baseline's value, own value) of each parameter that differs."""
    return param_changes(base.params, one.params) if base else {}


def stages(one: Commit, base: Commit | None) -> list[Ran]:
    """The stages of a revision in their order."""
    before = base.entries if base else {}
    by_name = {node.name: node for node in one.nodes}
    here = _here(one.root)
    found = []
    for node in one.nodes:
        entry = one.entries.get(node.name, {})
        found.append(
            Ran(
                node=node,
                needs=sorted(needs(node, by_name)),
                state=SAME if entry and _content(entry) == _content(before.get(node.name, {})) else NEW,
                cost=_cost(node.name, entry, here),
                inputs=[File(path, md5) for path, md5 in lock.recorded(entry, "deps").items()],
                outputs=[_output(one, node, path, md5) for path, md5 in lock.recorded(entry, "outs").items()],
            )
        )
    return found


def _here(root: Path) -> Mapping[str, lock.Entry]:
    """The entries of the dvc.lock of the workspace, which say whose the noted costs are; none if it is damaged."""
    try:
        return lock.entries(root / LOCK)
    except AssayError:
        return {}


def _readable(entry: Any) -> bool:
    """Whether the files of an entry have names, and hashes that lead to nothing but an object of the cache."""
    try:
        found = [one for kind in ("deps", "outs") for one in lock.recorded(entry, kind).items()]
        return all(isinstance(path, str) and MD5.fullmatch(md5) for path, md5 in found)
    except (AttributeError, KeyError, TypeError):
        return False


def _content(entry: lock.Entry) -> Any:
    return lock.recorded(entry, "deps"), lock.recorded(entry, "outs"), entry.get("params")


def _cost(stage: str, entry: lock.Entry, here: Mapping[str, lock.Entry]) -> Cost | None:
    """The cost of the last run here, if dvc.lock here says of it what the revision's says."""
    noted = costs_of(stage) if entry and _content(here.get(stage, {})) == _content(entry) else None
    return noted.last if noted else None


def _output(one: Commit, node: Node, path: str, md5: str) -> File:
    if path in node.in_git:
        return File(path, md5, IN_GIT)
    return File(path, md5, HERE if object_path(one.cache, md5).exists() else ELSEWHERE)


def findings(one: Commit) -> list[dict[str, Any]]:
    """The criteria and whether each is met, of reports/verdict.json: figures of the test fold.

    criterion, asked, verdict: texts. value: a number or None. interval: two numbers, NaN where there is none.
    """
    said = one.json(VERDICT)
    listed = said.get("findings") if isinstance(said, dict) else None
    return [
        {
            **{key: str(row[key]) for key in ("criterion", "asked", "verdict")},
            "value": numbers({"value": row["value"]}).get("value"),
            "interval": pairs({"interval": row.get("interval")}).get("interval", UNKNOWN),
        }
        for row in _mappings(listed, {"criterion", "asked", "value", "verdict"})
    ]


def audit(one: Commit) -> list[dict[str, Any]]:
    """The checks for leaks, of reports/audit.json: code, title, verdict, and the verdict and what of each finding."""
    return [
        {**row, "findings": _mappings(row["findings"], {"verdict", "what"})}
        for row in _mappings(one.json(AUDIT), {"code", "title", "verdict", "findings"})
    ]


def _mappings(said: Any, wanted: set[str]) -> list[dict[str, Any]]:
    """Those of a list from a file of a commit that have all of these keys; none if it is no list."""
    return [row for row in said if isinstance(row, dict) and wanted <= row.keys()] if isinstance(said, list) else []


def argument(name: str, sha: str) -> str:
    """A revision as one types it: its name, or its commit if a program would take that for an option."""
    return sha[:10] if name.startswith("-") else shlex.quote(name)


def commands(name: str, kind: str, sha: str, base: str) -> list[tuple[str, str]]:
    """The commands that get a revision back, check it and use it; each with its purpose."""
    quoted, short = argument(name, sha), sha[:10]
    back = [("Go to it", f"git checkout {short} && dvc checkout")]
    if kind == BRANCH:
        back = [("Go to it", f"git switch {quoted} && dvc checkout")]
    elif kind == EXPERIMENT:
        back = [
            ("Bring it into the workspace", f"dvc exp apply {quoted}"),
            ("Keep what is in the workspace then: write conf/, and commit", "assay params --keep && git commit -a"),
        ]
    compared = (
        [("Compare with its baseline", f"assay compare --out-of-fold {shlex.quote(base)} {quoted}")] if base else []
    )
    return [
        *back,
        *compared,
        ("Run it afresh, compare hashes", f"assay verify {short}"),
        ("Put it in use", f"assay promote {quoted}"),
    ]
