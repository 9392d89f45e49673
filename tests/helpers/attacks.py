"""What attacks would do if they got through: leave a file behind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any


class Calling:
    """Pickled, calls a function when it is read."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.function, self.arguments


def touching(path: str | Path) -> Calling:
    """Pickled, makes an empty file when it is read."""
    return Calling(open, str(path), "w")
