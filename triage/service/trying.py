"""A mail that somebody brings along, decided as if it arrived now; nothing is kept, nobody is answered."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from triage.core.decide import decide
from triage.core.decision import (
    ActByMail,
    AppendToTicket,
    Decision,
    FileQuietly,
    HoldForReview,
    MarkDuplicate,
    OpenTicket,
    PlannedReply,
)
from triage.core.document import explanation
from triage.core.facts import Facts
from triage.core.letternames import VERIFICATION_NO
from triage.core.letters import letter_values
from triage.core.mail import Mail
from triage.core.ownresults import OwnResults
from triage.core.parse import parts_of, read_mail
from triage.core.people import Person
from triage.core.veil import masked, veil_of
from triage.db import audit
from triage.db.engine import Database
from triage.errors import LetterError
from triage.ports import RenderedLetter
from triage.service.explain import known_about
from triage.service.lettercase import letter_case
from triage.service.means import Means
from triage.service.ownresults import verify_all

TRIED = "mail_tried"
"""The line of the audit; it says how large the mail was and nothing of what stood in it."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What the service would decide, without secrets, and the letter that it would send.

    ``error`` says why the mail could not be decided, or its letter not be written.
    """

    document: Mapping[str, Any] = field(default_factory=dict)
    letter: RenderedLetter | None = None
    letter_to: str = ""
    error: str = ""


def try_mail(database: Database, means: Means, raw: bytes, person: Person, network: str) -> Tried:
    """Decide a raw mail by the rules and by what the database knows. Raises RulesError where none can be.

    It is read in a process apart first: whoever looks into a mail that stopped the service brings that mail.
    """
    now = means.clock.now()
    with database.write() as connection:
        audit.append(connection, now, person.name, TRIED, "/rules", network=network, data={"bytes": len(raw)})
    with closing(means.trial([raw])) as verdicts:
        told = next(verdicts)
    if told:
        return Tried(error=told)
    mail = read_mail(raw)
    facts = replace(known_about(database, mail, raw, means.rules, now), own_results=_own(means, mail, raw))
    parts = parts_of(mail, raw)
    decision = decide(mail, facts, means.rules, now, parts)
    document = masked(explanation("", mail, decision, parts))
    try:
        letter = _letter(means, mail, facts, decision, now)
    except LetterError as error:
        return Tried(document, error=str(error))
    to = decision.reply.to if isinstance(decision.reply, PlannedReply) else ""
    return Tried(document, letter, to)


def _own(means: Means, mail: Mail, raw: bytes) -> OwnResults | None:
    return verify_all(means, {0: (mail, raw)}).get(0)


def _letter(
    means: Means, mail: Mail, facts: Facts, decision: Decision, now: datetime
) -> RenderedLetter | None:
    reply, code = decision.reply, _code(means, decision, now)
    if not isinstance(reply, PlannedReply) or (not code and reply.letter != VERIFICATION_NO):
        return None
    case = letter_case(mail, veil_of(mail), facts, decision, means.rules, code=code, received_at=now)
    return means.renderer.render(reply.letter, letter_values(case, means.rules.office, means.zone))


def _code(means: Means, decision: Decision, now: datetime) -> str:
    """Give the code of the ticket; a new one is none of ours, since no ticket is opened."""
    match decision.outcome:
        case AppendToTicket(code=code):
            return code
        case OpenTicket() | HoldForReview():
            return f"SD{now.astimezone(means.zone):%y%m%d}-000000"
        case MarkDuplicate() | FileQuietly() | ActByMail():
            return ""
