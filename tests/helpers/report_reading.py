"""The reports of a folder, as programs read them: JSON and CSV files, figures, and the tables of pages."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from assay.statistics.metrics import METRICS
from svg_reading import Picture

FILES_KEEP = 1e-6  # decimals in JSON and CSV, and in an SVG


class Reports:
    """The reports of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "reports"
        self.params = yaml.safe_load((folder / "params.yaml").read_text())
        self.metrics = {"model": self.json("metrics"), **self._baselines("metrics")}
        self.intervals = {"model": self.json("intervals"), **self._baselines("intervals")}

    def json(self, name: str) -> Any:
        return json.loads((self.folder / f"{name}.json").read_text())

    def plot(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / f"plots/{name}.csv", dtype={"month": "str"})

    def picture(self, name: str) -> Picture:
        return Picture((self.folder / f"figures/{name}.svg").read_text())

    def _baselines(self, kind: str) -> dict[str, Any]:
        return {name: one[kind] for name, one in self.json("baselines").items()}


def named(title: str) -> str:
    """The metric of a title."""
    return next(one.name for one in METRICS.values() if one.title == title)


def near(value: float | tuple[float, ...] | list[float]) -> Any:
    return pytest.approx(value, abs=2 * FILES_KEEP)


class Tables(HTMLParser):
    """The tables of a page: rows of texts; the pictures in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.pictures: list[str] = []
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._open = True
        elif tag == "img":
            self.pictures.append(dict(attrs)["src"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._open:
            self.tables[-1][-1][-1] += data

    def table(self, *head: str) -> list[list[str]]:
        """The rows of the table that begins with these columns."""
        return self._found(*head)[1:]

    def head(self, *head: str) -> list[str]:
        """All of its columns."""
        return self._found(*head)[0]

    def _found(self, *head: str) -> list[list[str]]:
        (found,) = (rows for rows in self.tables if rows[0][: len(head)] == list(head))
        return found


class MarkdownTables(Tables):
    """The same of a Markdown document."""

    def __init__(self, text: str) -> None:
        self.tables = []
        above = ""
        for line in text.splitlines():
            if line.startswith("|") and not above.startswith("|"):
                self.tables.append([])
            if line.startswith("|") and not re.fullmatch(r"[|-]+", line):
                self.tables[-1].append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
            above = line
