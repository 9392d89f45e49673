"""All revisions of a repository that one compares: the workspace, branches, tags, and experiments in any state."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from assay.dvc_internals import experiments as dvc
from assay.experiments.parameters import Changes, changes, read, spelled
from assay.git import git, objects
from assay.overview import local
from assay.overview.contents import Content, contents, workspace
from assay.overview.local import HERE
from assay.overview.rows import BRANCH, COMMIT, DAMAGED, EXPERIMENT, TAG, Row
from assay.sweep.log import DONE

FORMAT = "--format=%(refname)%00%(objectname)%00%(*objectname)%00%(objecttype)%00%(*objecttype)"
BRANCHES, TAGS = "refs/heads/", "refs/tags/"
WORD = re.compile(r"\w[\w.-]*")  # names of files of conf/, none of which leaves its folder


def overview() -> list[Row]:
    """The rows of the repository here: the workspace, then group by group, that of HEAD first, then from the newest.

    In a group: branches and tags of the commit, or the commit itself, then its experiments from the newest. Reads git,
    DVC's notes and the logs of sweeps; takes no lock, waits for none, and writes nothing.
    """
    found = Found()
    return [_workspace(found), *_in_order([*found.named(), *found.experiments()], found)]


@dataclass
class Found:
    """The revisions of a repository, each kind of them read once."""

    # Read before git's references: a run that ends meanwhile is then among them, and not lost between the two.
    _noted: list[Row] = field(default_factory=local.runs)
    _menus: dict[tuple[str, str, str], Mapping[str, Any] | None] = field(default_factory=dict)

    @cached_property
    def references(self) -> dict[str, str]:
        """The commit of each branch, tag and experiment, by reference."""
        lines = git(HERE, "for-each-ref", FORMAT, BRANCHES, TAGS, f"{dvc.EXPERIMENTS}/").splitlines()
        parts = (line.split("\0") for line in lines)
        return {
            name: inner or outer for name, outer, inner, kind, inner_kind in parts if "commit" in (kind, inner_kind)
        }

    @cached_property
    def head(self) -> str:
        """The commit of HEAD; "" before the first one."""
        return git(HERE, "rev-parse", "--revs-only", "HEAD")

    @cached_property
    def runs(self) -> list[Row]:
        """The runs that are not done, of DVC's queue and of sweeps, with what their notes say of them."""
        done = {(base, name) for base, name, _ in self.done}
        return [run for run in self._noted if (run.base, run.name) not in done]

    @cached_property
    def done(self) -> list[tuple[str, str, str]]:
        """Base, name and commit of every experiment that is done."""
        return list(dvc.done(self.references))

    @cached_property
    def contents(self) -> dict[str, Content]:
        """The content of each row's commit, and of each base."""
        commits = {self.head, *self.references.values()}
        commits |= {base for base, _, _ in self.done}
        commits |= {commit for run in self.runs for commit in (run.sha, run.base)}
        return contents(HERE, sorted(commits - {""}))

    def named(self) -> Iterable[Row]:
        """The branches and tags, and the commits that have experiments and no name."""
        for reference, commit in self.references.items():
            for prefix, kind in ((BRANCHES, BRANCH), (TAGS, TAG)):
                if reference.startswith(prefix):
                    yield self.row(Row(reference.removeprefix(prefix), kind, DONE, commit, self.head))
        named = {commit for name, commit in self.references.items() if name.startswith((BRANCHES, TAGS))}
        names = named | {
            commit for _, _, commit in self.done
        }  # not DVC's own references, such as that of what it applied
        for base in sorted({base for base, _, _ in self.done} | {run.base for run in self.runs} | {self.head} - {""}):
            if base not in names:
                yield self.row(Row(base[:7], COMMIT, DONE, base, self.head))

    def experiments(self) -> Iterable[Row]:
        """Experiments in any state."""
        seconds = local.seconds()
        for base, name, commit in self.done:
            yield self.row(Row(name, EXPERIMENT, DONE, commit, base, seconds=seconds.get((base, name))))
        for run in self.runs:
            row = self.row(run)
            yield row if run.state == DONE else replace(row, figures=run.figures, test=run.test)

    def row(self, row: Row, content: Content | None = None) -> Row:
        """The row with what its commit holds."""
        holds = content or self.contents.get(row.sha) or Content()
        faults = [f"{path}: {why}" for path, why in holds.faults.items()]
        known, params = self.changes(row.base, holds.params), holds.params or {}
        return replace(
            row,
            state=DAMAGED if faults and row.state == DONE else row.state,
            time=row.time or holds.time,
            changes=known,
            changed=row.changed or tuple(spelled(known or {}, params, lambda *choice: self.menu(row.base, *choice))),
            params=params,
            figures=holds.figures,
            test=holds.test,
            note="; ".join(dict.fromkeys([*filter(None, [row.note]), *faults]))
            or (holds.subject if row.kind != EXPERIMENT else ""),
        )

    def changes(self, base: str, params: Mapping[str, Any] | None) -> Changes | None:
        """The parameters that differ from those of a commit; None if either cannot be read."""
        of_base = self.contents.get(base)
        if params is None or of_base is None or of_base.params is None:
            return None
        return changes(of_base.params, params)

    def menu(self, base: str, group: str, name: str) -> Mapping[str, Any] | None:
        """The settings of conf/GROUP/NAME.yaml at a commit; None if there is no such file."""
        key = base, group, name
        if key not in self._menus:
            there = base and WORD.fullmatch(group) and WORD.fullmatch(name)
            text = objects(HERE, [f"{base}:conf/{group}/{name}.yaml"])[0] if there else None
            self._menus[key] = _settings(text)
        return self._menus[key]


def _settings(text: bytes | None) -> Mapping[str, Any] | None:
    try:
        return None if text is None else read(text.decode())
    except ValueError:
        return None


def _workspace(found: Found) -> Row:
    """The row of the workspace."""
    return found.row(local.workspace(found.head), workspace(HERE))


def _in_order(rows: list[Row], found: Found) -> Iterable[Row]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)

    def age(commit: str) -> tuple[bool, float, str]:
        time = found.contents[commit].time if commit in found.contents else None
        return commit != found.head, -time.timestamp() if time else 0.0, commit

    for commit in sorted(groups, key=age):
        yield from sorted(groups[commit], key=_place)


def _place(row: Row) -> tuple[bool, bool, float, str]:
    newest = -row.time.timestamp() if row.time else float("-inf")
    return row.kind == EXPERIMENT, row.kind != BRANCH, newest if row.kind == EXPERIMENT else 0.0, row.name
