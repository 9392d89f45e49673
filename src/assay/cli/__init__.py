"""The `assay` command, which adds what DVC's own commands do not do."""

from assay.cli.commands import main

__all__ = ["main"]
