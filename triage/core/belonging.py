"""Whether a mail belongs to an existing ticket, and whether its sender may write on it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.core.decision import SubjectReading
from triage.core.facts import Facts, TicketFact
from triage.core.forwardmarks import is_forward_subject
from triage.core.mail import Mail
from triage.core.mailcards import Source
from triage.core.onespelling import one_spelling
from triage.core.providers import FREE_MAIL
from triage.core.reasons import Reason
from triage.core.rules import ReplyPolicy
from triage.core.tickets import TicketStatus, find_codes
from triage.core.treasuries import TreasuryDirectory

_NOBODYS = ".invalid"
"""What nobody writes from (RFC 6761), and what stands for a party whose data were erased."""

_OF_MANY = re.compile(r"[^.]+\.gov\.vn")
"""The domain of a whole province or ministry, whose mail server serves hundreds of units: angiang.gov.vn."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """The ticket that a mail joins, or None, and why.

    ``refused`` is the one that it names or continues and may not join; ``foreign`` says that the sender, no
    party to that ticket, names its code himself.
    """

    ticket: TicketFact | None
    reopen: bool
    reasons: tuple[Reason, ...]
    refused: TicketFact | None = None
    foreign: bool = False


def find_ticket(
    mail: Mail,
    subject: SubjectReading,
    facts: Facts,
    directory: TreasuryDirectory,
    policy: ReplyPolicy,
    received_at: datetime,
    source: Source | None = None,
) -> Belonging:
    """Tell which ticket a mail continues: the one of its code before the one of its thread.

    Where the code is another's, the sender's own thread still counts. ``source`` wrote what is sent on.
    """
    ticket = facts.ticket or facts.thread
    if facts.ticket and facts.thread and _rather_the_thread(mail, facts.ticket, facts.thread, facts):
        ticket = facts.thread
    if ticket is None:
        return Belonging(None, reopen=False, reasons=())
    stranger = _stranger(mail, ticket, facts)
    refusal = (
        stranger
        or _new_matter(subject, ticket, facts, directory)
        or _closed_long_ago(ticket, policy, received_at)
    )
    if refusal:
        foreign = stranger is not None and _names(mail, ticket) and not _passes_on(mail, ticket, source)
        return Belonging(None, reopen=False, reasons=(refusal,), refused=ticket, foreign=foreign)
    how = (
        Reason("ticket_by_code", f"Thư nêu mã {ticket.code}.", f"The mail names {ticket.code}.")
        if ticket is facts.ticket
        else Reason(
            "ticket_by_thread",
            f"Thư trả lời một thư của phiếu {ticket.code}.",
            f"The mail answers a mail of ticket {ticket.code}.",
        )
    )
    return Belonging(ticket, reopen=ticket.status is TicketStatus.CLOSED, reasons=(how,))


def _rather_the_thread(mail: Mail, named: TicketFact, thread: TicketFact, facts: Facts) -> bool:
    return not is_party(mail, named, facts) and is_party(mail, thread, facts)


def _names(mail: Mail, ticket: TicketFact) -> bool:
    """Say whether the sender himself gives the code: history that he quotes was written by others."""
    names = {ticket.code, ticket.called}
    return any(str(code) in names for code in find_codes(f"{mail.subject}\n{mail.new_text}"))


def _passes_on(mail: Mail, ticket: TicketFact, source: Source | None) -> bool:
    """Say whether a forward brings the code: then the mail inside is a party's, not the forwarder's claim."""
    if source is None or not (is_forward_subject(mail.subject) or source.attached):
        return False
    return takes_part(source.address, ticket.parties)


def is_party(mail: Mail, ticket: TicketFact, facts: Facts) -> bool:
    """Whether the sender, or somebody else of the same organisation, takes part in the ticket.

    Who was only told of it, by Cc or as the author of what was forwarded, takes no part: one forged mail in a
    party's name could else bring anybody in.
    """
    return takes_part(mail.sender.address, ticket.parties, domain_of_many=facts.domain_of_many)


def takes_part(address: str, parties: Collection[str], *, domain_of_many: bool = False) -> bool:
    """Whether an address, or another of the same organisation, is among the parties, in any spelling.

    Providers of free mail and the domains of whole provinces and ministries are no organisation here, nor is
    a domain of which somebody knows that several units share it (``domain_of_many``).
    """
    sender, known = one_spelling(address), {one_spelling(party) for party in parties}
    domain = sender.rpartition("@")[2] if "@" in sender else ""
    if domain.endswith(_NOBODYS):
        return False
    if sender in known:
        return True
    if not domain or domain_of_many or domain in FREE_MAIL or _OF_MANY.fullmatch(domain):
        return False
    return any(party.endswith(f"@{domain}") for party in known)


def _stranger(mail: Mail, ticket: TicketFact, facts: Facts) -> Reason | None:
    if is_party(mail, ticket, facts):
        return None
    return Reason(
        "ticket_of_another_party",
        f"Thư dẫn tới phiếu {ticket.code}, nhưng người gửi không thuộc phiếu này; mở phiếu riêng.",
        f"The mail leads to ticket {ticket.code}, but its sender is no party to it; a new one is opened.",
    )


def _new_matter(
    subject: SubjectReading, ticket: TicketFact, facts: Facts, directory: TreasuryDirectory
) -> Reason | None:
    """Say so where an old thread is used for something new: another treasury in the subject gives it away."""
    found = directory.lookup(subject.treasury) if subject.treasury else None
    if ticket is facts.ticket or found is None or found.treasury.queue == ticket.queue:
        return None
    if ticket.queue not in directory.queues:
        return None
    return Reason(
        "thread_reused",
        f"Thư thuộc luồng của phiếu {ticket.code} nhưng ghi kho bạc khác ({subject.treasury}); mở phiếu mới.",
        f"The mail stands in the thread of {ticket.code} but names another treasury ({subject.treasury}); "
        "it gets a new ticket.",
    )


def _closed_long_ago(ticket: TicketFact, policy: ReplyPolicy, received_at: datetime) -> Reason | None:
    closed_at = ticket.closed_at
    if closed_at is None or received_at - closed_at <= timedelta(days=policy.reopen_days):
        return None
    return Reason(
        "ticket_closed_long_ago",
        f"Phiếu {ticket.code} đã đóng quá {policy.reopen_days} ngày; mở phiếu mới.",
        f"Ticket {ticket.code} was closed more than {policy.reopen_days} days ago; a new one is opened.",
    )
