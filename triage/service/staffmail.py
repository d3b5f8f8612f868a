"""Mails by which people of the desk act on tickets: what is known of their codes, what is done or refused.

All of it happens in the transaction that processes the mail, with its ticket locked from the moment when the
right was asked for: a crash leaves the mail waiting and nothing done.
"""

from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection, true

from triage.core.bymail import why_refused
from triage.core.decision import Decision
from triage.core.letternames import REPLY_REFUSED
from triage.core.letters import in_words
from triage.core.mail import Mail
from triage.core.people import Person, Right
from triage.core.replycodes import ReplyCode, codes_in
from triage.core.staffmail import CodeState, StaffAct, StaffMail, StaffMailFact, said_in
from triage.core.tickets import TicketStatus
from triage.core.veil import Veil
from triage.db import acts, audit, outbox, people, tickets
from triage.db.facts import CAP_WINDOW
from triage.db.history import SERVICE
from triage.db.mails import ClaimedMail
from triage.db.people import Known
from triage.db.tickets import TicketRow
from triage.db.visibility import visible_to
from triage.service import answering, colleagueletters, handover, noting, proposing
from triage.service.addressee import addressee
from triage.service.answering import Answer
from triage.service.errands import Act, Errand, run_within
from triage.service.means import Means

REFUSED = "mail_refused"
"""The line of the audit about a mail that was refused; it says why, and nothing of what stood in it."""


def known_of_code(connection: Connection, means: Means, mail: Mail) -> StaffMailFact | None:
    """Give what is known of the reply code in a mail; its ticket stays as it is until the transaction ends.

    None for a mail without a code, and for a code of nobody from nobody: such a mail is like any other.
    """
    written = codes_in(mail) if means.codes else ()
    if not written or means.codes is None:
        return None
    read = [means.codes.read(one) for one in written]
    code = read[0]
    if len(written) > 1 or code is None:
        return _of_sender(connection, mail, CodeState.SEVERAL if all(read) else CodeState.UNKNOWN)
    known = people.of_id(connection, code.person_id)
    if known is None:
        return None
    now = means.clock.now()
    return _of_code(connection, means, mail, code, known, now)


def _of_sender(connection: Connection, mail: Mail, state: CodeState) -> StaffMailFact | None:
    """Give who is told of codes that say nothing: the one person whose address stands in From."""
    his = people.of_address(connection, mail.sender.address)
    if len(his) != 1:
        return None
    person = his[0].person
    return StaffMailFact(state, person.id, person.name, person.email, his[0].enabled)


def _of_code(
    connection: Connection, means: Means, mail: Mail, code: ReplyCode, known: Known, now: datetime
) -> StaffMailFact:
    person = known.person
    ticket = _ticket(connection, code.ticket_id)
    sees = ticket is not None and _sees(connection, ticket, person, now)
    to = addressee(connection, ticket, means) if ticket and sees else None
    key = said_in(mail).key(ticket.id if ticket else 0, person.id)
    return StaffMailFact(
        state=CodeState.OVER if code.is_over(now) else CodeState.GOOD,
        person_id=person.id,
        login=person.name,
        email=person.email,
        enabled=known.enabled,
        ticket_id=ticket.id if ticket else None,
        code=ticket.code if ticket else "",
        sees=sees,
        may_note=person.may(Right.NOTE),
        may_send=person.may(Right.WORK)
        or (ticket is not None and handover.answers_alone(connection, person, ticket.id)),
        closed=ticket is not None and ticket.status == TicketStatus.CLOSED,
        reachable=to is not None,
        said_before=acts.find(connection, key, person.id) is not None,
    )


def _ticket(connection: Connection, ticket_id: int) -> TicketRow | None:
    """Give the ticket of a code, locked; of one that was merged into another that other one."""
    found = tickets.find_by_id(connection, ticket_id, visible=true(), lock=True)
    if found is None or found.merged_into is None:
        return found
    return tickets.find_by_id(connection, found.merged_into, visible=true(), lock=True)


def _sees(connection: Connection, ticket: TicketRow, person: Person, now: datetime) -> bool:
    return tickets.find_by_id(connection, ticket.id, visible=visible_to(person, now)) is not None


def act(connection: Connection, means: Means, mail: Mail, veil: Veil, decision: Decision) -> None:
    """Do what a mail says, as the same act at the desk does; the mail itself stays apart from the ticket."""
    staff = decision.staff_mail
    known = people.of_id(connection, staff.person_id) if staff else None
    if staff is None or staff.act is None or staff.ticket_id is None or known is None:
        raise ValueError("a mail that was not taken from anybody is about to act")
    said = said_in(mail)
    errand = Errand(known.person, staff.code, said.key(staff.ticket_id, staff.person_id), "")
    run_within(
        connection,
        means.clock.now(),
        errand,
        f"mail_{staff.act.value}",
        _act(means, errand, mail, veil, staff.act),
    )


def _act(means: Means, errand: Errand, mail: Mail, veil: Veil, wanted: StaffAct) -> Act:
    said = said_in(mail)
    match wanted:
        case StaffAct.NOTE:
            return noting.writing(veil.hide(said.as_note()), apart=True)
        case StaffAct.ANSWER:
            # Nothing was shown to him that could have changed since; the history tells what came between.
            return answering.sending(means, errand, Answer(said.text, anyway=True, apart=True), 0)
        case StaffAct.PROPOSAL:
            return proposing.leaving(means, said.text, apart=True)
    assert_never(wanted)


def tell_refused(connection: Connection, means: Means, stored: ClaimedMail, decision: Decision) -> bool:
    """Tell a person that a mail with his code was refused; gives whether a letter goes out.

    It goes to the address that stands in his account, whatever From says, and at most so many within an hour.
    """
    staff = decision.staff_mail
    if staff is None or staff.refused is None:
        return False
    now = means.clock.now()
    most = means.rules.replies.letters_per_hour
    told = outbox.count_to(connection, staff.email, REPLY_REFUSED, now - CAP_WINDOW) < most
    told = told and _write(connection, means, stored, staff, now)
    what = f"ticket {staff.ticket_id}" if staff.ticket_id else f"people/{staff.login}"
    data = {"person": staff.login, "why": staff.refused.value, "mail": stored.id, "told": told}
    audit.append(connection, now, SERVICE, REFUSED, what, data=data)
    return told


def _write(
    connection: Connection, means: Means, stored: ClaimedMail, staff: StaffMail, now: datetime
) -> bool:
    refused = {
        "why": why_refused(staff),
        "code": staff.code or None,
        "at": in_words(stored.received_at, means.zone),
    }
    values = {"code": staff.code or None, "due": None, "refused": refused, "office": means.rules.office}
    # It answers nobody: a letter about somebody else's mail must not stand in that one's thread.
    return colleagueletters.write(
        connection, means, REPLY_REFUSED, staff.email, values, seed=str(stored.id), now=now
    )
