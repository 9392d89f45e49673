"""The files of a new repository that are its own: README, guideline, decisions, tests."""

from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from assay.labels.decision import HEADER
from assay.paths import ANNOTATIONS, DECISIONS, GUIDELINE

TEMPLATES = "templates"


def render(name: str, table: str, commit: str) -> dict[str, str]:
    """The files by path: of the dataset `name`, whose table is the file `table`, with Assay's code of a commit."""
    templates = Environment(
        loader=PackageLoader("assay.starting", TEMPLATES),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
    )
    test = files("assay.starting").joinpath(TEMPLATES, "test_line.py.txt").read_text()
    return {
        "README.md": templates.get_template("README.md.j2").render(name=name, table=table, commit=commit),
        str(ANNOTATIONS / GUIDELINE): templates.get_template("guideline.md.j2").render(name=name),
        str(ANNOTATIONS / DECISIONS): HEADER + "\n",
        "tests/test_line.py": test,
        f"conf/promotion/{name}.yaml": templates.get_template("promotion.yaml.j2").render(name=name),
    }
