"""collect: copy the raw file, or a sample of it, check its hash, and leave out personal columns."""

import tempfile
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from assay.config.dataset import personal_columns
from assay.config.schema import Config
from assay.config.source import sources
from assay.config.start import stage
from assay.errors import AssayError
from assay.files import WRITING, replacing, sha256, write_json
from assay.paths import RAW, SAMPLING_LOG
from assay.records.fetching import copied, fetch, require_declared
from assay.records.folders import NAMES, files_of, fingerprint
from assay.records.folders import form_of as form_of_file
from assay.records.formats import CSV, FILES, OTHERS, PARQUET, SUFFIXES

if TYPE_CHECKING:
    from assay.config.dataset import Dataset
    from assay.config.source import Source


@stage
def main(config: Config) -> None:
    """Copy `dataset.source` to data/raw, if each SHA-256 is the declared one; write reports/sampling.json.

    Of several files that report lists each: `uri`, `sha256`, `rows`, and the number of its `first_row` in the table.
    """
    write_json(SAMPLING_LOG, collect(config.dataset, RAW), sort_keys=False)


def collect(dataset: "Dataset", folder: Path) -> dict[str, Any]:
    """Copy the source to `folder`, which then holds nothing else; AssayError if it cannot be read or has another hash.

    A CSV becomes records.csv, anything else records.parquet. A CSV or a Parquet file without personal columns is copied
    byte by byte. Several files become one table; those of a folder stay apart, in a folder of that name. Where the
    contract asks for a sample, only that is brought.

    The result: `sample`, the report on it or None; and of several files `files`, as `main` says.
    """
    every = sources(dataset.source)
    files = [] if dataset.sample else files_of(every[0].uri)
    if files:
        return {"sample": None, "files": bring_folder(dataset, files, folder)}
    form = PARQUET if dataset.sample else form_of(every[0])
    with replacing(folder) as scratch:
        scratch.mkdir()
        bring_tables(dataset, scratch / OTHERS)
        target = scratch / FILES.get(form, FILES[PARQUET])
        if dataset.sample:
            report = draw(dataset, target)
            leave_out(private(dataset), target, form, dataset.source.uri)
            return {"sample": report}
        if len(every) == 1:
            bring(every[0], private(dataset), target, form)
            return {"sample": None}
        return {"sample": None, "files": bring_all(every, private(dataset), target, form)}


def form_of(source: "Source") -> str:
    """The declared format of a file, or that of its name."""
    return source.format or SUFFIXES.get(PurePosixPath(source.uri).suffix.lower(), CSV)


def later_form(source: "Source", first: str) -> str:
    """The format of a file after the first: that of its name, or the declared one.

    AssayError if one is a CSV and the other is not: a CSV has texts, where others have types.
    """
    form = SUFFIXES.get(PurePosixPath(source.uri).suffix.lower()) or form_of(source)
    if (form == CSV) != (first == CSV):
        as_first = CSV if first == CSV else PARQUET
        what = f"a {form.upper()} after a {first.upper()}: all files of a source have one format"
        raise AssayError(what, where=source.uri, todo=f"write it as {as_first.upper()}, and declare that file")
    return form


def bring(source: "Source", private: list[str], target: Path, form: str) -> None:
    """Copy one file, without its personal columns."""
    fetch(source, target)
    without(private, target, form, source)


def bring_folder(dataset: "Dataset", files: list[str], folder: Path) -> list[dict[str, Any]]:
    """Copy the files of a source that is a folder; where the records of each are in the table."""
    from assay.records.joining import Part, require_alike

    source = dataset.source
    form = form_of_file(files[0])
    with replacing(folder) as scratch:
        target = scratch / FILES[form]
        target.mkdir(parents=True)
        parts = [Part(target / NAMES[form].format(number), uri) for number, uri in enumerate(files)]
        for part in parts:
            copied(part.name, part.path)
        require_declared(fingerprint([part.path for part in parts]), source, f"{len(files)} files")
        hashes = [sha256(part.path) for part in parts]
        bring_tables(dataset, scratch / OTHERS)
        for part in parts:
            without(private(dataset), part.path, form, replace(source, uri=part.name))
        rows = require_alike(parts, _mend, source.dialect)
        return listed(zip(files, hashes, rows, strict=True))


