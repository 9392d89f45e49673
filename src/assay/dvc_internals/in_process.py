"""`dvc repro` in a warm process: DVC decides what to run, and the commands of stages are functions of the process."""

import pickle
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from assay.dvc_internals.boundary import otherwise, part
from assay.dvc_internals.repository import opened

Run = Callable[[str, Mapping[str, str]], bool]


def _to_processes(run: Run) -> bool:
    """Leave each stage to a process of its own."""
    return False


@otherwise(_to_processes)
def hand_over(run: Run) -> bool:
    """Let DVC hand commands to `run` from now on, and leave dvc.lock to `reproduce`; False if this DVC cannot.

    DVC notes no more which files it reads and writes, five times a stage: nobody else may work in this repository. It
    asks git once for each output, not in each run, whether it tracks it: no run may add to git's index.
    `run` takes a command and its variables. It says whether it ran it: a command that it did not run gets a process of
    its own. SystemExit with a code says that the command failed.
    """
    in_a_process_of_its_own = part("dvc.stage.run:_run", "executable cmd")
    module, stage = part("dvc.stage.run"), part("dvc.stage:Stage")
    part("dvc.stage:Stage.dump", "self"), part("dvc.stage:Stage.dvcfile")
    part("dvc.dvcfile:ProjectFile.dump_stages", "self stages update_pipeline")
    part("dvc.repo:Repo.reproduce", "self")
    git, tracked = part("scmrepo.git:Git"), part("scmrepo.git:Git.is_tracked")
    part("dvc.rwlock:rwlock", "tmp_dir fs cmd read write hardlink")
    noting = part("dvc.rwlock")
    failed = part("dvc.stage.exceptions:StageCmdFailedError", "cmd status")

    def here(executable: str | None, cmd: str, **options: Any) -> None:
        try:
            if not run(cmd, options["env"]):
                in_a_process_of_its_own(executable, cmd, **options)
        except SystemExit as end:
            if end.code:
                raise failed(cmd, end.code) from end

    module._run = here
    stage.dump = lambda stage, **options: None
    noting.rwlock = lambda *files: nullcontext()
    known: dict[str, bool] = {}

    def once(scm: Any, path: str) -> bool:
        if path not in known:
            known[path] = tracked(scm, path)
        return known[path]

    git.is_tracked = once
    return True


def reproduce() -> None:
    """`dvc repro` here after `hand_over`; writes dvc.lock once, at the end.

    DVC writes it after each stage, which takes a quarter of the time of a run.
    """
    with opened() as repo:
        stages = repo.reproduce()
        files = {stage.dvcfile.path: stage.dvcfile for stage in stages}
        for path, file in files.items():
            file.dump_stages([stage for stage in stages if stage.dvcfile.path == path], update_pipeline=False)


def _as_ever() -> None:
    """Leave it to DVC."""


@otherwise(_as_ever)
def parse_once() -> None:
    """Let DVC parse each text of YAML once, in C: it reads params.yaml and dvc.lock two dozen times a run.

    DVC's slow parser keeps comments; it is used for dvc.lock, which has none.
    """
    parse = part("dvc.utils.serialize._yaml:parse_yaml", "text path typ")
    part("dvc.utils.serialize._yaml:parse_yaml_for_update", "text path")
    part("dvc.utils.strictyaml:parse_yaml", "text path typ")
    serialize, strictyaml = part("dvc.utils.serialize._yaml"), part("dvc.utils.strictyaml")
    parsed = lru_cache(lambda text, path: pickle.dumps(parse(text, path)))
    serialize.parse_yaml = lambda text, path, typ="safe": pickle.loads(parsed(text, path))
    serialize.parse_yaml_for_update = strictyaml.parse_yaml = serialize.parse_yaml


@otherwise(_as_ever)
def find_keys_at_once() -> None:
    """Let DVC go straight to a key of params.yaml: it looks at all keys for each one, in case that is a pattern."""
    module, dpath = part("dvc.dependency.param"), part("dvc.dependency.param:dpath")
    search = part("dvc.dependency.param:dpath.get", "obj glob separator")

    def get(params: Any, key: str, separator: str) -> Any:
        found = params
        for name in key.split(separator):
            if not isinstance(found, dict) or name not in found:
                return search(params, key, separator=separator)
            found = found[name]
        return found

    module.dpath = SimpleNamespace(get=get, search=dpath.search)
