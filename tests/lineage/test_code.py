"""dvc.yaml lists the code that each stage imports: DVC does not follow imports."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.lineage import code, links, listing
from samples import ROOT

DECLARED = ("dvc.yaml", "replay/dvc.yaml")

Tree = Callable[[dict[str, str]], None]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """Writes a package `assay` of these files, with an empty statement, and goes there."""

    def write(files: dict[str, str]) -> None:
        for name, text in {"lineage/running.py": "x = 1", **files}.items():
            path = tmp_path / "src" / "assay" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            for folder in (path.parent, tmp_path / "src" / "assay"):
                (folder / "__init__.py").touch()
        monkeypatch.chdir(tmp_path)

    code._modules.cache_clear()
    code._parsed.cache_clear()
    yield write
    code._modules.cache_clear()
    code._parsed.cache_clear()


def names(stage: str = "s") -> list[str]:
    """What a stage of that tree depends on, but for itself and the statement."""
    files, folders = code.dependencies(stage)
    found = (path.relative_to(code.PACKAGE).as_posix() for path in (*files, *folders))
    return [name for name in found if not name.startswith(("stages", "lineage"))]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dvc.yaml", "replay/dvc.yaml"])
def test_dvc_yaml_and_links_say_what_the_imports_say(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = Path(name).read_text()
    assert listing.difference(text, listing.listed(text, {})) == ""
    assert [links.difference(*one) for one in listing.linked(text).items()] == [[]] * text.count("    cmd:")


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"a/b.py": "x = 1", "a/c.py": "x = 1", "stages/s.py": "from assay.a import b"}, ["a/b.py"]),
        ({"a/b.py": "x = 1", "a/c.py": "x = 1", "stages/s.py": "def f():\n    import assay.a.b"}, ["a/b.py"]),
        (
            {"a/b.py": "import assay.a.c", "a/c.py": "x = 1", "stages/s.py": "from assay.a.b import x"},
            ["a/b.py", "a/c.py"],
        ),
        ({"a/b.py": "x = 1", "stages/s.py": "if TYPE_CHECKING:\n    from assay.a import b"}, []),
        ({"errors.py": "import assay.a.b", "a/b.py": "x = 1", "stages/s.py": "import assay.errors"}, []),
        (
            {"a/b.py": "T = 't.md.j2'", "a/t.md.j2": "", "a/u.md.j2": "", "stages/s.py": "import assay.a.b"},
            ["a/b.py", "a/t.md.j2"],
        ),
        (
            {
                "a/b.py": "T = 't.html.j2'",
                "a/t.html.j2": '{% extends "p.html.j2" %}',
                "presentation/p.html.j2": "",
                "presentation/q.html.j2": "",
                "stages/s.py": "import assay.a.b",
            },
            ["a/b.py", "a/t.html.j2", "presentation/p.html.j2"],
        ),
        (
            {"datasets/d/__init__.py": '"""Doc."""', "datasets/d/e.py": "", "stages/s.py": "import assay.datasets"},
            [],
        ),
    ],
    ids=["module", "lazy", "imported by another", "types", "carrier", "template", "extended", "docstring alone"],
)
def test_what_a_stage_imports_or_names(tree: Tree, files: dict[str, str], found: list[str]) -> None:
    tree({name: text or '"""Nothing."""' for name, text in files.items()})
    assert names() == found


def test_modules_reached_by_a_name_of_the_configuration(tree: Tree) -> None:
    tree({"datasets/d/e.py": "x = 1\ny = 2", "stages/s.py": "import assay.datasets"})
    (Path("src/assay/datasets/__init__.py")).write_text("from importlib import import_module\nx = 1\n")
    assert names() == ["datasets"], "the folder: another file there may be imported too"
    assert "    - src/assay/datasets\n    - src/deps/s\n" in listing.listed(f"{HEAD}{FOOT}", {})


def test_a_module_that_imports_by_name_must_say_what_it_reaches(tree: Tree) -> None:
    tree({"a/b.py": "from importlib import import_module", "stages/s.py": "import assay.a.b"})
    with pytest.raises(AssayError, match=r"assay\.a\.b imports modules by name"):
        names()


@pytest.fixture
def small(tree: Tree) -> str:
    """What dvc.yaml lists of the code of a stage `s`."""
    tree({"a/b.py": "x = 1", "stages/s.py": "import assay.a.b\nx = 1"})
    return "    - src/deps/s\n"


HEAD = "# Mine.\nstages:\n  s:\n    cmd: x\n    deps:\n    - data/in.csv\n"
FOOT = "    outs:\n    - o: {cache: false}\n\nplots:\n- a.csv: {x: b}\n"


@pytest.mark.parametrize(
    ("params", "unlisted", "after"),
    [
        ("", {}, ""),
        ("", {"other": ["b.c"]}, ""),
        ("    params:\n    - b\n    - a\n", {}, "    params:\n    - b\n    - a\n"),
        ("", {"s": ["b.c"]}, "    params:\n    - b.c\n"),
        ("    params:\n    - d\n", {"s": ["b.c"]}, "    params:\n    - b.c\n    - d\n"),
    ],
)
def test_only_code_and_unlisted_keys_are_written(small: str, params: str, unlisted: dict, after: str) -> None:
    before = f"{HEAD}    - src/assay/gone.py\n    - src/deps/old\n{params}{FOOT}"
    assert listing.listed(before, unlisted) == f"{HEAD}{small}{after}{FOOT}"
