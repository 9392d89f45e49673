"""How a version of the model is named: `model@v1.2.0` for git, v1.2.0 for people."""

import re

ARTIFACT = "model"  # its name under `artifacts` in dvc.yaml
VERSION = re.compile(r"v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?", re.ASCII)


def version_tag(name: str) -> str:
    """The tag of the version that people name so; "" if it is no name of a version.

    >>> version_tag("v1.2.0"), version_tag("1.2.0"), version_tag("main")
    ('model@v1.2.0', 'model@v1.2.0', '')
    """
    return f"{ARTIFACT}@v{name.removeprefix('v')}" if VERSION.fullmatch(name) else ""
