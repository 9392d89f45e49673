"""Proposes a dvc.lock for a merged tree: for each stage, the entry of a known run with the very same inputs.

`dvc repro` runs afterwards, compares every hash with the file on disk, and runs what does not fit. So the proposal is
trusted no more than any dvc.lock in git.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assay.lineage.graph import Node, as_path, touches
from assay.lineage.statement import same
from assay.merging.sources import KnownResults

YES, PERHAPS, NO = "yes", "perhaps", "no"
Hash = Callable[[str], str]
Values = Callable[[str, str], Any]


@dataclass(frozen=True)
class Chosen:
    """The run whose entry is taken for a stage. `known`: all its inputs are known to be the same.

    They are not known if an earlier stage must run first. Then this is the run that is most likely to fit.
    """

    source: KnownResults
    known: bool


def choose(graph: Sequence[Node], sources: Sequence[KnownResults], there: Hash, values: Values) -> dict[str, Chosen]:
    """The run to take each stage from, by stage. A stage that no run has is left out.

    `graph`: each stage after those it needs. `there`: gives the hash of a file that people write, as in dvc.lock.
    `values`: gives the value of a key in a file of params.
    """
    made: dict[str, str | None] = {}  # the hash of each output; None if only a run can tell
    chosen: dict[str, Chosen] = {}
    for node in graph:
        best = _best(node, sources, made, there, values)
        if best:
            chosen[node.name] = best
        made |= {out: recorded(best.source, out) if best and best.known else None for out in node.outs}
    return chosen


def _best(
    node: Node, sources: Sequence[KnownResults], made: dict[str, str | None], there: Hash, values: Values
) -> Chosen | None:
    answers: dict[str, KnownResults] = {}
    for source in (one for one in sources if node.name in stages(one)):
        answer = fit(node, source, made, there, values)
        if answer == YES:
            return Chosen(source, known=True)
        answers.setdefault(answer, source)
    likely = answers.get(PERHAPS) or answers.get(NO)
    return Chosen(likely, known=False) if likely else None


def fit(node: Node, source: KnownResults, made: dict[str, str | None], there: Hash, values: Values) -> str:
    """Whether a run had the stage's present command, params and inputs, and its outputs are available."""
    entry = stages(source)[node.name]
    deps = {as_path(dep.get("path")): dep.get("md5") for dep in _items(entry, "deps")}
    outs = {as_path(out.get("path")): out.get("md5") for out in _items(entry, "outs")}
    if entry.get("cmd") != node.cmd or deps.keys() != node.deps or outs.keys() != node.outs:
        return NO
    expected = {file: {key: values(file, key) for key in keys} for file, keys in node.params.items()}
    if not same(entry.get("params") or {}, expected):
        return NO
    answers = {_dep(path, recorded_, source, made, there) for path, recorded_ in deps.items()}
    if NO in answers or any(source.md5(path) != outs[path] for path in node.in_git):
        return NO
    return PERHAPS if PERHAPS in answers else YES


def composed(graph: Sequence[Node], sources: Sequence[KnownResults], chosen: dict[str, Chosen]) -> dict[str, Any]:
    """The content of dvc.lock: stages in the order of the first run, then new ones."""
    first = sources[0].lock or {"schema": "2.0"}
    declared = {node.name for node in graph}
    generated = {name: one for name, one in stages(sources[0]).items() if name.partition("@")[0] in declared}
    order = [*generated, *(node.name for node in graph if node.name not in generated)]
    entries = {name: stages(chosen[name].source)[name] if name in chosen else generated.get(name) for name in order}
    return {**first, "stages": {name: entry for name, entry in entries.items() if entry}}


def stages(source: KnownResults) -> dict[str, Any]:
    """The entries of the dvc.lock of a run, by stage."""
    return source.lock.get("stages", {})


def recorded(source: KnownResults, path: str) -> str | None:
    """The hash that the dvc.lock of a run has for an output."""
    outs = (out for entry in stages(source).values() for out in _items(entry, "outs"))
    return next((out.get("md5") for out in outs if as_path(out.get("path")) == path), None)


def _dep(path: str, had: str | None, source: KnownResults, made: dict[str, str | None], there: Hash) -> str:
    outs = [out for out in made if touches(path, out)]
    if not outs:
        return YES if there(path) == had else NO
    if any(made[out] not in (None, recorded(source, out)) for out in outs):
        return NO
    return PERHAPS if any(made[out] is None for out in outs) else YES


def _items(entry: dict[str, Any], kind: str) -> Iterable[dict[str, Any]]:
    return (one for one in entry.get(kind) or [] if isinstance(one, dict))
