"""Imports code that came in an archive: from memory, and under a name made from its hash.

So it is exactly the code that was hashed, no file can take its place, and two archives with other versions of one
plug-in do not mix. Whether it is trusted is asked before: see `assay.bundle.trust`.
"""

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import decode_source, spec_from_loader
from types import CodeType, ModuleType
from typing import Any

import assay.datasets
from assay.bundle.code import Source
from assay.errors import AssayError

DATASETS = assay.datasets.__name__
PREFIX = "assay_code_"  # of the package that stands for `assay.datasets`; the hash follows


def importer(contents: Mapping[str, bytes]) -> Callable[[str], Any]:
    """A function that imports a module of `assay.datasets` from the files of a plug-in, with their bytes by path.

    AssayError if an import in the code names a module of `assay.datasets` absolutely: that would be another code than
    was hashed.
    """
    require_relative(contents)
    package = f"{PREFIX}{Source.of(contents).sha256}"
    if package not in FINDER.known:
        FINDER.known[package] = dict(contents)
        if FINDER not in sys.meta_path:
            sys.meta_path.append(FINDER)
    return lambda name: import_module(f"{package}{name.removeprefix(DATASETS)}")


def require_relative(contents: Mapping[str, bytes]) -> None:
    """AssayError if a file of a plug-in is no Python, or imports more of `assay.datasets` than what plug-ins share."""
    for path, content in contents.items():
        if path.endswith(".py"):
            for name in _imported(path, content):
                if f"{name}.".startswith(f"{DATASETS}.") and not _is_shared(name.removeprefix(f"{DATASETS}.")):
                    todo = "import the plug-in's own modules relatively (from .features import ...), and no other's"
                    raise AssayError(f"it imports {name} by its absolute name", where=path, todo=todo)


def _is_shared(name: str) -> bool:
    """Whether `assay.datasets` itself defines this for all plug-ins, such as `Title`."""
    return not isinstance(vars(assay.datasets).get(name, assay), ModuleType)


def _imported(path: str, content: bytes) -> Iterator[str]:
    try:
        tree = ast.parse(content, path)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise AssayError(f"not Python: {error}", where=path) from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{one.name}" for one in node.names)


class _Finder(MetaPathFinder, InspectLoader):
    """Finds and loads the modules of the packages that `known` holds: the files of each by path."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, bytes]] = {}

    def find_spec(self, fullname: str, path: object = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if self._file(fullname) is None and fullname not in self.known:
            return None
        spec = spec_from_loader(fullname, self, is_package=self.is_package(fullname))
        if spec and fullname not in self.known:
            spec.origin, spec.has_location = self._place(fullname), True
        return spec

    def is_package(self, fullname: str) -> bool:
        return fullname in self.known or (self._file(fullname) or "").endswith("/__init__.py")

    def get_source(self, fullname: str) -> str:
        file = self._file(fullname)
        return decode_source(self.known[fullname.partition(".")[0]][file]) if file else ""

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self.get_source(fullname), self._place(fullname))

    def get_data(self, path: str) -> bytes:
        """The bytes of a file beside the code, as `pkgutil.get_data` asks for them."""
        package, _, file = path.removeprefix("<").partition(">/")
        try:
            return self.known[package][file]
        except KeyError:
            raise FileNotFoundError(path) from None

    def _place(self, fullname: str) -> str:
        """The name of a module's file in a traceback."""
        return f"<{fullname.partition('.')[0]}>/{self._file(fullname)}"

    def _file(self, fullname: str) -> str | None:
        package, _, rest = fullname.partition(".")
        place, files = rest.replace(".", "/"), self.known.get(package, {})
        return next((one for one in (f"{place}/__init__.py", f"{place}.py") if rest and one in files), None)


FINDER = _Finder()
