"""Columns that are described in two words: `value_2: like value_1`. A table of thousands has few kinds of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from assay.config.fields import OUTSIDE, ReadAs

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, ValidatorFunctionWrapHandler
    from pydantic_core import CoreSchema

LIKE = "like "  # then the name of a column that has a description of its own
T = TypeVar("T")


def model_of(description: Any) -> str | None:
    """The column that this one is like; None if it has a description of its own."""
    return description.removeprefix(LIKE) if isinstance(description, str) and description.startswith(LIKE) else None


def distinct(columns: Mapping[str, T]) -> dict[str, T]:
    """Of the columns that have one description, as `Alike` reads it, the first."""
    first: dict[int, str] = {}
    return {name: one for name, one in columns.items() if first.setdefault(id(one), name) == name}


@dataclass(frozen=True)
class Alike(ReadAs):
    """For a mapping of columns: each description is read once, and is the same object for all columns like it."""

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema

        return core_schema.no_info_wrap_validator_function(_read, handler.generate_schema(self.kind))


def _read(columns: Any, read: "ValidatorFunctionWrapHandler") -> Any:
    like = {name: of for name, one in columns.items() if (of := model_of(one))} if isinstance(columns, dict) else {}
    if not like:
        return read(columns)
    own = read({name: one for name, one in columns.items() if name not in like})
    _require_described(like, own)
    others = iter(own.items())  # under their names as texts
    return dict((str(name), own[like[name]]) if name in like else next(others) for name in columns)


def _require_described(like: Mapping[str, str], own: Mapping[str, Any]) -> None:
    """pydantic's error with each column that is like one that has no description of its own."""
    from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

    if wrong := {name: of for name, of in like.items() if of not in own}:
        told = PydanticCustomError(OUTSIDE, "names no column that has a description of its own")
        raise ValidationError.from_exception_data(
            "columns", [InitErrorDetails(type=told, loc=(name,), input=f"{LIKE}{of}") for name, of in wrong.items()]
        )
