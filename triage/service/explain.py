"""What the database knows about a mail or a sender who is only asked about; nothing is written."""

from dataclasses import replace
from datetime import datetime

from triage.core.decision import Finding
from triage.core.facts import NO_FACTS, Facts
from triage.core.listchecks import excuse_names, listed_findings, own_marks
from triage.core.lookalike import check_address, check_text
from triage.core.mail import Address, Mail
from triage.core.parse import read_mail
from triage.core.reading import question
from triage.core.rules import Rulebook
from triage.core.senderlists import marks_of
from triage.db import facts, senderlists
from triage.db.engine import Database

ANYBODY = "*"
"""The local part of a sender of whom only the domain is asked: no list entry and no request names it."""


def known_about(database: Database, mail: Mail, raw: bytes, rules: Rulebook, now: datetime) -> Facts:
    """Give the facts that the mail would be decided with if it arrived now."""
    with database.read() as connection:
        return facts.gather(connection, question(mail, raw, rules), now)


def judge_sender_with_lists(
    database: Database, name: str, text: str, rules: Rulebook, now: datetime
) -> tuple[Finding, ...]:
    """Judge a sender by name and address, and by what the lists of senders say of them."""
    protected = rules.trust.protected
    found = check_address(name, text, protected) if name else check_text(text, protected)
    address = text.strip() if "@" in text else f"{ANYBODY}@{text.strip()}"
    mail = replace(read_mail(b""), senders=(Address(name, address),))
    marks = marks_of(mail, own_marks(rules), rules.trust.names.registrable)
    with database.read() as connection:
        listed = senderlists.matching(connection, marks.all, now)
    known = replace(NO_FACTS, listed=listed)
    names = excuse_names(found, mail, known, protected, authenticated=None)
    return (*names, *listed_findings(mail, known, rules))
