"""A contract that declares a source."""

from assay.config.dataset import Column, Dataset
from assay.config.source import Source


def declared(uri: object, sha: str, form: str | None = None, **roles: str) -> Dataset:
    columns = {name: Column("text", role) for name, role in roles.items()}
    return Dataset("any", Source(str(uri), sha, "", "", form), target="y", columns=columns)
