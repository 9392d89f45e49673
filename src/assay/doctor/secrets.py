"""Finds secrets in files that git tracks. It never prints one."""

import configparser
import io
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from assay.doctor.attic import Attic
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.files import write_text

LARGEST = 1 << 20  # bytes; larger files are data
KINDS = {  # each begins with fixed letters, which makes the search many times faster
    "a private key": rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{32}",
    "a key of AWS": rb"A[KS]IA(?!IOSFODNN7EXAMPLE)[0-9A-Z]{16}\b",
    "a secret of AWS": rb"(?:aws_?secret|AWS_?SECRET|awsSecret)(?i:_?access_?key)['\"]?\s*[=:]\s*['\"]?"
    rb"(?!wJalrXUtnFEMI/)[A-Za-z0-9+/]{40}\b",
    "a token of GitHub": rb"g(?:h[pousr]_[A-Za-z0-9]{36}|ithub_pat_\w{60,})\b",
    "a token of GitLab": rb"glpat-[\w-]{20}",
    "a token of Slack": rb"xox[abprs]-[\w-]{20,}",
    "a key of Google": rb"AIza[\w-]{35}\b",
    "a token of Hugging Face": rb"hf_[A-Za-z0-9]{34}\b",
    "a token of PyPI": rb"pypi-AgEI[\w-]{50,}",
    "a password in an address": rb"://[^\s:/@'\"<>{}$]+:(?!(?i:pass|password|secret|token)@)[^\s:/@'\"<>{}$]{4,}@[\w.-]+",
}
PATTERNS = {what: re.compile(pattern) for what, pattern in KINDS.items()}
# Only in files of settings: elsewhere such a word is mostly a name.
SETTINGS = (".yaml", ".yml", ".toml", ".ini", ".cfg", ".env", ".json", ".properties")
PASSWORD = re.compile(
    rb"(?im)(?:^|[{,])[^\S\n]*['\"]?[\w.-]*(?:password|passwd|secret|api_?key|auth_?token|access_?token)['\"]?[^\S\n]*[=:][^\S\n]*"
    rb"(?!null\b|none\b|true\b|false\b|str\b)['\"]?(?![$<{*])([^\s'\"#,]{8,})"
)
DVC_CONFIG, DVC_LOCAL = ".dvc/config", ".dvc/config.local"
CREDENTIALS = (
    *("access_key_id", "secret_access_key", "session_token", "password", "passphrase", "token", "custom_auth_header"),
    *("account_key", "sas_token", "connection_string", "client_secret", "gdrive_client_secret"),
    *("oss_key_id", "oss_key_secret"),
)


def secrets(clone: Clone) -> Iterator[Fault]:
    """Everything that looks like a secret, with its line. Credentials of a remote belong in .dvc/config.local."""
    if found := _credentials(clone.text(DVC_CONFIG)):
        names = ", ".join(sorted({name for _, name, _ in found}))
        todo = f"keep them in {DVC_LOCAL}: assay doctor --mend moves them; once committed, they must be changed"
        yield Fault(f"credentials of a remote: {names}", DVC_CONFIG, todo, partial(_move, clone.root))
    for name in sorted(clone.tracked):
        path = clone.root / name
        if path.is_file() and path.stat().st_size <= LARGEST:
            yield from _in_file(name, path.read_bytes())


def _in_file(name: str, content: bytes) -> Iterator[Fault]:
    todo = "take it out, and change it: git keeps what was ever committed"
    for what, pattern in PATTERNS.items():
        if found := pattern.search(content):
            yield Fault(what, _place(name, content, found.start()), todo)
    if name.endswith(SETTINGS) and name != DVC_CONFIG and (found := PASSWORD.search(content)):
        yield Fault("a password or key", _place(name, content, found.start(1)), todo)


def _place(name: str, content: bytes, start: int) -> str:
    return f"{name}, line {content[:start].count(10) + 1}"  # 10: a line feed


def _credentials(text: str) -> list[tuple[str, str, str]]:
    """Section, name and value of each credential in a configuration of DVC."""
    parser = _parsed(text)
    return [
        (section, name, value)
        for section in parser.sections()
        for name, value in parser.items(section)
        if name in CREDENTIALS
    ]


def _parsed(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error:
        return configparser.ConfigParser()
    return parser


def _move(root: Path, attic: Attic) -> None:
    """Move credentials to config.local, which DVC reads too. Every other line stays as it is."""
    text = (root / DVC_CONFIG).read_text(encoding="utf-8")
    local = root / DVC_LOCAL
    own = _parsed(local.read_text(encoding="utf-8") if local.exists() else "")
    for section, name, value in _credentials(text):
        if not own.has_section(section):
            own.add_section(section)
        if not own.has_option(section, name):
            own.set(section, name, value)
    written = io.StringIO()
    own.write(written)
    attic.copy(local)
    write_text(local, written.getvalue())
    local.chmod(0o600)
    lines = [
        line for line in text.splitlines(keepends=True) if line.partition("=")[0].strip().lower() not in CREDENTIALS
    ]
    write_text(root / DVC_CONFIG, "".join(lines))


CHECKS = [
    Check(
        "secrets", "no secret stands in a file that git has", secrets, "moves those of a remote to .dvc/config.local"
    ),
]
