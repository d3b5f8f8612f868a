"""What stands around a mail: who wrote what it sends on, who else was told, what it may have to do with."""

from collections.abc import Iterator

from triage.core.belonging import Belonging
from triage.core.decision import HoldForReview, Kind, OpenTicket, Outcome
from triage.core.facts import Facts
from triage.core.mail import Mail, Parts
from triage.core.mailcards import Source
from triage.core.reasons import Reason
from triage.core.reply_guards import is_robot
from triage.core.rules import Office
from triage.core.sources import source_of
from triage.core.upstream import find_upstream_spam

MOST_COPIED = 50
"""Addresses of one mail's To and Cc that are kept with its ticket."""

_SENT_ON = frozenset({Kind.REQUEST, Kind.FOLLOW_UP})
_LONGEST_ADDRESS = 254


def find_source(mail: Mail, kind: Kind, office: Office, parts: Parts = ()) -> Source | None:
    """Give who wrote the request that somebody else sends on; never the sender himself, never ourselves."""
    source = source_of(mail, parts) if kind in _SENT_ON else None
    if source is None:
        return None
    address = source.address.lower()
    known = office.addresses | office.misprints | {one.address.lower() for one in mail.senders}
    return None if address in known or not (address or source.name) else source


def participants(mail: Mail, source: Source | None, office: Office) -> dict[str, list[str]]:
    """Give who else a mail tells of its matter, by sort, lower case: ``cc`` and ``forwarded``; no robots."""
    told = {
        "cc": [one.address for one in (*mail.to, *mail.cc)],
        "forwarded": [source.address] if source else [],
    }
    ours = office.addresses | office.misprints | {one.address.lower() for one in mail.senders}
    kept = {sort: _kept(addresses, ours) for sort, addresses in told.items()}
    return {sort: addresses for sort, addresses in kept.items() if addresses}


def surrounding_reasons(
    mail: Mail, outcome: Outcome, facts: Facts, belonging: Belonging, source: Source | None
) -> Iterator[Reason]:
    """Tell a person what the decision saw around the mail and left to him."""
    if source:
        shown = (
            f"{source.name} <{source.address}>"
            if source.name and source.address
            else source.name or source.address
        )
        yield Reason(
            "forwarded_from",
            f"Thư chuyển tiếp yêu cầu do {shown} viết{f' ({source.date})' if source.date else ''}.",
            f"The mail sends on what {shown} wrote{f' ({source.date})' if source.date else ''}.",
        )
    if isinstance(outcome, HoldForReview) and belonging.foreign and belonging.refused:
        code = belonging.refused.code
        yield Reason(
            "held_foreign_code",
            f"Người gửi tự nêu mã {code} của người khác; giữ lại để cán bộ xem, không trả lời gì.",
            f"The sender himself gives {code}, a code of somebody else; a person looks first, "
            "nothing is answered.",
        )
    if isinstance(outcome, OpenTicket) and facts.alike:
        code = facts.alike.code
        yield Reason(
            "ticket_alike",
            f"Người gửi vừa có phiếu {code} cùng tiêu đề; xem có phải cùng một việc không.",
            f"The sender has opened {code} under the same subject lately; see whether it is the same matter.",
        )
    spam = find_upstream_spam(mail)
    if spam:
        yield spam


def _kept(addresses: list[str], but: frozenset[str]) -> list[str]:
    each = dict.fromkeys(address.lower() for address in addresses if "@" in address)
    fitting = (one for one in each if one not in but and len(one) <= _LONGEST_ADDRESS and not is_robot(one))
    return list(fitting)[:MOST_COPIED]
