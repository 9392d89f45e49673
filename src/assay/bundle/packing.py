"""One file with a model and what belongs to it: a zip archive that can be written in one way only.

Its members, each with its SHA-256 in manifest.json: the model folder (models/), the model card and the figures on the
test fold (reports/), and the source of the dataset's own code (code/SHA-256/). Nothing is compressed, times are fixed,
and members are sorted. So the same model gives the same bytes, nothing unpacks to more than the file has, and an
archive is read only if writing its members again gives the file, byte for byte: no field of the format can hide
anything.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from assay.bundle.code import Source
from assay.bundle.hashes import Verified, are_hashes, text, verified
from assay.bundle.strict_json import parse
from assay.errors import AssayError
from assay.machine import of_this_machine
from assay.paths import MODEL, MODEL_CARD, REPORTS

FORMAT = 1  # of manifest.json
MANIFEST = "manifest.json"
CODE = "code"
EVIDENCE = (MODEL_CARD, REPORTS / "metrics.json", REPORTS / "intervals.json")
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
LONGEST = 200  # characters of a name
MOST = 10_000  # members
LARGEST = 1 << 30  # bytes
TOO_LARGE = f"an archive of more than {LARGEST >> 20} MiB"
AGAIN = "get the archive again, or make it again: assay bundle export"


@dataclass(frozen=True)
class Packed:
    """What an archive holds, all of it checked against its manifest.

    sha256: of the file. model: the model folder. code: the files of each plug-in by path, by the hash of its source
    (`assay.bundle.code.Source`). evidence: the members of reports/ by file name.
    """

    sha256: str
    model: Verified
    code: Mapping[str, Mapping[str, bytes]]
    evidence: Mapping[str, bytes]

    @property
    def card(self) -> str | None:
        """The model card (Markdown), if it came along."""
        found = self.evidence.get(MODEL_CARD.name)
        return None if found is None else found.decode("utf-8", "replace")


def pack(members: Mapping[str, bytes]) -> bytes:
    """The archive of these members by path.

    AssayError for a path that not every machine can have, and for more than `unpack` reads.
    """
    if fault := _names_fault([MANIFEST, *members]):
        raise AssayError(fault, where=str(MODEL), todo="give the file another name")
    stated = {"format": FORMAT, "members": {name: sha256(content).hexdigest() for name, content in members.items()}}
    found = _zipped({MANIFEST: text(stated), **{name: members[name] for name in sorted(members)}})
    if len(found) > LARGEST:
        raise AssayError(TOO_LARGE, where=str(MODEL), todo="train a smaller model, or send the folder itself")
    return found


def unpack(path: Path) -> Packed:
    """What an archive holds, in memory; AssayError if one byte is not as `pack` writes it. Nothing of it runs."""
    content = _read(path)
    try:
        members = _members(content)
        _require_stated(members, path)
        model = verified(_below(members, MODEL.as_posix()), path / MODEL, AGAIN)
        evidence = {one.name: members[one.as_posix()] for one in EVIDENCE if one.as_posix() in members}
        code = _code(_below(members, CODE))
    except AssayError as error:
        raise AssayError(error.what, where=error.where or str(path), todo=error.todo or AGAIN) from error
    return Packed(sha256(content).hexdigest(), model, code, evidence)


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise AssayError("there is no such file", where=str(path))
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise AssayError(TOO_LARGE, where=str(path), todo=AGAIN)
    return content


def _members(content: bytes) -> dict[str, bytes]:
    """The members by path."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = archive.infolist()
            if fault := _names_fault([one.filename for one in listed]) or _packed_fault(listed, len(content)):
                raise AssayError(fault)
            members = {one.filename: archive.read(one) for one in listed}
    except AssayError:
        raise
    except Exception as error:  # of zipfile, for bytes of any kind
        if of_this_machine(error):
            raise
        raise AssayError(f"not an archive, or damaged: {str(error)[:100] or type(error).__name__}") from error
    if _zipped(members) != content:
        raise AssayError("not an archive as `assay bundle export` writes it, or damaged")
    return members


def _names_fault(names: list[str]) -> str | None:
    if len(names) > MOST:
        return f"more than {MOST} members"
    if odd := [name for name in names if len(name) > LONGEST or not NAME.fullmatch(name)]:
        return f"a member with a name that is not allowed: {odd[0][:60]!r}"
    if len({name.lower() for name in names}) < len(names):
        return "two members whose names differ in case at most"
    folders = {parent.as_posix().lower() for name in names for parent in PurePosixPath(name).parents}
    if both := [name for name in names if name.lower() in folders]:
        return f"a member and a folder of one name: {both[0]}"
    return None


def _packed_fault(members: list[zipfile.ZipInfo], size: int) -> str | None:
    if any(one.compress_type != zipfile.ZIP_STORED for one in members) or sum(one.file_size for one in members) > size:
        return "compressed members, or members that overlap"
    return None


def _zipped(members: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.create_system, member.external_attr = 3, 0o100644 << 16  # a plain file, on every system
            archive.writestr(member, content)
    return target.getvalue()


def _require_stated(members: Mapping[str, bytes], path: Path) -> None:
    """AssayError unless the manifest lists just these members, in places that are known."""
    listed, others = _manifest(members, path), sorted(set(members) - {MANIFEST})
    if differing := sorted({*listed} ^ {*others}):
        raise AssayError(f"listed in {MANIFEST} or there, but not both: {differing[0]}")
    if wrong := [name for name in others if sha256(members[name]).hexdigest() != listed[name]]:
        raise AssayError(f"another file than {MANIFEST} lists: {wrong[0]}")
    known = {*map(Path.as_posix, EVIDENCE)}
    if extra := [name for name in others if name not in known and name.partition("/")[0] not in (MODEL.name, CODE)]:
        raise AssayError(f"a member that belongs to no model: {extra[0]}")
    if list(members) != [MANIFEST, *others]:
        raise AssayError("its members are in another order")


def _manifest(members: Mapping[str, bytes], path: Path) -> dict[str, str]:
    """The SHA-256 of each member, as the manifest states it."""
    if MANIFEST not in members:
        raise AssayError(f"no archive of a model: it has no {MANIFEST}")
    stated = parse(members[MANIFEST], str(path / MANIFEST), AGAIN)
    if not isinstance(stated, dict) or stated.get("format") != FORMAT:
        found = stated.get("format") if isinstance(stated, dict) else None
        what = f"an archive of format {str(found)[:20]}: this release reads format {FORMAT}"
        raise AssayError(what, todo="use the release that wrote it")
    listed = stated.get("members")
    if set(stated) != {"format", "members"} or not are_hashes(listed) or members[MANIFEST] != text(stated):
        raise AssayError(f"{MANIFEST} is not as `assay bundle export` writes it")
    return listed


def _below(members: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    return {name.removeprefix(f"{folder}/"): one for name, one in members.items() if name.startswith(f"{folder}/")}


def _code(members: Mapping[str, bytes]) -> dict[str, dict[str, bytes]]:
    """The files of each plug-in by the hash of its source, which its folder is named after."""
    found: dict[str, dict[str, bytes]] = {}
    for name, content in members.items():
        stated, _, path = name.partition("/")
        found.setdefault(stated, {})[path] = content
    if wrong := [stated for stated, files in found.items() if Source.of(files).sha256 != stated]:
        raise AssayError(f"code that has another hash than its folder says: {wrong[0][:64]}")
    return found
