"""Tells an experiment that somebody keeps (`dvc exp apply`) from a params.yaml that is out of date or was edited.

Both differ from what conf/ composes to. An experiment ran: dvc.lock says that its stages had the values of params.yaml.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.doctor.clone import Clone
from assay.doctor.lock import entry
from assay.errors import AssayError
from assay.files import yaml_mapping
from assay.lineage.graph import PARAMS
from assay.lineage.statement import same

CONF, MENU = Path("conf"), "conf/config.yaml"
FIRST = "dataset"  # its choice chooses labels and split too
SHOWN = 12  # edits that are named
NAME = re.compile(r"[\w-]+")  # of a choice: nothing else is given to Hydra, or made a path of
SWEEPS = "conf/sweep/"  # not part of what is composed
ABSENT = object()
STALE = "assay params takes conf/; or put the change into conf/. assay doctor --mend composes, and keeps a copy"


@dataclass(frozen=True)
class Disagreement:
    """How params.yaml differs from conf/, in words, and what to do.

    `ran`: a run had at least one of the values that conf/ does not say, so composing would undo an experiment.
    `edited`: no run had another one.
    """

    what: str
    todo: str
    ran: bool = False
    edited: bool = False


def disagreement(clone: Clone, text: str) -> Disagreement:
    """What it means that params.yaml differs from what conf/ composes to (`text`)."""
    stale = Disagreement("not what conf/ composes to", STALE)
    params = _read(clone)
    if not params or _conf_is_newer(clone):
        return stale
    choices, values = _decisions(params, text)
    recorded = _recorded(clone)
    wanted = {f"{group}.name": name for group, name in choices.items()}
    wanted |= {key: here for key, (here, _) in values.items()}
    ran = [key in recorded and all(same(had, value) for had in recorded[key]) for key, value in wanted.items()]
    if not any(ran):
        return stale
    what = "what an experiment ran with, and conf/ does not say it" if all(ran) else stale.what
    return Disagreement(what, _keeping(clone, choices, values, params), ran=True, edited=not all(ran))


def _read(clone: Clone) -> dict[str, Any]:
    """params.yaml; empty if it is none."""
    try:
        return yaml_mapping(clone.text(PARAMS))
    except ValueError:
        return {}


def _conf_is_newer(clone: Clone) -> bool:
    """Whether conf/ was edited, or committed, after params.yaml, which is out of date then; or git cannot tell."""
    try:
        edited = {one.path for one in clone.changes if one.index != "?" and not one.path.startswith(SWEEPS)}
        last, own = (
            clone.git("log", "--max-count=1", "--format=%H", "--", *of) for of in ([str(CONF), PARAMS], [PARAMS])
        )
    except AssayError:
        return True
    return PARAMS not in edited and (last != own or any(path.startswith(f"{CONF}/") for path in edited))


def _decisions(params: Mapping[str, Any], text: str) -> tuple[dict[str, str], dict[str, tuple[Any, Any]]]:
    """The choices of groups in params.yaml that conf/ does not make, and then the values: key to (here, conf/)."""
    from assay.config.compose import composed

    choices: dict[str, str] = {}
    said = yaml_mapping(text)
    for group in sorted(
        (path.name for path in CONF.iterdir() if path.is_dir()), key=lambda name: (name != FIRST, name)
    ):
        name = _name(params, group)
        if name and name != _name(said, group) and (CONF / group / f"{name}.yaml").is_file():
            with suppress(AssayError):
                said = yaml_mapping(
                    composed([*(f"{key}={value}" for key, value in choices.items()), f"{group}={name}"])
                )
                choices[group] = name
    here, there = _leaves(params), _leaves(said)
    keys = [key for key in (here | there) if not same(here.get(key, ABSENT), there.get(key, ABSENT))]
    return choices, {key: (here.get(key, ABSENT), there.get(key, ABSENT)) for key in keys}


def _name(config: Mapping[str, Any], group: str) -> str:
    found = config.get(group)
    name = str(found.get("name", "")) if isinstance(found, dict) else ""
    return name if NAME.fullmatch(name) else ""


def _leaves(value: Any, key: str = "") -> dict[str, Any]:
    """Every value that is no mapping, by its dotted key."""
    if not isinstance(value, dict):
        return {key: value}
    parts = (_leaves(part, f"{key}.{name}" if key else str(name)) for name, part in value.items())
    return {name: leaf for part in parts for name, leaf in part.items()}


def _recorded(clone: Clone) -> dict[str, list[Any]]:
    """Each value of params.yaml that dvc.lock names, by its dotted key: one for each stage that had it."""
    found: dict[str, list[Any]] = {}
    for stage, block in clone.lock.entries.items():
        files = (entry(stage, block) or {}).get("params")
        values = files.get(PARAMS) if isinstance(files, dict) else None
        for name, value in values.items() if isinstance(values, dict) else ():
            for key, leaf in _leaves(value, str(name)).items():
                found.setdefault(key, []).append(leaf)
    return found


def _keeping(
    clone: Clone, choices: Mapping[str, str], values: Mapping[str, tuple[Any, Any]], params: Mapping[str, Any]
) -> str:
    """The edits in conf/ that say the same as params.yaml, and the way back."""
    edits = [f"{group}: {name} in the defaults of {MENU}" for group, name in choices.items()]
    edits += [f"{key}: {_written(here)} in {_file(key, params)}" for key, (here, _) in values.items()]
    shown = "; ".join(edits[:SHOWN]) + (f"; and {len(edits) - SHOWN} more" if len(edits) > SHOWN else "")
    uncommitted = any(change.path == PARAMS for change in clone.changes)
    drop = "assay back" if uncommitted else "assay params, then dvc repro"
    return f"to keep it, write {shown}; then assay params, and commit. To drop it: {drop}"


def _written(value: Any) -> str:
    return "nothing" if value is ABSENT else json.dumps(value, ensure_ascii=False, default=str)


def _file(key: str, params: Mapping[str, Any]) -> str:
    """The file of conf/ that says a value: the menu, unless the choice's own file names it and serves only there."""
    group, last = key.partition(".")[0], key.rpartition(".")[2]
    name = _name(params, group)
    path = CONF / group / f"{name}.yaml"
    named = path.is_file() and _matches(path, rf"^\s*{re.escape(last)}\s*:")
    return str(path) if named and not _matches(Path(MENU), rf"^\s*-\s*{group}@\S+:\s*{name}\s*$") else MENU


def _matches(path: Path, pattern: str) -> bool:
    return bool(re.search(pattern, path.read_text(encoding="utf-8", errors="replace"), re.M))
