"""What attacks would do if they got through: leave a file behind."""

from pathlib import Path
from typing import Any


class Touching:
    """Pickled, makes an empty file when it is read."""

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (self.path, "w")
