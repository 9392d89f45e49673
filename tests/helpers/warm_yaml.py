"""DVC's YAML for forks of the warm process: what one has parsed or written is there for all, of dvc.lock by stages.

After each stage DVC parses and writes all of dvc.lock, which in Python takes longer than all else that it does then.
"""

import os
import pickle
import re
from collections.abc import Callable
from hashlib import md5
from io import StringIO
from pathlib import Path
from typing import Any, TextIO

HEAD = "schema: '2.0'\n"
STAGES = "stages:\n"


def keep_in(folder: Path) -> None:
    """Have DVC look here before it parses or writes; a dvc.lock is parsed in C where it has no comments to keep."""
    from dvc.utils import strictyaml
    from dvc.utils.serialize import _yaml

    parse, keep_comments, dump = _yaml.parse_yaml, _yaml.parse_yaml_for_update, _yaml._dump

    def parse_once(text: str, path: Any, typ: str = "safe") -> Any:
        if typ != "safe":
            return parse(text, path, typ)

        def parsed(text: str) -> Any:
            return parse(text, path)

        return lock_of(text, lambda stage: once(folder, parsed, stage)) or once(folder, parsed, text)

    def for_update(text: str, path: Any) -> Any:
        is_lock = str(path).endswith("dvc.lock") and "#" not in text
        return parse_once(text, path) if is_lock else keep_comments(text, path)

    def dump_once(data: Any, stream: TextIO) -> None:
        def dumped(content: Any) -> str:
            text = StringIO()
            dump(content, text)
            return text.getvalue()

        stream.write(text_of(data, lambda stage: once(folder, dumped, stage)) or dumped(data))

    _yaml.parse_yaml = strictyaml.parse_yaml = parse_once
    _yaml.parse_yaml_for_update, _yaml._dump = for_update, dump_once


def once(folder: Path, make: Callable[[Any], Any], given: Any) -> Any:
    """What `make` makes of this, made by whichever fork needs it first."""
    file = folder / md5(f"{make.__name__} {given!r}".encode()).hexdigest()
    if file.exists():
        return pickle.loads(file.read_bytes())
    made = make(given)
    own = file.with_suffix(f".{os.getpid()}")
    own.write_bytes(pickle.dumps(made))
    own.rename(file)
    return made


def lock_of(text: str, parsed: Callable[[str], Any]) -> dict[str, Any]:
    """A dvc.lock as DVC writes it, of its stages, each parsed alone; nothing if it is none, or no such one."""
    if "#" in text or not text.startswith(HEAD + STAGES):
        return {}
    try:
        each = [parsed(STAGES + stage) for stage in re.split("^(?=  \\S)", text[len(HEAD + STAGES) :], flags=re.M)[1:]]
    except Exception:  # told of the whole file
        return {}
    if any(list(one) != ["stages"] or type(one["stages"]) is not dict for one in each):
        return {}
    stages = {name: entry for one in each for name, entry in one["stages"].items()}
    return {"schema": "2.0", "stages": stages} if len(stages) == len(each) else {}


def text_of(data: Any, dumped: Callable[[Any], str]) -> str:
    """The text of a dvc.lock, of its stages, each written alone; nothing if it is none."""
    if type(data) is not dict or list(data) != ["schema", "stages"] or not data["stages"]:
        return ""
    stages = [dumped({"stages": {name: entry}}).removeprefix(STAGES) for name, entry in data["stages"].items()]
    return HEAD + STAGES + "".join(stages)
