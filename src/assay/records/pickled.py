"""Reads a pickled pandas table without running anything that the file names.

A pickle is a program: it names functions and calls them. Here a stand-in replaces every name and keeps the arguments.
The table is built from these arguments, if they describe plain columns. pandas and NumPy never get the pickled state,
because they would not check it.
"""

import io
import lzma
import pickle
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from assay.errors import AssayError

MAX_BYTES = 4 << 30  # unpacked: a small xz file can hold terabytes
NUMBERS = ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8", "b1")
TIME, OBJECT = "M8", "O8"
TEXTS = ("string", "large_string")
PLAIN = (str, int, float, bool, type(None))  # what may stand in a column of objects


class StandIn:
    """Stands for anything that a pickle names: its name, its arguments and its state."""

    name = ""

    def __new__(cls, *arguments: Any, **_: Any) -> "StandIn":
        made = super().__new__(cls)
        made.arguments, made.state = arguments, None
        return made

    arguments: tuple[Any, ...]
    state: Any

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Unpickler(pickle._Unpickler):  # the one in Python: nine bytes make the one in C allocate any amount of memory
    def find_class(self, module: str, name: str) -> Any:
        return type("StandIn", (StandIn,), {"name": name})


def read_pickle(path: Path) -> pd.DataFrame:
    """The table of an xz-compressed pickle of numbers, texts, truth values and dates.

    A file that is damaged, too large, or has other content raises an AssayError or an error of the pickle, xz, NumPy or
    Arrow readers.
    """
    with lzma.open(path) as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise _refused("more than 4 GiB")
    return _table(_Unpickler(io.BytesIO(content)).load())


def _table(frame: Any) -> pd.DataFrame:
    """The table from a DataFrame's block manager, which has arrays of several columns, their positions, and axes."""
    manager = _named(frame, "DataFrame").state["_mgr"]
    blocks, axes = _named(manager, "BlockManager").arguments
    names = _labels(axes[0])
    columns: dict[int, Any] = {}
    for block in blocks:
        values, places, _ = _named(block, "_unpickle_block").arguments
        columns |= dict(zip(_places(places), _rows(_array(values)), strict=True))
    table = pd.DataFrame(dict(sorted(columns.items())))
    if list(table) != list(range(len(names))):
        raise _refused("names without values")
    return table.set_axis(names, axis=1)


def _rows(values: Any) -> list[Any]:
    """One column for each row of a block, with the block's dtype."""
    rows = values if isinstance(values, np.ndarray) and values.ndim == 2 else [values]
    return [pd.Series(row, dtype=row.dtype) for row in rows]


def _labels(index: Any) -> list[Any]:
    kind, content = _named(index, "_new_Index").arguments
    if getattr(kind, "name", "") != "Index":
        raise _refused("columns without names")
    return list(_array(content["data"]))


def _places(places: Any) -> list[int]:
    if isinstance(places, StandIn) and places.name == "slice":
        return list(range(*places.arguments))
    return [int(place) for place in _array(places)]


def _array(made: Any) -> Any:
    """A NumPy array, in any of its pickled forms, or Arrow's texts."""
    if made.name == "_frombuffer":
        content, dtype, shape, order = made.arguments
        return _numbers(content, _dtype(dtype), shape, order)
    if made.name == "_reconstruct":
        _, shape, dtype, by_column, content = made.state
        order = "F" if by_column else "C"
        return (
            _objects(content, shape, order)
            if _code(dtype) == OBJECT
            else _numbers(content, _dtype(dtype), shape, order)
        )
    if made.name == "__pyx_unpickle_NDArrayBacked":
        if (made.arguments[0].name, made.state[0].name) != ("DatetimeArray", "dtype"):
            raise _refused(f"a column of {made.arguments[0].name}, or with a time zone")
        return _array(made.state[1])
    if made.name == "ArrowStringArray":
        return _texts(made.state["_pa_array"])
    raise _refused(f"a column of {made.name}")


def _numbers(content: Any, dtype: str, shape: tuple[int, ...], order: Any) -> np.ndarray:
    return np.frombuffer(_bytes(content), dtype=dtype).reshape(shape, order=order)


def _objects(content: list[Any], shape: tuple[int, ...], order: Any) -> np.ndarray:
    if not isinstance(content, list) or not all(type(value) in PLAIN for value in content):
        raise _refused("objects that are neither texts nor numbers")
    if len(content) != prod(shape):
        raise _refused("fewer values than it says")
    values = np.empty(len(content), dtype=object)
    values[:] = content
    return values.reshape(shape, order=order)


def _texts(array: Any) -> pd.Series:
    """Arrow's texts, checked in full: their offsets come from the file."""
    parts = array.arguments[0] if array.name == "chunked_array" else [array]
    return pd.Series([text for part in parts for text in _arrow(part).to_pylist()], dtype="str")


def _arrow(array: Any) -> pa.Array:
    ((kind, length, _, offset, buffers, *_),) = _named(array, "_restore_array").arguments
    if kind.arguments[0] not in TEXTS:
        raise _refused(f"a column of {kind.arguments[0]}")
    held = [one if one is None else pa.py_buffer(_bytes(one.arguments[0])) for one in buffers]
    values = pa.Array.from_buffers(pa.type_for_alias(kind.arguments[0]), length, held, offset=offset)
    values.validate(full=True)
    return values


def _bytes(held: Any) -> bytes:
    """Bytes. Older protocols write them as texts in Latin-1."""
    if isinstance(held, StandIn) and held.name in ("bytes", "bytearray", "encode"):
        content = held.arguments[0] if held.arguments else b""
        return content.encode("latin1") if isinstance(content, str) else _bytes(content)
    if isinstance(held, bytes | bytearray):
        return bytes(held)
    raise _refused("something in place of bytes")


def _dtype(dtype: Any) -> str:
    code = _code(dtype)
    order = _named(dtype, "dtype").state[1]
    if code in NUMBERS and order in ("<", ">", "|"):
        return f"{order}{code}"
    if code == TIME and order in ("<", ">"):
        unit, number, *_ = dtype.state[8][1]
        return np.dtype(f"{order}M8[{int(number)}{_bytes(unit).decode()}]").str
    raise _refused(f"a column of {code!r}")


def _code(dtype: Any) -> str:
    code = _named(dtype, "dtype").arguments[0]
    return code if isinstance(code, str) else ""


def _named(made: Any, name: str) -> StandIn:
    if isinstance(made, StandIn) and made.name == name:
        return made
    raise _refused(f"{getattr(made, 'name', type(made).__name__)} in place of {name}")


def _refused(what: str) -> AssayError:
    return AssayError(f"it holds {what}, not the plain columns of a table; save it as Parquet")
