"""How a node of dvc.yaml starts: `@stage` around one function of the configuration."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assay.config.schema import Config
from assay.errors import AssayError, reported
from assay.forkserver.client import DVC_STAGE, leave_server
from assay.root import enter_root

Run = Callable[[Config], None]


def stage(run: Run) -> Callable[[], None]:
    """Make a command of a stage.

    Without arguments it reads params.yaml, as `dvc repro` does. With arguments it is a Hydra app on conf/
    (`python -m assay.stages.train model=logistic`, `--cfg job`, `-m`), for trying things out. Either way it states what
    it used and made: see `assay.lineage`.
    """
    name = Path(sys.modules[run.__module__].__file__ or "").stem

    def main() -> None:
        with reported(f"assay {name}"):
            root = enter_root()
            if run.__module__ == "__main__":
                _run_code_of(root)
            if sys.argv[1:]:
                _hydra_app(run, name)
            else:
                _run_order(run, name)
            if run.__module__ == "__main__":
                _note_cost(name)
                _end_for_dvc()

    main.__doc__ = run.__doc__
    return main


def _run_order(run: Run, name: str) -> None:
    """Run it with params.yaml, which must not change meanwhile."""
    from assay.config.load import order, plain
    from assay.config.reading import watched
    from assay.lineage.running import stated

    values, config = order()
    with stated(name, values, reread=plain) as read:
        run(watched(config, read))


def _note_cost(name: str) -> None:
    """Note what this process cost; nothing for a program that is no stage of the line."""
    from assay.lineage.costs import note
    from assay.lineage.statement import read

    if statement := read(name):
        note(name, statement.deps, statement.outs)


def _end_for_dvc() -> None:
    """Where DVC runs the stage, end without taking the interpreter down, which takes longer than many a stage.

    DVC reads params.yaml and the files once the process is gone. What changes until then, no stage sees.
    """
    if DVC_STAGE not in os.environ:
        return
    leave_server()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _run_code_of(root: Path) -> None:
    """Start again with the code under `root`, if this is another copy of it.

    DVC runs queued experiments in a copy of the repo, while an editable install points at the workspace: what runs
    must be what dvc.lock names.
    """
    own = root / "src"
    if not (own / "assay").is_dir() or Path(__file__).resolve().is_relative_to(own.resolve()):
        return
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if str(own) == paths[0]:  # and yet it is not what runs: python -I, or a folder called assay
        todo = "python -m assay.stages.NAME, without -I, -E or -P, where no folder here is called assay"
        raise AssayError(f"another copy of the code runs: {Path(__file__).parents[1]}", where=str(own), todo=todo)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(own), *paths]))}
    raise SystemExit(subprocess.run([sys.executable, *sys.orig_argv[1:]], env=environment).returncode)


def _hydra_app(run: Run, name: str) -> None:
    import hydra
    from omegaconf import DictConfig, OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    from assay.config.compose import CONF, refusal, register
    from assay.config.load import typed
    from assay.config.reading import watched
    from assay.lineage.running import stated

    def task(composed: DictConfig) -> None:
        with reported(f"assay {name}"):
            try:
                OmegaConf.resolve(composed)
            except OmegaConfBaseException as error:
                raise refusal(error) from error
            chosen: dict[str, Any] = OmegaConf.to_container(composed)  # type: ignore[assignment]
            config = typed(chosen)
            with stated(name, chosen, reread=None) as read:
                run(watched(config, read))

    register()
    _keep_to_composing()
    # Hydra writes multirun.yaml somewhere whatever it is told: let that be a folder that goes away.
    with tempfile.TemporaryDirectory() as scratch:
        sys.argv.insert(_beside_overrides(sys.argv), f"hydra.sweep.dir={scratch}")
        hydra.main(version_base="1.3", config_path=str(CONF.absolute()), config_name="config")(task)()


def _keep_to_composing() -> None:
    """Keep Hydra from calling what a `hydra:` section in conf/ may name: callbacks and loggers."""
    from hydra._internal import hydra as internals
    from hydra._internal.callbacks import Callbacks
    from hydra.core import utils

    internals.Callbacks = lambda _: Callbacks()  # type: ignore[misc,assignment]
    internals.configure_log = utils.configure_log = lambda *_: None


def _beside_overrides(arguments: list[str]) -> int:
    """The place for one more override: argparse takes all of them together, before or after the options."""
    overrides = (place for place, one in enumerate(arguments) if place and "=" in one and not one.startswith("-"))
    return next(overrides, len(arguments))
