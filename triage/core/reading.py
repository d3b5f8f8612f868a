"""All that is read of one mail before it is decided: what it says, and what the database is asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from triage.core.bounces import find_bounce
from triage.core.compose import letter_ids
from triage.core.decision import SubjectReading
from triage.core.firstreading import FirstReading, first_reading
from triage.core.identity import mail_key, stored_id
from triage.core.listchecks import own_marks
from triage.core.mail import Mail
from triage.core.ownresults import OwnResults
from triage.core.parse import parts_of, read_mail
from triage.core.replies import reply_address
from triage.core.returned import ids_of, returned_mail
from triage.core.rules import Rulebook
from triage.core.senderlists import marks_of
from triage.core.similar import signature_of_terms, terms_of
from triage.core.subject import read_subject
from triage.core.tickets import find_codes
from triage.core.units import find_unit_codes
from triage.core.veil import Veil, veil_of
from triage.core.verification import find_question

MOST_THREAD_IDS = 40
MOST_CODES = 5
MOST_NAMED = 100
MOST_QUOTED_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one mail. ``thread_ids`` stand in the order of trust, the best first.

    ``sender`` is who wrote, lower case; ``recipient`` is who an automatic letter would go to. ``named`` are
    all codes that stand in the mail, ``asked`` those that it asks about (None: it asks about none), and
    ``bounced`` the Message-IDs that a bounce speaks of (None: it is no bounce). ``marks`` are what the
    lists of senders may hold of the mail, ``unit_codes`` the numbers of units that it names, ``bare`` the
    subject without prefixes, tag and code (empty: no ticket of that subject is looked for), ``said`` the new
    text as written, ``signature`` what incidents are compared by (empty: it tells too little).
    """

    mail_key: str
    thread_ids: Sequence[str]
    codes: Sequence[str]
    sender: str
    recipient: str
    named: Sequence[str] = ()
    asked: Sequence[str] | None = None
    bounced: Sequence[str] | None = None
    marks: Sequence[str] = ()
    unit_codes: Sequence[str] = ()
    bare: str = ""
    said: str = ""
    signature: bytes = b""


@dataclass(frozen=True, slots=True)
class Read:
    """One mail as bytes, as values, the key that tells it from all others, and what lists may hold of it.

    ``first`` is what it says by itself, ``asked`` what the database is asked about it, ``veil`` what is
    hidden of it, ``own`` what we verified of its sender ourselves, ``signature`` what surges of one error
    are found by.
    """

    raw: bytes
    mail: Mail
    key: str
    first: FirstReading
    asked: Question
    veil: Veil
    own: OwnResults | None = None

    @property
    def marks(self) -> Sequence[str]:
        """What lists may hold of it."""
        return self.asked.marks

    @property
    def signature(self) -> bytes:
        """What surges of one error are found by."""
        return self.asked.signature


def read_of(raw: bytes, rules: Rulebook) -> Read:
    """Read one mail and work out all that it tells before anything is looked up: the long part."""
    mail = read_mail(raw)
    first = first_reading(mail, rules, parts_of(mail, raw))
    asked = question(mail, raw, rules, first.subject)
    return Read(raw, mail, asked.mail_key, first, asked, veil_of(mail))


def question(mail: Mail, raw: bytes, rules: Rulebook, subject: SubjectReading | None = None) -> Question:
    """Say what the database is asked about a mail. Codes of the subject come before those of the text.

    ``subject`` is its subject line, where that has been read already.

    A bounce seldom answers the letter it is about; it quotes that letter's headers in a part of its own.
    """
    bare = (subject or read_subject(mail.subject, rules.treasuries)).bare
    bounces = find_bounce(mail) is not None
    quoted = letter_ids(raw[:MOST_QUOTED_BYTES]) if bounces or _speaks_of_a_letter(mail) else ()
    returned = returned_mail(parts_of(mail, raw), mail) if bounces else None
    ids = dict.fromkeys((*mail.in_reply_to, *reversed(mail.references), *quoted, *ids_of(returned)))
    threads = tuple(stored_id(one) for one in tuple(ids)[:MOST_THREAD_IDS])
    codes = (
        find_codes(mail.subject) or find_codes(mail.text) or find_codes(returned.subject if returned else "")
    )
    asked = find_question(mail)
    return Question(
        mail_key=mail_key(mail, raw),
        thread_ids=threads,
        codes=tuple(str(code) for code in codes[:MOST_CODES]),
        sender=mail.sender.address.lower(),
        recipient=reply_address(mail),
        named=_named(mail),
        asked=asked.codes if asked else None,
        bounced=threads if bounces else None,
        marks=marks_of(mail, own_marks(rules), rules.trust.names.registrable).all,
        unit_codes=find_unit_codes(f"{mail.subject}\n{mail.new_text}"),
        bare=bare,
        said=mail.new_text,
        signature=signature_of_terms(terms_of(bare, mail.new_text)),
    )


def _named(mail: Mail) -> tuple[str, ...]:
    """Give the codes that stand anywhere in a mail, the sender's own words first."""
    codes = dict.fromkeys((*find_codes(f"{mail.subject}\n{mail.new_text}"), *find_codes(mail.text)))
    return tuple(str(code) for code in codes)[:MOST_NAMED]


def _speaks_of_a_letter(mail: Mail) -> bool:
    return mail.content_type == "multipart/report" or mail.return_path == ""
