"""Old mailboxes on disk: mbox files, Maildirs and folders of .eml files, with every line as it was.

In an mbox a line that begins with "From ", behind any number of ">", gets one more ">" (the form mboxrd), so
that nothing is lost on the way back. Lines end with LF there, and with CR LF in a mail.
"""

import mailbox
import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from triage.errors import NotFoundError, RefusalError

EML = ".eml"

_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_UNQUOTED = re.compile(rb"^(>*From )", re.MULTILINE)


def read_mailbox(path: Path) -> Iterator[bytes]:
    """Give the mails of an mbox file, a Maildir or a folder of .eml files, in its order.

    Raises NotFoundError and RefusalError.
    """
    if not path.exists():
        raise NotFoundError(f"{path}: there is no such file.")
    if path.is_dir():
        yield from _read_maildir(path) if _is_maildir(path) else _read_folder(path)
        return
    with path.open("rb") as file:
        if file.read(5) != b"From ":
            raise RefusalError(f"{path} is no mbox: it does not begin with a line “From …”.")
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.iterkeys():
            yield _crlf(_QUOTED.sub(rb"\1", box.get_bytes(key)))
    finally:
        box.close()


def write_mbox(path: Path, mails: Iterable[tuple[datetime, bytes]]) -> int:
    """Write mails with their times of receipt into a new file for its owner alone; gives how many."""
    count = 0
    with os.fdopen(_new_file(path), "wb") as file:
        for received_at, raw in mails:
            when = received_at.astimezone(UTC).strftime("%a %b %d %H:%M:%S %Y")
            lines = raw.replace(b"\r\n", b"\n").removesuffix(b"\n")
            file.write(f"From MAILER-DAEMON {when}\n".encode() + _UNQUOTED.sub(rb">\1", lines) + b"\n\n")
            count += 1
    return count


def write_folder(path: Path, mails: Iterable[tuple[int, datetime, bytes]]) -> int:
    """Write each mail as it came into a file of its number; the folder must be new. Gives how many."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        raise RefusalError(f"{path} exists already; name another folder.") from None
    except OSError as error:
        raise RefusalError(f"{path}: cannot be made: {error.strerror}.") from None
    count = 0
    for number, received_at, raw in mails:
        file = path / f"{number:08}{EML}"
        with os.fdopen(_new_file(file), "wb") as written:
            written.write(raw)
        os.utime(file, (received_at.timestamp(), received_at.timestamp()))
        count += 1
    return count


def _is_maildir(path: Path) -> bool:
    return (path / "cur").is_dir() and (path / "new").is_dir()


def _read_maildir(path: Path) -> Iterator[bytes]:
    files = [one for part in ("cur", "new") for one in (path / part).iterdir() if one.is_file()]
    for file in sorted(files, key=lambda one: one.name):
        yield _crlf(file.read_bytes())


def _read_folder(path: Path) -> Iterator[bytes]:
    """Give the mails of a folder in the order of their names, one a file; what is hidden is no mail."""
    files = [one for one in path.iterdir() if one.suffix.lower() == EML and one.name[0] != "."]
    if not files:
        raise RefusalError(f"{path} is no Maildir (it has no folders cur and new) and holds no {EML} files.")
    for file in sorted(files, key=lambda one: one.name):
        raw = file.read_bytes()
        # A mail is known by its bytes: what we wrote ourselves must come back as it was.
        yield raw if b"\r\n" in raw else _crlf(raw)


def _crlf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _new_file(path: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise RefusalError(f"{path} exists already; name another file.") from None
    except OSError as error:
        raise RefusalError(f"{path}: cannot be written: {error.strerror}.") from None
