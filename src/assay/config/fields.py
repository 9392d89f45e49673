"""Fields for the schemas of the configuration."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, TypeAdapter
    from pydantic_core import CoreSchema

MISSING: Any = "???"  # OmegaConf's mark for a value that must be given
OUTSIDE = "outside"  # pydantic's type of the error of a value out of its range
T = TypeVar("T")


@dataclass(frozen=True)
class Within:
    """The range of a number: `Annotated[int, Within(1, 64)]` is from 1 to 64; with `open_low` 1 itself is outside.

    pydantic checks it when a configuration is read. Hydra does not see it: to it the field is an `int`.
    """

    low: float
    high: float = float("inf")
    open_low: bool = False

    def __str__(self) -> str:
        low, high = f"{self.low:.12g}", f"{self.high:.12g}"
        least = f"above {low}" if self.open_low else f"at least {low}"
        if self.high == float("inf"):
            return least
        if self.low == float("-inf"):
            return f"at most {high}"
        return f"{least}, at most {high}" if self.open_low else f"from {low} to {high}"

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        """Check the type first, with pydantic's own message, then the range."""
        from pydantic_core import core_schema

        of_the_type = handler(source)
        ends = {"gt" if self.open_low else "ge": self.low, "le": self.high}
        bounds = {name: end for name, end in ends.items() if math.isfinite(end)}
        in_range: Any = {**of_the_type, **bounds}
        said = core_schema.custom_error_schema(in_range, OUTSIDE, custom_error_message=f"must be {self}")
        return core_schema.chain_schema([of_the_type, said])


Count = Annotated[int, Within(1)]
Whole = Annotated[int, Within(0)]
Share = Annotated[float, Within(0, 1)]
Part = Annotated[float, Within(0, 1, open_low=True)]
Positive = Annotated[float, Within(0, open_low=True)]
NotNegative = Annotated[float, Within(0)]


class OneOf:
    """For a text that is one of these: `Annotated[str, OneOf("cpu", "cuda")]`. Hydra does not see it."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema

        said = f"must be one of: {', '.join(self.choices)}"
        one = core_schema.literal_schema(list(self.choices))
        return core_schema.custom_error_schema(one, OUTSIDE, custom_error_message=said)


@dataclass(frozen=True)
class ReadAs:
    """The type as which pydantic reads a field that is `Any` to Hydra: `Annotated[Any, ReadAs(Sample | None)]`."""

    kind: Any

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        return handler.generate_schema(self.kind)


@dataclass(frozen=True)
class OneOrMore:
    """For a field that is `Any` to Hydra: a text, or a list of texts with at least one."""

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema

        one = core_schema.str_schema(coerce_numbers_to_str=True)
        choices: list[Any] = [one, core_schema.list_schema(one, min_length=1)]
        said = "must be a text, or a list of texts"
        return core_schema.union_schema(choices, custom_error_type=OUTSIDE, custom_error_message=said)


class ByName:
    """For a field that is `Any` to Hydra: pydantic reads the mapping there as the kind that its key `name` selects.

    A mapping with another name stays as it is. In the location of an error the name comes after the field.
    """

    def __init__(self, kinds: Mapping[str, type]) -> None:
        self.kinds = kinds

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(self._read, core_schema.dict_schema())

    def _read(self, plain: dict[str, Any]) -> Any:
        name = str(plain.get("name"))
        return validated(self.kinds[name], plain, name) if name in self.kinds else plain


def validated(kind: type[T], plain: object, key: str = "") -> T:
    """The plain value that stands at `key`, as a dataclass. Raises pydantic's ValidationError with all faults."""
    return _adapter(cast("Any", kind)).validate_python({key: plain})[key]


@cache
def _adapter(kind: Any) -> "TypeAdapter[dict[str, Any]]":
    from pydantic import ConfigDict, TypeAdapter

    # It would look for plugins in the metadata of every installed package, which takes longer than all else here.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Numbers are taken as texts: a contract may list the codes 1 and 2 without quotes.
    return TypeAdapter(dict[str, kind], config=ConfigDict(extra="forbid", coerce_numbers_to_str=True))
