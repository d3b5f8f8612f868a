"""Merges one ticket into another, and parts them again exactly as they were."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from triage.core.closings import Closing
from triage.core.rules import Rulebook
from triage.core.tickets import TicketStatus, typed_code
from triage.db import history, holds, links, moving, parties, tickets
from triage.db.engine import Database
from triage.db.schema import TOLD, WRITER
from triage.db.tickets import RESTING, TicketRow
from triage.db.visibility import visible_to
from triage.errors import RefusedActError
from triage.ports import Clock
from triage.service import changes, desk, pausing
from triage.service.errands import Doing, Errand, Pick, run
from triage.service.linking import other_ticket

MERGED = "merged"
UNMERGED = "unmerged"


def merge(database: Database, clock: Clock, errand: Errand, rules: Rulebook, into: str) -> dict[str, Any]:
    """Merge a ticket into another one: mails, letters and who may write go over, the ticket is closed.

    What is written to its code later comes to the other. One that waits or rests is taken up again where what
    comes over is still to be worked on; else nobody would see it. Raises RefusedActError where either is
    closed or held, where this person does not see the other, or where a legal hold keeps the data of this one
    together.
    """

    def act(do: Doing) -> dict[str, Any]:
        survivor = other_ticket(do, into)
        _demand_mergeable(do, survivor)
        _close_into(do, survivor, _move_all(do, survivor))
        links.add(do.connection, do.ticket.id, survivor.id, links.MERGED, now=do.now, actor=do.actor)
        taken_up = _taken_up(do, survivor, rules)
        tickets.change(do.connection, survivor.id, do.now, **taken_up)
        history.add_event(
            do.connection,
            survivor.id,
            do.now,
            MERGED,
            actor=do.actor,
            after=do.ticket.code,
            other=do.ticket.id,
        )
        return {"into": survivor.code}

    return run(database, clock, errand, "merge", act, pick=_locking_both(errand, into))


def _locking_both(errand: Errand, into: str) -> Pick:
    """Lock both tickets in the order of their ids: two who merge crosswise do not wait for each other."""

    def pick(connection: Connection, now: datetime) -> TicketRow:
        visible = visible_to(errand.person, now)
        codes = [str(parsed) for code in (errand.code, into) if (parsed := typed_code(code))]
        tickets.locked(connection, codes, visible=visible)
        return desk.find(connection, errand.code, visible=visible)

    return pick


def unmerge(database: Database, clock: Clock, errand: Errand) -> dict[str, Any]:
    """Take a merge back: what had come over goes home, what came since stays where it came to.

    A ticket that the merge took up again stays so.
    """

    def act(do: Doing) -> dict[str, Any]:
        survivor = _survivor(do)
        kept = next(
            one.data
            for one in reversed(history.events(do.connection, do.ticket.id))
            if one.verb == MERGED and "mails" in one.data
        )
        _move_back(do, survivor, kept)
        links.remove(do.connection, do.ticket.id, survivor.id, links.MERGED)
        for one, other in ((do.ticket, survivor), (survivor, do.ticket)):
            history.add_event(do.connection, one.id, do.now, UNMERGED, actor=do.actor, before=other.code)
        return {"from": survivor.code}

    return run(database, clock, errand, "unmerge", act)


def _demand_mergeable(do: Doing, survivor: TicketRow) -> None:
    changes.demand_open(do.ticket)
    changes.demand_open(survivor)
    held = next((one for one in (do.ticket, survivor) if one.status == TicketStatus.HELD), None)
    if held:
        raise RefusedActError("held", f"Ticket {held.code} is held.", ticket=held.code)
    if holds.held(do.connection, [do.ticket.id]):
        raise RefusedActError("legal_hold", f"A legal hold is on {do.ticket.code}.", ticket=do.ticket.code)


def _taken_up(do: Doing, survivor: TicketRow, rules: Rulebook) -> dict[str, Any]:
    """Give the columns of a ticket that rests and gets what somebody has still to work on."""
    if do.ticket.status in RESTING or survivor.status not in RESTING:
        return {}
    clock_on = pausing.resume(do.connection, rules.calendar, survivor, do.now)
    return {"status": TicketStatus.IN_PROGRESS.value, "snoozed_until": None, **clock_on}


def _move_all(do: Doing, survivor: TicketRow) -> dict[str, Any]:
    """Move everything over and give what it takes to move it back."""
    received, sent = moving.belongings(do.connection, do.ticket.id)
    roles = dict(parties.of_ticket(do.connection, survivor.id))
    own = [address for address, role in parties.of_ticket(do.connection, do.ticket.id) if role == WRITER]
    moving.move(do.connection, received, sent, do.ticket.id, survivor.id)
    parties.add_writers(do.connection, survivor.id, own)
    return {
        "mails": received,
        "letters": sent,
        "added": [address for address in own if address not in roles],
        "raised": [address for address in own if roles.get(address) == TOLD],
        "repointed": moving.repoint(do.connection, do.ticket.id, survivor.id),
    }


def _close_into(do: Doing, survivor: TicketRow, moved: dict[str, Any]) -> None:
    ticket = do.ticket
    tickets.change(
        do.connection,
        ticket.id,
        do.now,
        status=TicketStatus.CLOSED.value,
        closed_at=do.now,
        outcome=Closing.MERGED.value,
        snoozed_until=None,
        merged_into=survivor.id,
    )
    history.add_event(
        do.connection,
        ticket.id,
        do.now,
        MERGED,
        actor=do.actor,
        after=survivor.code,
        was=ticket.status,
        rest=ticket.snoozed_until.isoformat() if ticket.snoozed_until else None,
        **moved,
    )


def _survivor(do: Doing) -> TicketRow:
    """Give the ticket that this one was merged into, where this person sees it."""
    number, visible = do.ticket.merged_into, visible_to(do.person, do.now)
    found = (
        tickets.find_by_id(do.connection, number, visible=visible, lock=True) if number is not None else None
    )
    if found is None:
        raise RefusedActError("not_merged", f"Ticket {do.ticket.code} is not merged.", ticket=do.ticket.code)
    return found


def _move_back(do: Doing, survivor: TicketRow, kept: dict[str, Any]) -> None:
    moving.move(do.connection, kept["mails"], kept["letters"], survivor.id, do.ticket.id)
    moving.give_back_parties(do.connection, survivor.id, kept["added"], kept["raised"])
    moving.repoint(do.connection, survivor.id, do.ticket.id, only=kept["repointed"])
    tickets.change(
        do.connection,
        do.ticket.id,
        do.now,
        status=kept["was"],
        closed_at=None,
        outcome=None,
        merged_into=None,
        snoozed_until=datetime.fromisoformat(kept["rest"]) if kept["rest"] else None,
    )
    tickets.change(do.connection, survivor.id, do.now)
