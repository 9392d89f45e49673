"""Builds the wheel of the small distribution: the modules of src/ that scoring needs, found by their imports.

A build backend as PEP 517 has it (`pip wheel packaging/scoring`): it copies the modules beside pyproject.toml into a
folder of their own, and lets flit build there. Same sources, same bytes.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flit_core import buildapi

HERE = Path(__file__).absolute().parent
ROOT = HERE.parents[1]
# Where the imports start: the command, and the classes that a model file of scikit-learn may name.
STARTS = ("assay.cli.scoring", "assay.modelling.zoo")
WITHOUT = ("assay.cli.commands", "assay.overview.load")  # the whole command; `assay.load`, for notebooks in the repo


def build_wheel(
    wheel_directory: str, config_settings: dict[str, Any] | None = None, metadata_directory: str | None = None
) -> str:
    """Write the wheel; its name."""
    target = Path(wheel_directory).absolute()
    os.environ.setdefault("SOURCE_DATE_EPOCH", "315532800")  # 1980, as far back as an archive can say
    with staged():
        return buildapi.build_wheel(str(target), config_settings)


def modules() -> set[str]:
    """The modules of the distribution by name; the current folder must be that of the repo."""
    sys.path.insert(0, str(ROOT / "src"))
    from assay.lineage.code import reached

    return reached(STARTS, WITHOUT)


@contextmanager
def staged() -> Iterator[None]:
    """Be in a folder that has only what belongs to the distribution."""
    with TemporaryDirectory() as folder:
        with chdir(ROOT):
            names = modules()
            from assay.lineage.code import files_of

            for path in sorted([*files_of(names), Path("LICENSE")]):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, folder / path)
        shutil.copyfile(HERE / "pyproject.toml", Path(folder, "pyproject.toml"))
        with chdir(folder):
            yield
