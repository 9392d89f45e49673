"""What the schemas of the configuration are written in."""

from dataclasses import field
from typing import Any

MISSING: Any = "???"  # as OmegaConf writes a value that must be given


def number(low: float, high: float = float("inf"), *, open_low: bool = False, default: Any = MISSING) -> Any:
    """A field whose value must lie in [low, high], or in (low, high] with `open_low`."""
    return field(default=default, metadata={"low": low, "high": high, "open_low": open_low})
