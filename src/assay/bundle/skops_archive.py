"""The skops archive of a model: the same bytes for the same model, and checked before it is read.

A skops file names the classes to create and their content. Only what a fitted model needs is allowed: no method is
looked up, no function that the file names is called, and each trusted name must be the same kind of node as in a model
of the zoo.
"""

import io
import itertools
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assay.errors import AssayError

SCHEMA = "schema.json"
MEMBER = re.compile(r"[0-9]{1,9}\.(npy|npz|bin)")  # the names that `canonical` gives
MAX_UNPACKED = 1 << 30  # bytes of a compressed array within the archive
# Names that a model file may contain, besides those that skops trusts, each with the kind of its node.
# (A partial is as harmless as its function, which must be trusted too.)
TRUSTED = {
    "assay.modelling.zoo.RuleClassifier": "ObjectNode",
    "assay.modelling.zoo.ThreadlessHistGBM": "ObjectNode",
    "functools.partial": "PartialNode",
    "numpy.dtype": "DTypeNode",
    "sklearn._loss.link.Interval": "ObjectNode",
    "sklearn._loss.link.LogitLink": "ObjectNode",
    "sklearn._loss.loss.HalfBinomialLoss": "ObjectNode",
    "sklearn.compose._column_transformer.make_column_selector": "ObjectNode",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper": "ObjectNode",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor": "ObjectNode",
    "sklearn.tree._tree.Tree": "TreeNode",
    "sklearn.utils.validation.check_array": "FunctionNode",
}
# The kinds of skops nodes that only have data, or create a trusted type.
NODES = {
    *("DictNode", "DefaultDictNode", "ListNode", "TupleNode", "SetNode", "SliceNode", "JsonNode", "BytesNode"),
    *("NdArrayNode", "MaskedArrayNode", "SparseMatrixNode", "RandomStateNode", "RandomGeneratorNode", "DTypeNode"),
    *("ObjectNode", "TypeNode", "FunctionNode", "PartialNode", "TreeNode", "LossNode"),
}


def read(content: bytes) -> Any:
    """The model in an archive; AssayError before anything is created, if `canonical` cannot have written the archive.

    Also raises the errors of skops and zipfile.
    """
    import skops.io

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_members(archive, len(content))
        _check_schema(json.loads(archive.read(SCHEMA)))
    if unknown := sorted(set(skops.io.get_untrusted_types(data=content)) - set(TRUSTED)):
        raise _refused(f"types that are not trusted: {', '.join(unknown)}")
    return skops.io.loads(content, trusted=list(TRUSTED))


def _check_members(archive: zipfile.ZipFile, size: int) -> None:
    """AssayError for an unknown file name, a compressed file, files that overlap, or arrays that are too large."""
    members = archive.infolist()
    if odd := [one.filename for one in members if one.filename != SCHEMA and not MEMBER.fullmatch(one.filename)]:
        raise _refused(f"a file of another name: {odd[0][:60]!r}")
    if len({one.filename for one in members}) < len(members):
        raise _refused("two files of one name")
    if any(one.compress_type != zipfile.ZIP_STORED for one in members) or sum(one.file_size for one in members) > size:
        raise _refused("packed files")
    for one in members:
        if one.filename.endswith(".npz"):
            with zipfile.ZipFile(io.BytesIO(archive.read(one))) as arrays:
                if sum(array.file_size for array in arrays.infolist()) > MAX_UNPACKED:
                    raise _refused(f"more than {MAX_UNPACKED >> 30} GiB in {one.filename}")


def _check_schema(schema: Any) -> None:
    from skops.io._protocol import PROTOCOL

    if not isinstance(schema, dict) or schema.get("protocol") != PROTOCOL:
        raise _refused("another version of its format")
    seen: set[Any] = set()
    for node in _nodes(schema):
        kind, name = node["__loader__"], f"{node.get('__module__')}.{node.get('__class__')}"
        if kind not in NODES or TRUSTED.get(name, kind) != kind:
            raise _refused(f"{name[:80]} as a {str(kind)[:40]}")
        if "__id__" in node:
            if not isinstance(node["__id__"], int) or node["__id__"] in seen:
                raise _refused("one object in two places")
            seen.add(node["__id__"])


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "__loader__" in node:
                yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _refused(what: str) -> AssayError:
    return AssayError(f"the model file holds {what}")


def canonical(archive: bytes) -> bytes:
    """A skops archive whose bytes depend only on the model.

    skops writes the time, and memory addresses as node ids and file names. Here ids become numbers in order of
    appearance, file names follow the ids, times are fixed, and nothing is compressed (zlib's output varies).
    """
    source = zipfile.ZipFile(io.BytesIO(archive))
    names: dict[str, str] = {}
    schema = _renumbered(json.loads(source.read("schema.json")), itertools.count(), names)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as result:
        result.writestr(_member("schema.json"), json.dumps(schema))
        for old, new in names.items():
            result.writestr(_member(new), source.read(old))
    return target.getvalue()


def _renumbered(node: Any, numbers: "itertools.count[int]", names: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [_renumbered(item, numbers, names) for item in node]
    if not isinstance(node, dict):
        return node
    renumbered = dict(node)
    if "__id__" in node:
        # Each node gets its own id, because Python versions differ in which equal constants share an address.
        renumbered["__id__"] = next(numbers)
    if "file" in node and isinstance(node["file"], str):
        old = node["file"]
        renumbered["file"] = names.setdefault(old, f"{len(names)}{Path(old).suffix}")
    return {key: _renumbered(value, numbers, names) for key, value in renumbered.items()}


def _member(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
