"""Whether a mail gets an automatic letter, which one, and at which address."""

from typing import assert_never

from triage.core.decision import (
    UNROUTED,
    ActByMail,
    AppendToTicket,
    FileQuietly,
    HoldForReview,
    How,
    Kind,
    MarkDuplicate,
    NoReply,
    OpenTicket,
    Outcome,
    PlannedReply,
    Reply,
    Route,
    SenderJudgement,
)
from triage.core.facts import Facts
from triage.core.letternames import (
    ACKNOWLEDGEMENT,
    FOLLOW_UP,
    IMPERSONATION_THANKS,
    NO_TREASURY_CODE,
    REOPENED,
    VERIFICATION_NO,
    VERIFICATION_YES,
)
from triage.core.mail import Mail
from triage.core.onespelling import one_spelling
from triage.core.providers import FREE_MAIL
from triage.core.reply_guards import GUARDS, SILENT_OUTCOMES, ReplyCase
from triage.core.rules import Office, ReplyPolicy
from triage.core.verification import find_question

_SECOND_LEVEL = frozenset(
    {"ac", "biz", "com", "edu", "gov", "health", "info", "int", "mil", "name", "net", "org", "pro"}
)
"""Names under which .vn (and others) hand out domains, so that gov.vn is nobody's house."""


def plan_reply(  # noqa: PLR0913, PLR0917 - each argument is what one step of the decision answered
    mail: Mail,
    kind: Kind,
    sender: SenderJudgement,
    outcome: Outcome,
    route: Route,
    facts: Facts,
    office: Office,
    policy: ReplyPolicy,
) -> Reply:
    """Choose the letter that answers a mail and the one address that gets it, or say why nothing goes out."""
    case = ReplyCase(mail, kind, sender, outcome, facts, office, policy, reply_address(mail))
    why = next((reason for guard in GUARDS if (reason := guard(case))), None)
    if why:
        return NoReply(why)
    return _letter(kind, outcome, route, facts, case.to)


def reply_address(mail: Mail) -> str:
    """Give the address that an answer goes to: From, or Reply-To where that is plainly the same house.

    A ticket code is what units trust a caller by, so a forged From must not send one to the Reply-To of a
    stranger. The same domain is enough except at public mail providers, where it says nothing; elsewhere one
    domain may stand above the other (so.example and phong.so.example). Several addresses are not followed.
    Who asks about a code is told at From alone, in the form in which tickets keep addresses.
    """
    written = mail.sender.address.strip()
    if find_question(mail):
        return written.lower()
    wanted = [item.address.strip() for item in mail.reply_to if item.address.strip()]
    return wanted[0] if len(wanted) == 1 and _same_house(written, wanted[0]) else written


def _letter(kind: Kind, outcome: Outcome, route: Route, facts: Facts, to: str) -> Reply:
    match outcome:
        case OpenTicket() if kind is Kind.IMPERSONATION_REPORT:
            return PlannedReply(IMPERSONATION_THANKS, to)
        case FileQuietly() if kind is Kind.VERIFICATION:
            known = facts.asked_code is not None and facts.asked_code.issued_to_sender
            return PlannedReply(VERIFICATION_YES if known else VERIFICATION_NO, to)
        case OpenTicket():
            unplaced = outcome.queue == UNROUTED and route.how is How.NONE and facts.incident is None
            return PlannedReply(NO_TREASURY_CODE if unplaced else ACKNOWLEDGEMENT, to)
        case AppendToTicket():
            return PlannedReply(REOPENED if outcome.reopen else FOLLOW_UP, to)
        case HoldForReview() | MarkDuplicate() | FileQuietly() | ActByMail():
            return NoReply(SILENT_OUTCOMES[type(outcome)])
        case _:
            assert_never(outcome)


def _same_house(one: str, other: str) -> bool:
    first_address, second_address = one_spelling(one), one_spelling(other)
    if first_address == second_address:
        return True
    first, second = (each.rpartition("@")[2].rstrip(".") for each in (first_address, second_address))
    if not first or first in FREE_MAIL or second in FREE_MAIL:
        return False
    return first == second or _stands_above(first, second) or _stands_above(second, first)


def _stands_above(upper: str, lower: str) -> bool:
    return lower.endswith(f".{upper}") and not _is_public_suffix(upper)


def _is_public_suffix(domain: str) -> bool:
    labels = domain.split(".")
    return len(labels) == 1 or (len(labels) == 2 and labels[0] in _SECOND_LEVEL)  # noqa: PLR2004 - such as gov.vn
