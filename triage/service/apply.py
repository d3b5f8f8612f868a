"""Writes down what a decision asks for: decision, ticket, history and letter, in the caller's transaction.

Here stands the order. What becomes of the ticket stands in ``outcomes``, who is written to in
``plannedletters``.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from triage.core.decision import MarkDuplicate
from triage.core.document import document, outcome_name
from triage.core.identity import stored_id
from triage.core.paging import cause_to_page
from triage.core.searchentry import said_in_mail
from triage.db import decisions, mails, pages, searchindex, senderlists, units
from triage.service import outcomes, plannedletters, staffmail
from triage.service.decidedmail import DecidedMail, Joined
from triage.service.means import Means


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of one mail: the name of the outcome, its ticket, the letter that goes out.

    ``notices`` counts the letters to others than the sender.
    """

    outcome: str
    ticket_id: int | None
    letter: str | None
    notices: int = 0


def apply(connection: Connection, means: Means, decided: DecidedMail) -> Applied:
    """Write down one decided mail. Raises IntegrityError when a mail with this key was acted on first."""
    now = means.clock.now()
    stored, mail, decision = decided.stored, decided.mail, decided.decision
    decisions.add(
        connection,
        stored.id,
        decided.key,
        now,
        acting=not isinstance(decision.outcome, MarkDuplicate),
        facts=decided.facts.as_json(),
        document=decided.veil.over(document(decision)),
    )
    joined = outcomes.carry_out(connection, means, decided, now)
    _alert(connection, means, decided, joined, now)
    letter = plannedletters.write_letter(connection, means, decided, joined, now)
    notices = sum(
        plannedletters.write_notice(connection, means, decided, joined, one, now) for one in decision.notices
    )
    mails.finish(
        connection,
        stored.id,
        mail_key=decided.key,
        message_id=stored_id(mail.message_id),
        from_name=decided.veil.hide(mail.sender.name),
        from_address=mail.sender.address.lower()[:400],
        subject=decided.veil.hide(mail.subject),
        kind=decision.kind.value,
        ticket_id=joined.ticket_id,
    )
    if decision.registration:
        units.propose(
            connection, stored.id, mail.sender.address.lower()[:400], decision.registration.as_json(), now
        )
    if not isinstance(decision.outcome, MarkDuplicate):
        senderlists.add_marks(connection, stored.id, decided.marks)
        _index(connection, decided, joined)
    told = staffmail.tell_refused(connection, means, stored, decision)
    return Applied(outcome_name(decision.outcome), joined.ticket_id, letter, notices + told)


def _alert(connection: Connection, means: Means, decided: DecidedMail, joined: Joined, now: datetime) -> None:
    """Note what cannot wait; old mail that is taken in is no news to anybody."""
    if joined.ticket_id is None or decided.facts.imported or not means.pages:
        return
    cause = cause_to_page(decided.decision, means.rules.categories)
    if cause:
        pages.raise_alert(connection, joined.ticket_id, cause, now)


def _index(connection: Connection, decided: DecidedMail, joined: Joined) -> None:
    """Let a mail be found by its words; one that belongs to no ticket is nobody's to find."""
    if joined.ticket_id is not None:
        stored = decided.stored
        said = said_in_mail(stored.id, decided.mail, decided.veil, stored.received_at, decided.decision.unit)
        searchindex.write(connection, joined.ticket_id, said, is_new=True)
