"""Who vouches: signatures by ssh keys, as git makes and checks them (gpg.format=ssh).

Whose key is whose, the file of allowed signers says (ssh-keygen(1), "ALLOWED SIGNERS"): git's setting
gpg.ssh.allowedSignersFile. Whoever may write that file decides who may vouch.
"""

import re
import subprocess
import tempfile
from pathlib import Path

from assay.errors import AssayError
from assay.git import git

RECEIPT = "assay-receipt"  # the namespace: a signature under a receipt counts for nothing else
SSH = "-----BEGIN SSH SIGNATURE-----"
GOOD = re.compile(r'^Good "git" signature for (.+) with \S+ key \S+$', re.M)
ALLOWED = "gpg.ssh.allowedSignersFile"
KEY = "user.signingkey"
SETUP = "docs/operations.md, Who vouches"


def require_signed(root: Path, tag: str, allowed: Path | None = None, read: str | None = None) -> str:
    """The name of who signed an annotated tag, as the file of allowed signers has it.

    allowed: that file; by default the one of git's settings. read: the hash of the tag, where the caller has read what
    it says already. AssayError if the tag is missing, not signed with an ssh key, signed by another key than an allowed
    one, changed afterwards, a tag object of another name, or no longer the one that was read.
    """
    signers = allowed_signers(root, allowed)
    sha, text = _tag_object(root, tag)
    if read not in (None, sha):
        raise AssayError("the tag was moved while it was looked at", where=tag, todo="try again")
    header = text.partition("\n\n")[0].split("\n")
    if f"tag {tag}" not in header:  # a signed tag of another version, under this name
        raise AssayError(f"the tag says of itself another name than {tag}", where=tag, todo="git fetch --tags --force")
    if SSH not in text:
        todo = (
            "assay promote VERSION --sign assigns it anew, signed; one of gpg does not count: git config gpg.format ssh"
        )
        raise AssayError("the tag is not signed with an ssh key", where=tag, todo=todo)
    said = _verified(root, signers, sha)
    found = GOOD.findall(said)
    if len(found) != 1:
        what = "; ".join(line for line in said.splitlines() if line) or "no signature"
        raise AssayError(f"nobody who is allowed to vouches for the tag: {what}", where=f"{tag}, {signers}", todo=SETUP)
    return found[0]


def vouched(root: Path, tag: str) -> bool:
    """Whether a tag is signed by an allowed key; where no file says which are allowed, by any ssh key.

    AssayError if the tag, or the file that is named, is missing.
    """
    if not _setting(root, ALLOWED):
        return SSH in _tag_object(root, tag)[1]
    allowed_signers(root)
    try:
        require_signed(root, tag)
    except AssayError:
        return False
    return True


def allowed_signers(root: Path, given: Path | None = None) -> Path:
    """The file of allowed signers; AssayError if none is named, or it is not there."""
    path = given or _setting(root, "--type=path", ALLOWED)
    if not path:
        raise AssayError("no file says whose signatures count", todo=f"git config {ALLOWED} FILE; see {SETUP}")
    file = (root / Path(path)).absolute()
    if not file.is_file():
        raise AssayError("the file of allowed signers is missing", where=str(file), todo=f"git config {ALLOWED} FILE")
    return file


def signs(root: Path, setting: str, *, asked: bool) -> bool:
    """Whether to sign: because the user asks for it, or by a setting of git's (tag.gpgSign, commit.gpgSign)."""
    return asked or _setting(root, "--type=bool", setting) == "true"


def require_key(root: Path) -> str:
    """Git's signing key; AssayError if git is not set up to sign with an ssh key."""
    form, key = _setting(root, "gpg.format"), _setting(root, KEY)
    if form == "ssh" and key:
        return key
    lacking = "gpg.format is not ssh" if key else f"{KEY} is not set"
    todo = f"git config gpg.format ssh; git config {KEY} ~/.ssh/id_ed25519.pub; see {SETUP}"
    raise AssayError(f"git cannot sign: {lacking}", todo=todo)


def sign_file(root: Path, path: Path) -> Path:
    """Sign a file with git's ssh key; the path of the signature, beside it. AssayError if that fails."""
    key = require_key(root)
    signature = path.with_name(f"{path.name}.sig")
    signature.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(_setting(root, "--type=path", KEY))
        if literal := key.removeprefix("key::") if key.startswith(("key::", "ssh-")) else "":
            file = Path(folder, "key.pub")  # its private half is in the agent
            file.write_text(f"{literal}\n")
        done = _ssh(root, "sign", "-n", RECEIPT, "-f", str((root / file).absolute()), str(path))
    if done.returncode or not signature.exists():
        what = " ".join(done.stderr.split()) or "no signature was made"
        raise AssayError(f"ssh-keygen cannot sign: {what}", where=str(path), todo=f"git config {KEY}; see {SETUP}")
    return signature


def signed_content(root: Path, path: Path, allowed: Path | None = None) -> tuple[str, bytes]:
    """Who signed a file (FILE.sig beside it), and its content; AssayError if nobody who is allowed to has signed it."""
    signers, signature = allowed_signers(root, allowed), path.with_name(f"{path.name}.sig")
    if not signature.is_file():
        raise AssayError("the file is not signed", where=str(signature), todo="assay verify --sign")
    content = path.read_bytes()
    known = _ssh(root, "find-principals", "-s", str(signature), "-f", str(signers))
    names = known.stdout.splitlines() if known.returncode == 0 else []
    for name in names:
        words = ["-f", str(signers), "-I", name, "-n", RECEIPT, "-s", str(signature)]
        if _ssh(root, "verify", *words, stdin=content).returncode == 0:
            return name, content
    what = "the file is not what was signed" if names else "nobody who is allowed to has signed it"
    raise AssayError(what, where=f"{path}, {signers}", todo=SETUP)


def _tag_object(root: Path, tag: str) -> tuple[str, str]:
    """The hash and the text of an annotated tag on a commit."""
    try:
        sha = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"refs/tags/{tag}")
        text = git(root, "cat-file", "tag", sha)
    except AssayError as error:
        raise AssayError("there is no such annotated tag", where=tag, todo="git fetch --tags") from error
    if "type commit" not in text.partition("\n\n")[0].split("\n"):
        raise AssayError("the tag is not of a commit", where=tag)
    return sha, text


def _verified(root: Path, signers: Path, sha: str) -> str:
    """Git's words on the signature of a tag; only a good one by an allowed signer has the form of `GOOD`."""
    command = ["git", "-c", f"{ALLOWED}={signers}", "-c", "gpg.ssh.program=ssh-keygen", "verify-tag", sha]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, errors="replace")
    return done.stderr if done.returncode == 0 else GOOD.sub("refused: \\1", done.stderr)


def _ssh(root: Path, what: str, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    try:
        done = subprocess.run(["ssh-keygen", "-Y", what, *words], cwd=root, capture_output=True, input=stdin)
    except FileNotFoundError as error:
        raise AssayError(
            "there is no program ssh-keygen", where="PATH", todo="install OpenSSH, 8.2 or later"
        ) from error
    out, err = (said.decode(errors="replace") for said in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def _setting(root: Path, *words: str) -> str:
    """A setting of git's; "" if it is not set."""
    done = subprocess.run(["git", "config", "--get", *words], cwd=root, capture_output=True, text=True)
    return done.stdout.strip()
