"""Where a result comes from: the hashes of everything that its stage depends on, as dvc.lock will hold them."""

from importlib.metadata import version
from pathlib import Path

import yaml

from assay.files import md5

LIBRARIES = ("numpy", "pandas", "pyarrow", "scikit-learn", "scipy", "skops", "xgboost-cpu")


def dependencies(stage: str) -> dict[str, str]:
    """Path to MD5 of each file and folder that dvc.yaml lists as a dependency of `stage`, by path."""
    declared = yaml.safe_load(Path("dvc.yaml").read_text(encoding="utf-8"))["stages"][stage]["deps"]
    return {path: md5(Path(path)) for path in sorted(declared)}


def versions() -> dict[str, str]:
    """The versions of the libraries that decide what a model is."""
    return {name: version(name) for name in LIBRARIES}
