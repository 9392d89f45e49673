"""Model folders made to do harm, with a description that agrees: refused with file and mend, and nothing is run."""

import io
import json
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix, save_npz
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import FunctionTransformer
from skops.io import dumps

from assay.bundle.folder import load_model
from assay.bundle.skops_archive import canonical
from assay.errors import AssayError
from assay.files import md5
from assay.modelling.zoo import RuleClassifier
from attacks import touching
from bundle_refusal import described, refusal
from modelling_samples import labelled

RECORDS = labelled(60)
Schema = dict[str, Any]


def disguised(folder: Path, content: bytes) -> None:
    """Put a file in place of the model, with a description that agrees."""
    (folder / "model.skops").write_bytes(content)
    described(folder, md5=md5(folder / "model.skops"))


def schema_of(archive: bytes) -> Schema:
    return json.loads(zipfile.ZipFile(io.BytesIO(archive)).read("schema.json"))


def archive(schema: object, members: dict[str, bytes] | None = None, packed: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", packed) as result:
        result.writestr("schema.json", schema if isinstance(schema, str) else json.dumps(schema))
        for name, content in (members or {}).items():
            result.writestr(name, content)
    return target.getvalue()


def node(loader: str, path: str, **more: object) -> Schema:
    module, _, name = path.rpartition(".")
    return {"__class__": name, "__module__": module, "__loader__": loader, "protocol": PROTOCOL, **more}


PROTOCOL = schema_of(dumps([]))["protocol"]
TEXT = node("JsonNode", "builtins.str", content='"executed"', is_json=True)
ARGUMENTS = node("TupleNode", "builtins.tuple", content=[TEXT])
NOTHING = node("DictNode", "builtins.dict", content={}, key_types=node("ListNode", "builtins.list", content=[]))
MKDIR = node("FunctionNode", "os.mkdir")
SHARED = node("ListNode", "builtins.list", content=[], __id__=0)
for level in range(1, 60):
    SHARED = node("ListNode", "builtins.list", content=[SHARED, node("ListNode", "", __id__=level - 1)], __id__=level)


def stored_arrays() -> bytes:
    target = io.BytesIO()
    save_npz(target, csr_matrix((1, 1)))
    return target.getvalue()


EVIL: dict[str, tuple[bytes, str]] = {
    "a pickle": (pickle.dumps(touching("executed")), "not a model file"),
    "nothing": (b"", "not a model file"),
    "a function": (canonical(dumps(FunctionTransformer(func=os.mkdir))), "not trusted"),
    "a tokenizer": (canonical(dumps(CountVectorizer(tokenizer=os.path.basename))), "not trusted: posixpath.basename"),
    "a class": (archive(node("ObjectNode", "subprocess.Popen", content=NOTHING)), "not trusted: subprocess.Popen"),
    "a module": (archive(node("TypeNode", "evil_module.Model")), "not trusted: evil_module.Model"),
    "a constructor": (archive(node("ConstructorFromReduceNode", "os.mkdir", content=ARGUMENTS)), "os.mkdir as a"),
    "a trusted one": (
        archive(node("ConstructorFromReduceNode", "sklearn.utils.validation.check_array", content=ARGUMENTS)),
        "check_array as a ConstructorFromReduceNode",
    ),
    "a trusted type": (archive(node("TypeNode", "functools.partial")), "functools.partial as a TypeNode"),
    "a trusted call": (
        archive(node("NdArrayNode", "sklearn.utils.validation.check_array", type="numpy", file="0.npy")),
        "check_array as a NdArrayNode",
    ),
    "a method": (
        archive(
            node("MethodNode", "pathlib.Path", content={"func": "touch", "obj": node("ObjectNode", "pathlib.Path")})
        ),
        "pathlib.Path as a MethodNode",
    ),
    "a method caller": (
        archive(node("OperatorFuncNode", "operator.methodcaller", attrs=ARGUMENTS)),
        "as a OperatorFuncNode",
    ),
    "a partial": (
        archive(
            node(
                "PartialNode",
                "functools.partial",
                content={"func": MKDIR, "args": ARGUMENTS, "kwds": NOTHING, "namespace": NOTHING},
            )
        ),
        "not trusted: os.mkdir",
    ),
    "a node from before": (archive(node("CachedNode", "builtins.list", __id__=1)), "as a CachedNode"),
    "a node of its own": (archive(node("EvalNode", "builtins.eval")), "builtins.eval as a EvalNode"),
    "an older format": (archive({**node("ListNode", "builtins.list", content=[]), "protocol": 0}), "another version"),
    "a list": (archive([1]), "another version"),
    "a name of a path": (archive(node("ListNode", "builtins.list", content=[]), {"../executed": b""}), "'../executed'"),
    "an absolute name": (archive(node("ListNode", "builtins.list", content=[]), {"/tmp/0.npy": b""}), "'/tmp/0.npy'"),
    "a script": (archive(node("ListNode", "builtins.list", content=[]), {"0.py": b""}), "'0.py'"),
    "a bomb": (
        archive(node("ListNode", "builtins.list", content=[]), {"0.npy": bytes(10_000_000)}, zipfile.ZIP_DEFLATED),
        "packed files",
    ),
    "a tower of references": (archive(SHARED), "one object in two places"),
    "a tower of lists": (archive('{"a":' * 50_000 + "1" + "}" * 50_000), "not a model file"),
    "objects in an array": (
        archive(node("NdArrayNode", "numpy.ndarray", type="numpy", file="0.npy"), {"0.npy": b""}),
        "not a model file",
    ),
}


@pytest.fixture
def evil_module(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "evil_module.py").write_text("open('executed', 'w')\nModel = dict\n")
    monkeypatch.syspath_prepend(here)
    monkeypatch.delitem(sys.modules, "evil_module", raising=False)


@pytest.mark.parametrize("case", EVIL)
def test_a_model_file_that_was_made_to_do_harm_is_refused(case: str, bundle: Path, evil_module: None) -> None:
    content, said = EVIL[case]
    disguised(bundle, content)
    assert said in refusal(bundle)
    assert "evil_module" not in sys.modules


def test_objects_pickled_in_an_array_are_not_read(bundle: Path) -> None:
    target = io.BytesIO()
    np.save(target, np.array([touching("executed")], dtype=object), allow_pickle=True)
    schema = node("NdArrayNode", "numpy.ndarray", type="numpy", file="0.npy")
    disguised(bundle, archive(schema, {"0.npy": target.getvalue()}))
    assert "allow_pickle" in refusal(bundle)


def test_arrays_that_unpack_to_too_much_are_refused(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.bundle.skops_archive.MAX_UNPACKED", 10)
    disguised(bundle, archive(node("ListNode", "builtins.list", content=[]), {"0.npz": stored_arrays()}))
    assert "in 0.npz" in refusal(bundle)


@pytest.mark.parametrize("twice", ["schema.json", "0.npy"])
def test_two_files_of_one_name_are_refused(twice: str, bundle: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as result, pytest.warns(UserWarning, match="Duplicate"):
        for name in ("schema.json", "0.npy", twice):
            result.writestr(name, "{}")
    disguised(bundle, target.getvalue())
    assert "two files of one name" in refusal(bundle)


@pytest.mark.parametrize("rule", ["os.mkdir", "evil_module.Model", "assay.datasets.knowledge", "sys.exit"])
def test_a_rule_in_a_model_file_reaches_only_the_rules_of_datasets(rule: str, bundle: Path, evil_module: None) -> None:
    disguised(bundle, canonical(dumps(RuleClassifier(rule).fit(RECORDS.X, RECORDS.y))))
    with pytest.raises(AssayError, match=r"assay\.datasets"):
        load_model(bundle).predict_proba(RECORDS.X)
    assert not Path("executed").exists()
    assert "evil_module" not in sys.modules


@pytest.mark.slow
def test_a_pickle_that_is_called_a_booster_is_not_unpickled(bundle: Path) -> None:
    """In a process of its own: the parser of boosters may end it."""
    (bundle / "model.skops").unlink()
    (bundle / "model.ubj").write_bytes(pickle.dumps(touching("executed")))
    described(bundle, name="model.ubj", md5=md5(bundle / "model.ubj"))
    code = "from pathlib import Path; from assay.bundle.folder import load_model; load_model(Path('models'))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True)
    assert ended.returncode != 0
    assert not Path("executed").exists()
