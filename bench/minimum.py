# mypy: disable-error-code="no-untyped-call"
# reason: IMAPClient annotates only part of its methods
"""The honest minimum: the least that a program can do which reads, records, answers and moves each mail.

It knows no duplicates, impostors, threads, deadlines or letters, and keeps no raw mail. What a service does
beyond this costs time; bench/pipeline.py measures how much.
"""

import argparse
import email
import email.policy
import re
import smtplib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr

from imapclient import IMAPClient

BATCH = 50
CODE = re.compile(r"[\[(]?\s*(\d{4})\s*[#&-]\s*DVC", re.IGNORECASE)
TABLE = """
create table mail (
    id integer primary key, uid integer unique, message_id text, sender text, subject text,
    code text, body text, attachment_bytes integer
)
"""
INSERT = """
insert into mail (uid, message_id, sender, subject, code, body, attachment_bytes) values (?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class Read:
    """What the minimum reads of one mail."""

    message_id: str
    sender: str
    subject: str
    code: str | None
    body: str
    attachment_bytes: int


def read(raw: bytes) -> Read:
    """Parse one mail with the standard library, every part decoded."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    body, attachment_bytes = "", 0
    for part in message.walk():
        if part.is_multipart():
            continue
        content = part.get_content()
        if part.get_content_type() == "text/plain":
            body = body or content
        elif part.is_attachment():
            attachment_bytes += len(content)
    subject = str(message["Subject"] or "")
    found = CODE.search(subject)
    sender = parseaddr(str(message["From"] or ""))[1]
    return Read(str(message["Message-ID"]), sender, subject, found and found[1], body, attachment_bytes)


def answer(mail: Read, number: int) -> EmailMessage:
    """Make one short letter."""
    letter = EmailMessage()
    letter["From"], letter["To"] = "hotrocntt@vst.gov.vn", mail.sender
    letter["Subject"] = f"Re: {number:06}"
    letter["Message-ID"] = make_msgid(domain="vst.gov.vn")
    letter["In-Reply-To"] = mail.message_id
    letter["Auto-Submitted"] = "auto-replied"
    letter.set_content(f"Thư của quý đơn vị đã được tiếp nhận với số {number:06}.\n")
    return letter


def fetched(imap: IMAPClient, uids: Sequence[int]) -> Iterator[list[tuple[int, bytes]]]:
    """Fetch all mails in batches, unmarked."""
    for start in range(0, len(uids), BATCH):
        found = imap.fetch(uids[start : start + BATCH], ["BODY.PEEK[]"])
        yield [(uid, found[uid][b"BODY[]"]) for uid in sorted(found)]


def open_database(path: str) -> sqlite3.Connection:
    """Make the one table; each transaction is on disk when it is committed."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = full")
    database.execute(TABLE)
    return database


def drain(imap: IMAPClient, smtp: smtplib.SMTP, database: sqlite3.Connection) -> int:
    """Read, record, answer and move everything in INBOX; give the number of mails."""
    imap.select_folder("INBOX")
    uids = imap.search("ALL")
    for batch in fetched(imap, uids):
        for uid, raw in batch:
            mail = read(raw)
            database.execute("begin immediate")
            row = (
                uid,
                mail.message_id,
                mail.sender,
                mail.subject,
                mail.code,
                mail.body,
                mail.attachment_bytes,
            )
            number = database.execute(INSERT, row).lastrowid or 0
            database.execute("commit")
            smtp.send_message(answer(mail, number))
        imap.move([uid for uid, _ in batch], "Processed")
    return len(uids)


def main() -> None:
    """Print how many mails were handled and how many that is in a second, connections included."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--imap-port", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--database", required=True)
    args = parser.parse_args()
    started = time.perf_counter()
    database = open_database(args.database)
    with (
        IMAPClient("127.0.0.1", args.imap_port, ssl=False) as imap,
        smtplib.SMTP("127.0.0.1", args.smtp_port) as smtp,
    ):
        imap.login(args.user, args.password)
        imap.create_folder("Processed")
        mails = drain(imap, smtp, database)
    database.close()
    seconds = time.perf_counter() - started
    print(f"{mails} mails in {seconds:.3f} s, {mails / seconds:.1f} mails/s")


if __name__ == "__main__":
    main()
