"""Tells an experiment that somebody keeps (`dvc exp apply`) from a params.yaml that is out of date or was edited.

Both differ from what conf/ composes to. An experiment ran: dvc.lock says that its stages had the values of params.yaml.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.doctor.clone import Clone
from assay.doctor.lock import entry
from assay.errors import AssayError
from assay.files import yaml_mapping
from assay.lineage.graph import PARAMS
from assay.lineage.lock import leaves
from assay.lineage.statement import same

CONF = Path("conf")
SHOWN = 6  # values that are named
SWEEPS = "conf/sweep/"  # not part of what is composed
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
    """Why params.yaml differs from what conf/ composes to (`text`)."""
    stale = Disagreement("not what conf/ composes to", STALE)
    params = _read(clone)
    if not params or _conf_is_newer(clone):
        return stale
    recorded, here, there = _recorded(clone), leaves(params), leaves(yaml_mapping(text))
    values = {key: here.get(key) for key in (here | there) if not same(here.get(key), there.get(key))}
    ran = [all(same(had, value) for had in recorded.get(key, [None])) for key, value in values.items()]
    if not any(ran):
        return stale
    what = "what an experiment ran with, and conf/ does not say it" if all(ran) else stale.what
    return Disagreement(what, _keeping(clone, values), ran=True, edited=not all(ran))


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


def _recorded(clone: Clone) -> dict[str, list[Any]]:
    """Each value of params.yaml that dvc.lock names, by its dotted key: one for each stage that had it."""
    found: dict[str, list[Any]] = {}
    for stage, block in clone.lock.entries.items():
        files = (entry(stage, block) or {}).get("params")
        values = files.get(PARAMS) if isinstance(files, dict) else None
        for name, value in values.items() if isinstance(values, dict) else ():
            for key, leaf in leaves(value, str(name)).items():
                found.setdefault(key, []).append(leaf)
    return found


def _keeping(clone: Clone, values: Mapping[str, Any]) -> str:
    """The way to say in conf/ what params.yaml says, and the way back."""
    edits = [f"{key}: {json.dumps(value, ensure_ascii=False, default=str)}" for key, value in values.items()]
    shown = ", ".join(edits[:SHOWN]) + (f" and {len(edits) - SHOWN} more" if len(edits) > SHOWN else "")
    uncommitted = any(change.path == PARAMS for change in clone.changes)
    drop = "assay back" if uncommitted else "assay params, then dvc repro"
    return f"to keep it ({shown}): assay params --keep, and commit. To drop it: {drop}"
