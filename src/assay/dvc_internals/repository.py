"""Asks DVC about the repository here: its configuration, its cache, its default remote."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assay.dvc_internals.boundary import otherwise, part, within
from assay.dvc_internals.commands import dvc, last_line
from assay.errors import AssayError


@contextmanager
def opened(root: Path = Path()) -> Iterator[Any]:
    """DVC's own repository at `root`."""
    with part("dvc.repo:Repo", "root_dir")(str(root)) as repo:
        yield repo


def _cache_by_command(root: Path = Path()) -> Path:
    return Path(root, dvc("cache", "dir", folder=root).strip())


@otherwise(_cache_by_command)
def cache_folder(root: Path = Path()) -> Path:
    """The folder of the local cache of the repository at `root`; AssayError if it has none."""
    with opened(root) as repo:
        local = within(repo, "cache.local")
        if local is None:
            raise AssayError("there is no local cache", where=str(root), todo="see: dvc cache dir")
        return Path(within(local, "path")).parents[1]


def _remote_by_command() -> str:
    return last_line("config", "core.remote")


@otherwise(_remote_by_command)
def default_remote() -> str:
    """The name of the default remote of the repository here; "" if it has none."""
    with opened() as repo:
        return within(repo, "config")["core"].get("remote", "")


def _config_by_command() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in dvc("config", "--list").splitlines():
        key, _, value = line.partition("=")
        section, *name, option = key.split(".")
        options = found.setdefault(section, {})
        (options.setdefault(".".join(name), {}) if name else options)[option] = value
    return found


@otherwise(_config_by_command)
def config() -> dict[str, Any]:
    """DVC's configuration of the repository here, of all its levels."""
    # Not of a Repo: that opens databases besides.
    folder = part("dvc.repo:Repo.find_dvc_dir", "root fs")()
    return dict(part("dvc.config:Config", "dvc_dir")(folder))


def _check_out_by_command() -> None:
    dvc("checkout", "--force", "--allow-missing")


@otherwise(_check_out_by_command)
def check_out() -> None:
    """Bring what dvc.lock names into the workspace, as far as the cache has it."""
    takes = "self targets with_deps force relink recursive allow_missing"
    checkout = part("dvc.repo:Repo.checkout", takes)
    with opened() as repo:
        checkout(repo, force=True, allow_missing=True)
