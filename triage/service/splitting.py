"""Splits mails off a ticket into a new one with a code of its own."""

from collections.abc import Sequence
from typing import Any

from triage.core.excerpt import excerpt
from triage.core.parse import read_mail
from triage.core.tickets import TicketStatus, day_of_receipt
from triage.core.veil import veil_of
from triage.db import conversation, history, links, mails, moving, parties, ticketcodes, tickets
from triage.db.engine import Database
from triage.db.mails import ClaimedMail
from triage.errors import RefusedActError
from triage.service import changes
from triage.service.errands import Doing, Errand, run
from triage.service.means import Means

SPLIT = "split"


def split(database: Database, means: Means, errand: Errand, mail_ids: Sequence[int]) -> dict[str, Any]:
    """Move chosen mails, with the letters that answered them by themselves, to a new ticket.

    The mail that opened the ticket stays. Raises RefusedActError where none is chosen, or one of elsewhere.
    """

    def act(do: Doing) -> dict[str, Any]:
        changes.demand_open(do.ticket)
        changes.demand_not_held(do.ticket)
        chosen = _chosen(do, mail_ids)
        code, new_id = _open(do, means, chosen[0])
        numbers = [one.id for one in chosen]
        moving.move(do.connection, numbers, moving.letters_of(do.connection, numbers), do.ticket.id, new_id)
        parties.add_writers(do.connection, new_id, sorted(moving.writers(do.connection, new_id)))
        links.add(do.connection, do.ticket.id, new_id, links.SPLIT, now=do.now, actor=do.actor)
        tickets.change(do.connection, do.ticket.id, do.now)
        history.add_event(
            do.connection, do.ticket.id, do.now, SPLIT, actor=do.actor, after=code, mails=numbers
        )
        return {"new": code}

    return run(database, means.clock, errand, "split", act)


def _chosen(do: Doing, mail_ids: Sequence[int]) -> list[ClaimedMail]:
    own = conversation.told_mail_ids(do.connection, do.ticket.id)
    wanted = [number for number in own if number in set(mail_ids)]
    if not wanted or set(mail_ids) - set(own):
        raise RefusedActError("no_mails", "Choose mails of this ticket.")
    if wanted[0] == own[0]:
        raise RefusedActError("first_mail", "The mail that opened the ticket stays with it.")
    found = {one.id: one for one in mails.contents(do.connection, wanted)}
    if len(found) < len(wanted) or any(one.readable() is None for one in found.values()):
        raise RefusedActError("erased", "One of the mails was erased or cannot be read.")
    return [found[number] for number in wanted]


def _open(do: Doing, means: Means, first: ClaimedMail) -> tuple[str, int]:
    """Open the new ticket as its first mail would have, in the queue and category of the old one."""
    mail, old = read_mail(first.raw()), do.ticket
    veil = veil_of(mail)
    code = str(ticketcodes.next_code(do.connection, day_of_receipt(do.now, means.zone)))
    status = TicketStatus.IN_PROGRESS if old.assignee else TicketStatus.NEW
    new_id = tickets.open_ticket(
        do.connection,
        code=code,
        queue=old.queue,
        treasury=old.treasury,
        status=status.value,
        subject=veil.hide(mail.subject) or old.subject,
        requester_name=veil.hide(mail.sender.name),
        requester_address=mail.sender.address.lower()[:400],
        category=old.category,
        priority=old.priority,
        verdict=old.verdict,
        assignee=old.assignee,
        opened_at=first.received_at,
        due_at=means.rules.calendar.due_at(first.received_at),
        updated_at=do.now,
        excerpt=excerpt(veil.hide(mail.new_text)),
        unit_name=old.unit_name,
        unit_id=old.unit_id,
    )
    history.add_event(
        do.connection,
        new_id,
        do.now,
        "opened",
        actor=do.actor,
        mail_id=first.id,
        queue=old.queue,
        status=status.value,
        split_from=old.code,
    )
    return code, new_id
