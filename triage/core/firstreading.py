"""What one mail says by itself, before anything is looked up: the long part of deciding it.

It depends on nothing but the mail and the rules, so it may be worked out ahead and in another process.
"""

from dataclasses import dataclass

from triage.core.category import CategoryReading, categorise
from triage.core.contact import contact_of
from triage.core.contactcard import NO_CONTACT, Contact
from triage.core.contentevidence import ContentEvidence, content_evidence
from triage.core.decision import Kind, SubjectReading
from triage.core.kind import KindReading, classify
from triage.core.language import Language, language_of
from triage.core.listchecks import content_facts
from triage.core.mail import Mail, Parts
from triage.core.mailcards import Source
from triage.core.official import official_letter
from triage.core.pdfsignatures import pdf_signatures
from triage.core.privacy import disclosed_by
from triage.core.reasons import Reason
from triage.core.rules import Rulebook
from triage.core.senton import with_sent_on
from triage.core.signatures import Signature
from triage.core.subject import read_subject
from triage.core.surroundings import find_source

QUIET = frozenset({Kind.OWN, Kind.AUTO_REPLY, Kind.BOUNCE, Kind.LIST})
"""Kinds that nobody waits for an answer to."""


@dataclass(frozen=True, slots=True)
class FirstReading:
    """What a mail says by itself.

    ``read`` is the mail as a person reads it who opens what it sends on; category, contact and secrets are
    read of that one. ``source`` is who wrote what it sends on, ``signatures`` those of PDF files with it.
    """

    subject: SubjectReading
    kind: KindReading
    content: ContentEvidence
    read: Mail
    category: CategoryReading
    contact: Contact
    secrets: tuple[str, ...]
    language: Language
    official: tuple[Reason, ...]
    source: Source | None
    signatures: tuple[Signature, ...]


def first_reading(
    mail: Mail, rules: Rulebook, parts: Parts = (), kind: KindReading | None = None
) -> FirstReading:
    """Read a mail by itself; ``kind`` is for one that is known to be of another kind than it seems."""
    subject = read_subject(mail.subject, rules.treasuries)
    kind = kind or classify(mail, subject, rules.office.addresses)
    read = with_sent_on(mail, kind.kind, parts)
    quiet = kind.kind in QUIET
    trust = rules.trust
    return FirstReading(
        subject=subject,
        kind=kind,
        content=content_evidence(mail, trust.content, trust.names, content_facts(rules), parts),
        read=read,
        category=categorise(read, rules.categories),
        contact=NO_CONTACT if quiet else contact_of(read, rules.office, rules.treasuries),
        secrets=disclosed_by(read.subject, read.new_text or read.text),
        language=language_of(read.new_text or read.text, subject.bare),
        official=() if quiet else official_letter(mail),
        source=find_source(mail, kind.kind, rules.office, parts),
        signatures=pdf_signatures(parts),
    )
