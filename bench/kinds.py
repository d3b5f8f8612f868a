"""Measures how kinds of mail are told apart, on the bounces, complaints and answers that sisimai collected.

The collection states no expectation in its mails. What a bounce should say is therefore read a second time,
as plainly as can be: the recipients and classes of status that its own bytes declare, or the To of what came
back (where an alias stands there, the server names the mailbox behind it, and the two differ).
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from triage.core.bounces import find_bounce
from triage.core.deliveries import read_delivery
from triage.core.mail import Mail
from triage.core.parse import parts_of, read_mail
from triage.core.returned import returned_mail
from triage.core.robots import find_auto_reply, find_list

MAILDIR = (
    Path(__file__).resolve().parents[1] / ".." / "shared" / "corpora" / "sisimai-set-of-emails" / "maildir"
)
WANTED = {
    "lhost": "bounce",
    "rhost": "bounce",
    "rfc3464": "bounce",
    "rfc3834": "auto",
    "arf": "auto",
    "not": "person",
}
COLUMNS = ("mails", "as wanted", "recipient", "of", "permanent", "of")

_RECIPIENT = re.compile(
    r"^(?:final-recipient|original-recipient|"
    r"x-failed-recipients):\s*(?:[\w-]+\s*;)?\s*<?([^\s<>;]+@[^\s<>;]+)>?",
    re.IGNORECASE | re.MULTILINE,
)
_STATUS = re.compile(r"^status:\s*([45])\.\d+\.\d+", re.IGNORECASE | re.MULTILINE)
_DELAYED = re.compile(r"^action:\s*delayed", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Measured:
    """One mail: its group, the kind found, whether what it tells of a delivery is right (None: untold)."""

    file: str
    group: str
    kind: str
    recipient: bool | None
    permanent: bool | None


def measure(folder: Path) -> Iterator[Measured]:
    """Measure every mail of the collection's main folder and of the one that holds no bounces."""
    for path in sorted((*folder.glob("bsd/*.eml"), *folder.glob("not/*.eml"))):
        group = "not" if path.parent.name == "not" else path.name.partition("-")[0]
        if group in WANTED:
            yield _measured(path, group)


def _measured(path: Path, group: str) -> Measured:
    raw = path.read_bytes()
    mail = read_mail(raw)
    kind = _kind(mail)
    if kind != "bounce" or group not in {"lhost", "rhost", "rfc3464"}:
        return Measured(path.name, group, kind, None, None)
    found = read_delivery(mail, parts_of(mail, raw))
    text = raw.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    wanted = {one.lower() for one in _RECIPIENT.findall(text)} or _sent_to(mail, raw)
    status = _STATUS.search(text)
    permanent = None
    if status:
        permanent = found.permanent is (status[1] == "5" and not _DELAYED.search(text))
    return Measured(path.name, group, kind, found.recipient.lower() in wanted if wanted else None, permanent)


def _sent_to(mail: Mail, raw: bytes) -> set[str]:
    returned = returned_mail(parts_of(mail, raw), mail)
    return {one.address.lower() for one in (*returned.to, *returned.cc)} if returned else set()


def _kind(mail: Mail) -> str:
    if find_bounce(mail):
        return "bounce"
    if find_auto_reply(mail):
        return "auto"
    return "list" if find_list(mail) else "person"


def main() -> int:
    """Print the table and the mails that went wrong."""
    if not MAILDIR.is_dir():
        print("The reference data are not at hand; there is nothing to measure.")
        return 1
    each = list(measure(MAILDIR))
    print(f"{'':10}" + "".join(f"{column:>12}" for column in COLUMNS))
    for group in WANTED:
        mine = [one for one in each if one.group == group]
        kinds = Counter(one.kind for one in mine)
        told = [len(mine), kinds[WANTED[group]]]
        for answers in ([one.recipient for one in mine], [one.permanent for one in mine]):
            told += [sum(answer is True for answer in answers), sum(answer is not None for answer in answers)]
        print(f"{group:10}" + "".join(f"{figure:>12}" for figure in told))
    print()
    for one in each:
        wrong = [one.kind] if one.kind != WANTED[one.group] else []
        wrong += [what for what in ("recipient", "permanent") if getattr(one, what) is False]
        if wrong:
            print(f"{one.file}: {', '.join(wrong)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
