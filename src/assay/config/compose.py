"""Composes conf/ (the menu, all settings) into params.yaml (the order, those of the next run)."""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, ListConfig, Node, OmegaConf
from yaml import YAMLError

from assay.config import models, schema
from assay.config.dataset import personal_in
from assay.config.load import KEEP_OUT, PARAMS, typed
from assay.config.unknown_key import name_the_nearest
from assay.dvc_internals.configuration import composed_text, override_error
from assay.errors import AssayError
from assay.files import read_text
from assay.lineage.busy import LOOKING, looking, require_idle
from assay.machine import of_the_system

CONF = Path("conf")
OVERRIDE = "correct the override"
HYDRA_LINES = ("object_type", "To append to your")  # nobody knows the first, and the schemas refuse the second
PLUGINS = Path("src")
ENVIRONMENT = ("oc.env", "env")  # resolvers that would write a variable of the machine into what is committed


def register() -> None:
    """Make the schemas, and the resolvers of the configuration, known to Hydra in this process."""
    from hydra.core.config_store import ConfigStore

    store = ConfigStore.instance()
    store.store(group="schema", name="config", node=schema.Config)
    for name, model in models.MODELS.items():
        store.store(group="schema/model", name=name, node=model)
    store.store(group="schema/engine", name=schema.STREAM, node=schema.StreamEngine)
    store.store(group="schema/engine", name=schema.DASK, node=schema.DaskEngine)
    OmegaConf.register_new_resolver("assay.checked", _checked, replace=True)
    OmegaConf.register_new_resolver("assay.personal", _personal, replace=True)
    for name in ENVIRONMENT:
        OmegaConf.register_new_resolver(name, _refused, replace=True)
    name_the_nearest()


def _checked(version: int, _root_: DictConfig) -> int:
    """`version: ${assay.checked:1}` composes to 1 if, and only if, every value is within its range.

    Hydra checks only types; a range can be checked only when a value is resolved. As a part of the configuration, this
    check runs wherever it is composed, inside `dvc exp run` too.
    """
    try:
        if not LOOKING.get():
            require_idle()  # `dvc exp run` is about to write params.yaml
        others = {str(name): _plain(_root_[name]) for name in _root_ if name != "version"}
        typed({**others, "version": version})
    except AssayError as error:
        raise _as_it_is(error) from None
    return version


def _plain(part: Any) -> Any:
    """The value of a part of a configuration, as a plain one."""
    return OmegaConf.to_container(part, resolve=True) if OmegaConf.is_config(part) else part


def _as_it_is(error: AssayError) -> Exception:
    """The error in a form to which neither OmegaConf nor DVC adds a text of its own."""
    from omegaconf.errors import InterpolationResolutionError

    kinds = (AssayError, InterpolationResolutionError, override_error())
    said_all = {"_initialized": True}  # as OmegaConf marks an error that it has added its words to
    return type("Refused", kinds, said_all)(error.what, where=error.where, rows=error.rows, todo=error.todo)


def _personal(_parent_: DictConfig) -> ListConfig:
    """`personal: ${assay.personal:}` composes to the columns of that role: a stage may depend on those alone."""
    return OmegaConf.create(personal_in(_parent_.columns))


def _refused(*_: Any, _node_: Node) -> None:
    """Replaces the resolvers that read the environment: a secret would end up in params.yaml, dvc.lock and cards."""
    key = str(_node_._get_full_key(None)).replace("_dummy_", "a choice of a group")  # as Hydra calls it
    what = f"{key} reads the environment: composed values are committed, secrets too"
    raise _as_it_is(AssayError(what, where=str(CONF), todo=KEEP_OUT))


def composed(overrides: Sequence[str] = (), conf: Path = CONF) -> str:
    """The text of params.yaml that `dvc exp run -S ...` would write."""
    try:
        with looking():
            return composed_text(conf, str(PLUGINS), overrides)
    except Exception as error:  # of Hydra, OmegaConf or the parser: the user can correct all of them
        if of_the_system(error):
            raise
        if isinstance(error, UnicodeDecodeError):
            for file in sorted(conf.rglob("*.yaml")):
                read_text(file)  # names the one that is to blame
        in_a_file = not overrides or isinstance(error, YAMLError)
        raise refusal(error, f"correct the file in {CONF}/" if in_a_file else OVERRIDE) from error


def difference(text: str, path: Path = PARAMS) -> str:
    """A unified diff from `text`, to which conf/ composes, to params.yaml; empty if they are equal."""
    held = path.read_text() if path.exists() else ""
    lines = difflib.unified_diff(text.splitlines(), held.splitlines(), "conf/", str(path), lineterm="")
    return "\n".join(lines)


def refusal(error: Exception, todo: str = OVERRIDE) -> AssayError:
    """An error of composing as an AssayError. If OmegaConf wraps the error of one of our checks, that error."""
    ours = _ours(error)
    if ours is None:
        return AssayError(_reason(error), where=str(CONF), todo=todo)
    return AssayError(ours.what, where=ours.where or str(CONF), todo=ours.todo)


def _ours(error: BaseException | None) -> AssayError | None:
    if error is None or isinstance(error, AssayError):
        return error
    return _ours(error.__cause__ or error.__context__)


def _reason(error: BaseException) -> str:
    """The sentences of an error and its cause."""
    causes = [error] if error.__cause__ is None else [error, error.__cause__]
    text = "\n".join(str(cause).partition("Config search path")[0] for cause in causes)
    lines = (line.strip().rstrip(".") for line in text.splitlines() if not line.strip().startswith(HYDRA_LINES))
    return "; ".join(dict.fromkeys(filter(None, lines))).replace(":; ", ": ")