def listed(files: Iterable[tuple[str, str, int]]) -> list[dict[str, Any]]:
    """Of each file its address, hash, number of rows, and the number of its first row in the table."""
    found, start = [], 0
    for uri, sha, rows in files:
        found.append({"uri": uri, "sha256": sha, "rows": rows, "first_row": start})
        start += rows
    return found


def bring_tables(dataset: "Dataset", folder: Path) -> None:
    """Copy each other table into a folder of its name, where `assay.joins.raw` reads it."""
    for name, table in dataset.tables.items():
        every = sources(table.source)
        form = form_of(every[0])
        target = folder / name / FILES.get(form, FILES[PARQUET])
        target.parent.mkdir(parents=True)
        if len(every) == 1:
            bring(every[0], [], target, form)
        else:
            bring_all(every, [], target, form)


def bring_all(every: "list[Source]", private: list[str], target: Path, form: str) -> list[dict[str, Any]]:
    """Copy several files as one table; where the records of each are in it.

    The files after the first may lack personal columns, which were left out before they were stored.
    """
    from assay.records.joining import Part, join
    from assay.records.reading import names_in

    forms = [form, *(later_form(source, form) for source in every[1:])]
    parts = []
    with tempfile.TemporaryDirectory(prefix=WRITING, dir=target.parent.parent) as folder:
        for number, (source, kind) in enumerate(zip(every, forms, strict=True)):
            part = Path(folder, f"{number}{target.suffix}")
            fetch(source, part)
            there = names_in(part, kind, source.uri, source.dialect)
            without([name for name in private if number == 0 or name in there], part, kind, source)
            parts.append(Part(part, source.uri))
        rows = join(parts, target, _mend, every[0].dialect)
    return listed((source.uri, source.sha256, count) for source, count in zip(every, rows, strict=True))


def private(dataset: "Dataset") -> list[str]:
    """The columns that are not brought, as they were gathered when the configuration was composed."""
    return personal_columns(dataset) if dataset.personal is None else dataset.personal


def draw(dataset: "Dataset", target: Path) -> dict[str, Any]:
    """Write the sample as Parquet; the report on it. AssayError if the files are not the declared ones."""
    from assay.sampling.run import sampled
    from assay.sampling.source import parquet_files, unordered_fingerprint

    source = dataset.source
    files = parquet_files(source.uri)
    require_declared(unordered_fingerprint(files), source, f"{len(files)} file(s)")
    return sampled(files, dataset.sample, target, source.uri, private=private(dataset))


def without(names: list[str], path: Path, form: str, source: "Source") -> None:
    """Take these columns out of a copied file; what is no CSV becomes Parquet."""
    if form != CSV:
        leave_out(names, path, form, source.uri)
    elif names:
        leave_out_of_csv(names, path, source)


def leave_out_of_csv(names: list[str], path: Path, source: "Source") -> None:
    """Rewrite a CSV without these columns, in its dialect; AssayError if it lacks one of them."""
    from assay.records.reading import read
    from assay.records.writing import write_csv

    table = read(path, CSV, _mend(source.uri), source.uri, source.dialect)
    require_there(names, table.columns, source.uri)
    write_csv(table.drop(columns=names), path, source.dialect)


def leave_out(names: list[str], path: Path, form: str, uri: str) -> None:
    """Make the file Parquet without these columns; AssayError if it lacks one, or is no table of plain columns."""
    from assay.records.plain import require_plain
    from assay.records.reading import as_parquet, copy_without, schema

    if form != PARQUET:
        as_parquet(path, form, _mend(uri), uri)
    there = schema(path, _mend(uri), uri)
    require_there(names, there.names, uri)
    require_plain([one for one in there if one.name not in names], uri, _mend(uri))
    if names:
        with replacing(path) as scratch:
            copy_without(names, path, scratch, _mend(uri), uri)


def require_there(names: list[str], there: Collection[str], uri: str) -> None:
    """AssayError for a column that is to be left out and is not there."""
    if missing := [name for name in names if name not in there]:
        raise AssayError(
            f"missing column {', '.join(missing)}", where=uri, todo="restore the source, or correct conf/dataset/"
        )


def _mend(uri: str) -> str:
    return f"restore {uri}, or correct dataset.source in conf/dataset/"


if __name__ == "__main__":
    main()
