"""What the database knows of ticket codes that a mail names, and of bounces that no letter of ours caused."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BindParameter, Connection, and_, bindparam, false, func, null, or_, select

from triage.core.address import counted_address
from triage.core.belonging import takes_part
from triage.core.facts import VerifiedCode
from triage.core.letternames import VERIFICATIONS
from triage.core.onespelling import spellings
from triage.core.tickets import TicketStatus
from triage.db.mails import MailRow
from triage.db.schema import WRITES, decisions, mails, outbox, ticket_parties, tickets

NEWEST = 10_000
"""Mails, counted back from the newest, among which bounces of the last hour are looked for."""

_PARTIES = select(tickets.c.code, ticket_parties.c.address).where(
    ticket_parties.c.ticket_id == tickets.c.id,
    WRITES,
    tickets.c.code.in_(bindparam("codes", expanding=True)),
)

# Being named as a party is not enough: whoever forges From can name himself in Reply-To. The code must have
# gone to the address in a letter, or the address must have written on the ticket itself.
# What belonged to a ticket that was merged stands with the other one now, whose state is the true one too.
_SURVIVOR = tickets.alias("survivor")
_PLACE = func.coalesce(tickets.c.merged_into, tickets.c.id)
_SENDERS: BindParameter[str] = bindparam("senders", expanding=True)
_WROTE = select(mails.c.id).where(mails.c.from_address.in_(_SENDERS), mails.c.ticket_id == _PLACE)
_WAS_SENT = select(outbox.c.id).where(outbox.c.recipient.in_(_SENDERS), outbox.c.ticket_id == _PLACE)
_ISSUED = (
    select(
        tickets.c.id,
        tickets.c.code,
        tickets.c.opened_at,
        tickets.c.subject,
        tickets.c.queue,
        _SURVIVOR.c.status,
    )
    .join(_SURVIVOR, _SURVIVOR.c.id == _PLACE)
    .join(
        ticket_parties,
        and_(
            ticket_parties.c.ticket_id == tickets.c.id,
            ticket_parties.c.address.in_(_SENDERS),
            WRITES,
        ),
    )
    .where(
        tickets.c.code.in_(bindparam("codes", expanding=True)),
        # The code of a held ticket has been told to nobody.
        tickets.c.status != TicketStatus.HELD.value,
        or_(_WROTE.exists(), _WAS_SENT.exists()),
    )
)
_ANSWERED = select(func.count()).where(
    outbox.c.counted_as == bindparam("counted_as"),
    outbox.c.created_at > bindparam("since"),
    outbox.c.letter.in_(VERIFICATIONS),
)
_OURS = select(outbox.c.id).where(outbox.c.message_id.in_(bindparam("message_ids", expanding=True))).limit(1)


def issued(
    connection: Connection, codes: Sequence[str], sender: str, *, domain_of_many: bool = False
) -> tuple[tuple[str, bool], ...]:
    """Tell of each code whether its ticket is one that the sender, or a colleague, takes part in."""
    if not codes:
        return ()
    parties: dict[str, set[str]] = {}
    for code, address in connection.execute(_PARTIES, {"codes": codes}):
        parties.setdefault(code, set()).add(address)
    return tuple(
        (code, takes_part(sender, parties.get(code, ()), domain_of_many=domain_of_many)) for code in codes
    )


def asked_code(connection: Connection, codes: Sequence[str], sender: str) -> VerifiedCode | None:
    """Answer for the codes that a mail asks about: the first that was not issued to this very address.

    Where all of them were, the first of them; None where none is asked about.
    """
    if not codes:
        return None
    known = {
        row.code: row for row in connection.execute(_ISSUED, {"codes": codes, "senders": spellings(sender)})
    }
    unknown = next((code for code in codes if code not in known), None)
    if unknown is not None:
        return VerifiedCode(unknown, issued_to_sender=False)
    row = known[codes[0]]
    return VerifiedCode(
        row.code,
        issued_to_sender=True,
        ticket_id=row.id,
        opened_at=row.opened_at,
        subject=row.subject,
        queue=row.queue,
        status=TicketStatus(row.status),
    )


def answers_since(connection: Connection, recipient: str, since: datetime) -> int:
    """Count answers to questions about codes that went to an address."""
    return connection.scalar(_ANSWERED, {"counted_as": counted_address(recipient), "since": since}) or 0


def is_ours(connection: Connection, message_ids: Sequence[str]) -> bool:
    """Whether any of these ids is that of a letter in our outbox."""
    return bool(message_ids) and connection.scalar(_OURS, {"message_ids": message_ids}) is not None


def foreign_bounces(connection: Connection, *, limit: int) -> list[MailRow]:
    """Give bounces of mail that we never sent, the newest first: somebody writes in our name."""
    columns = (null() if name == "ticket_code" else mails.c[name] for name in MailRow.__dataclass_fields__)
    query = select(*columns).where(_FOREIGN).order_by(mails.c.id.desc()).limit(limit)
    return [MailRow(*tuple(row)) for row in connection.execute(query)]


def count_foreign_bounces(connection: Connection, since: datetime) -> int:
    """Count bounces of mail that we never sent among the newest mails received since a moment."""
    newest = select(func.max(mails.c.id)).scalar_subquery()
    query = select(func.count()).where(_FOREIGN, mails.c.received_at > since, mails.c.id > newest - NEWEST)
    return connection.scalar(query) or 0


_FOREIGN = and_(
    mails.c.kind == "bounce",
    mails.c.ticket_id.is_(None),
    select(decisions.c.id)
    .where(decisions.c.mail_id == mails.c.id, decisions.c.facts["our_letter"].as_boolean() == false())
    .exists(),
)
