"""The encoding of a file that does not say it."""

import codecs
import re
from itertools import pairwise

from assay.errors import AssayError

MARKS = {codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32", codecs.BOM_UTF16_LE: "utf-16"}
MARKS |= {codecs.BOM_UTF16_BE: "utf-16"}  # after UTF-32, whose mark begins like one of UTF-16
KINDS = {
    rb"PK\x03\x04": "an Excel workbook or a zip archive",
    rb"\xd0\xcf\x11\xe0": "an old Excel workbook",
    rb"\x1f\x8b|BZh\d|\xfd7zXZ|\x28\xb5\x2f\xfd": "a compressed file",
    rb"PAR1": "a Parquet file",
    rb"ARROW1": "an Arrow file",
    rb"SQLite format": "an SQLite database",
    rb"%PDF": "a PDF",
    rb"\{\s*\"|\[\s*[\[{]": "JSON",
    rb"<(?i:!doctype|html|table|\?xml)": "HTML or XML",
}  # how a file begins that is named like a CSV, and is none
WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f\W\d_][^\W\d_]*")  # with a letter that is not ASCII
SHOWN = 3
LOOKED_AT = 256  # bytes by which the kind of a file is known
SAVE = "save it as UTF-8 in the program that wrote it, or name its encoding: --encoding cp1251, for instance"


def encoding_of(content: bytes, where: str) -> str:
    """The encoding as Python names it; AssayError if it is not clear.

    What is neither UTF-8 nor UTF-16 is taken as Windows-1252, if its words then look like those of western languages.
    """
    if found := next((name for mark, name in MARKS.items() if content.startswith(mark)), None):
        return found
    if b"\0" in content and (wide := _wide(content)):
        return wide
    try:
        content.decode()
        return "utf-8"
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    try:
        odd = strange(content.decode("cp1252"))
    except UnicodeDecodeError:
        odd = ["bytes that Windows-1252 does not have"]
    if odd:
        what = f"line {line}: the text is not in UTF-8; read as Windows-1252, it has: {', '.join(odd)}"
        raise AssayError(what, where=where, todo=SAVE)
    return "cp1252"


def require_text(content: bytes, where: str) -> None:
    """AssayError for a file of another kind that only has the name of a CSV, by how it begins."""
    start = content[:LOOKED_AT].removeprefix(codecs.BOM_UTF8).lstrip()
    if kind := next((kind for form, kind in KINDS.items() if re.match(form, start)), None):
        raise AssayError(f"no CSV but {kind}", where=where, todo="export the table as CSV, or give a Parquet file")


def foreign_words(text: str) -> list[str]:
    """The first different words with a letter that is not ASCII."""
    return list(dict.fromkeys(found[0] for found in WORD.finditer(text)))[:SHOWN]


def spoiled(text: str) -> list[str]:
    """Remarks on words that were read in a wrong encoding before they came into the file.

    >>> spoiled("Köln"), spoiled("KÃ¶ln"), spoiled("K\ufffdln")
    ([], ['words seem to have been read in a wrong encoding: KÃ¶ln for Köln'], ['letters are lost: K�ln'])
    """
    if text.isascii():
        return []
    words = dict.fromkeys(re.findall(r"[^\s,;|\"]*[^\x00-\x7f][^\s,;|\"]*", text))
    meant = {word: right for word in words if (right := _decoded_twice(word))}
    lost = [word for word in words if "\ufffd" in word]
    said = ", ".join(f"{word} for {right}" for word, right in [*meant.items()][:SHOWN])
    found = [f"words seem to have been read in a wrong encoding: {said}"] if meant else []
    return found + ([f"letters are lost: {', '.join(lost[:SHOWN])}"] if lost else [])


def _decoded_twice(word: str) -> str | None:
    """The word as it was, if its UTF-8 was taken for Windows-1252."""
    try:
        return word.encode("cp1252").decode()
    except UnicodeError:
        return None


def strange(text: str) -> list[str]:
    """The first words that no western language would write so, as where the encoding is another one.

    >>> strange("München, Fürth"), strange("Ìîñêâà"), strange("MŸnchen"), strange("£ódŸ")
    ([], ['Ìîñêâà'], ['MŸnchen'], ['£ódŸ'])
    """
    words = dict.fromkeys(found[0] for found in re.finditer(r"[^\s,;|\"]*[^\x00-\x7f][^\s,;|\"]*", text))
    return [word for word in words if _is_strange(word)][:SHOWN]


def _is_strange(word: str) -> bool:
    letters = [letter for letter in word if letter.isalpha()]
    foreign = [letter for letter in letters if not letter.isascii()]
    raised = any(map(str.islower, letters)) and any(one.isupper() and not one.isascii() for one in letters[1:])
    torn = any(not one.isascii() and not one.isalpha() and other.isalpha() for one, other in pairwise(word))
    return raised or (torn and bool(foreign)) or (len(letters) > 1 and len(foreign) > len(letters) / 2)


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of plain letters is zero."""
    half = len(content) // 2
    for name, start in (("utf-16-le", 1), ("utf-16-be", 0)):
        if content[start::2].count(0) > half / 2:
            return name
    return None
