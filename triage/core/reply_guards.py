"""Why a mail is not answered: every guard against loops, impostors and floods is one row of GUARDS.

The guards read headers again, although the kind of a mail was decided from the same ones: two ticket systems
in a loop must be stopped even where that went wrong.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from triage.core.address import can_be_answered
from triage.core.compose import can_stand_in_header
from triage.core.decision import (
    ActByMail,
    AppendToTicket,
    FileQuietly,
    HoldForReview,
    Kind,
    MarkDuplicate,
    Outcome,
    SenderJudgement,
    Verdict,
)
from triage.core.facts import Facts
from triage.core.mail import Mail
from triage.core.providers import FREE_MAIL
from triage.core.reasons import Reason
from triage.core.rules import Office, ReplyPolicy
from triage.core.text import fold
from triage.core.tickets import TicketStatus
from triage.core.upstream import find_upstream_spam


@dataclass(frozen=True, slots=True)
class ReplyCase:
    """All that a guard may look at; ``to`` is the address that would be answered."""

    mail: Mail
    kind: Kind
    sender: SenderJudgement
    outcome: Outcome
    facts: Facts
    office: Office
    policy: ReplyPolicy
    to: str


Guard = Callable[[ReplyCase], Reason | None]

SILENT_OUTCOMES: dict[type[Outcome], Reason] = {
    HoldForReview: Reason(
        "reply_held",
        "Thư đang chờ cán bộ xem xét nên chưa trả lời tự động.",
        "The mail waits for a person to look at it, so nothing is answered yet.",
    ),
    MarkDuplicate: Reason(
        "reply_duplicate",
        "Thư này đã được tiếp nhận trước đó nên không trả lời lần nữa.",
        "This mail has been taken in before, so it is not answered again.",
    ),
    FileQuietly: Reason(
        "reply_filed",
        "Thư không yêu cầu hỗ trợ gì nên chỉ lưu lại, không trả lời.",
        "The mail asks for nothing; it is kept and not answered.",
    ),
    ActByMail: Reason(
        "reply_to_staff",
        "Thư của cán bộ gửi vào phiếu nên không trả lời tự động.",
        "Somebody of the desk acts on a ticket by this mail, so it is not answered.",
    ),
}

_SILENT_KINDS: dict[Kind, Reason] = {
    Kind.AUTO_REPLY: Reason(
        "reply_to_auto_reply",
        "Không trả lời thư trả lời tự động, để tránh hai hệ thống gửi thư qua lại không dứt.",
        "Automatic replies are never answered, lest two systems write to each other for ever.",
    ),
    Kind.BOUNCE: Reason(
        "reply_to_bounce",
        "Không trả lời thông báo không gửi được thư.",
        "Bounces are never answered.",
    ),
    Kind.LIST: Reason(
        "reply_to_list",
        "Không trả lời thư gửi qua danh sách thư hoặc thư gửi hàng loạt.",
        "Mail of lists and bulk mail are never answered.",
    ),
    Kind.OWN: Reason(
        "reply_to_own",
        "Không trả lời thư do chính hộp thư này gửi đi.",
        "Mail that this mailbox sent itself is never answered.",
    ),
}

_DOUBTED: dict[Verdict, Reason] = {
    Verdict.IMPERSONATION: Reason(
        "reply_to_impersonation",
        "Người gửi có dấu hiệu mạo danh nên không gửi mã phiếu cho địa chỉ này.",
        "The sender looks like an impostor, so this address is given no ticket code.",
    ),
    Verdict.SUSPICIOUS: Reason(
        "reply_to_suspicious",
        "Người gửi có điểm đáng ngờ; chỉ trả lời sau khi cán bộ đã xem.",
        "There is doubt about the sender; a person looks at the mail before it is answered.",
    ),
}


_ROBOT_LOCAL = re.compile(
    r"""
      (?:no|not|do[._-]?not|dont|never)[._-]?(?:reply|respond|answer)(?:[^a-z].*)?   # do_not_reply+7
    | .+[._-]no[._-]?reply | noreply.*
    | khong[._-]?(?:tra[._-]?loi|phan[._-]?hoi)(?:[^a-z].*)? | (?:thu)?tu[._-]?dong
    | mailer[._-]?daemon(?:[^a-z].*)? | postmaster | daemon | nobody | null
    | bounces?(?:[^a-z].*)? | .+[._-]bounces? | owner-.+ | .+-(?:owner|request)
    | listserv | majordomo | mailman | auto[._-]?(?:reply|responder|mailer)
    """,
    re.VERBOSE,
)

_MACHINE_HEADERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("Auto-Submitted", re.compile(r"(?!\s*no\b).*\S.*", re.IGNORECASE)),  # RFC 3834: anything but "no"
    ("Precedence", re.compile(r"\s*(?:bulk|list|junk|auto_reply)\b.*", re.IGNORECASE)),
    # MS-OXCMAIL: OOF, DR, RN … speak to other machinery; All and AutoReply speak to an acknowledgement.
    ("X-Auto-Response-Suppress", re.compile(r".*\b(?:all|autoreply)\b.*", re.IGNORECASE)),
    ("X-Autoreply", re.compile(r".*")),
    ("X-Autorespond", re.compile(r".*")),
    ("X-Autoresponder", re.compile(r".*")),
    ("X-Failed-Recipients", re.compile(r".*")),
    ("List-Id", re.compile(r".*")),
    ("List-Post", re.compile(r".*")),
    ("List-Unsubscribe", re.compile(r".*")),
    ("Content-Type", re.compile(r"\s*multipart/report\b.*", re.IGNORECASE)),
)


def _imported(case: ReplyCase) -> Reason | None:
    if not case.facts.imported:
        return None
    return Reason(
        "reply_to_imported",
        "Thư được nhập từ hộp thư cũ nên không trả lời tự động.",
        "The mail was taken from an old mailbox, so it is not answered.",
    )


def _silent_outcome(case: ReplyCase) -> Reason | None:
    if case.kind is Kind.VERIFICATION and isinstance(case.outcome, FileQuietly):
        return None
    return SILENT_OUTCOMES.get(type(case.outcome))


def _silent_kind(case: ReplyCase) -> Reason | None:
    return _SILENT_KINDS.get(case.kind)


def _our_own_letter(case: ReplyCase) -> Reason | None:
    ours = case.mail.header("X-Triage-Letter") is not None
    return _SILENT_KINDS[Kind.OWN] if ours else None


def _held_ticket(case: ReplyCase) -> Reason | None:
    """Deny a further mail the letter that the held first one was denied."""
    tickets = {ticket.id: ticket for ticket in (case.facts.ticket, case.facts.thread) if ticket}
    joined = tickets.get(case.outcome.ticket_id) if isinstance(case.outcome, AppendToTicket) else None
    held = joined is not None and joined.status is TicketStatus.HELD
    return SILENT_OUTCOMES[HoldForReview] if held else None


def _sent_by_a_machine(case: ReplyCase) -> Reason | None:
    told = next((name for name, says in _MACHINE_HEADERS if _says_machine(case.mail, name, says)), None)
    if told is None:
        return None
    return Reason(
        "reply_to_machine",
        f"Thư do máy gửi tự động (trường {told}) nên không trả lời.",
        f"A machine sent this mail (header {told}), so it is not answered.",
    )


def _called_spam(case: ReplyCase) -> Reason | None:
    """Withhold the answer to what a filter in front of us calls spam, unless a person has released it."""
    if case.facts.released or not case.policy.withhold_from_spam:
        return None
    return find_upstream_spam(case.mail)


def _null_sender(case: ReplyCase) -> Reason | None:
    if case.mail.return_path is None or case.mail.return_path.strip(" <>\t"):
        return None
    return Reason(
        "reply_to_null_sender",
        "Thư có địa chỉ trả về rỗng (<>), theo RFC 3834 không được trả lời tự động.",
        "The mail has the null return path (<>); RFC 3834 forbids automatic answers to it.",
    )


def _doubted_sender(case: ReplyCase) -> Reason | None:
    """Keep silent towards doubtful senders, unless the policy answers them where they wrote from."""
    if case.facts.released:
        return None
    allowed = case.policy.acknowledge_suspicious and case.to.lower() == case.mail.sender.address.lower()
    if allowed and case.sender.verdict is Verdict.SUSPICIOUS:
        return None
    return _DOUBTED.get(case.sender.verdict)


def _our_address(case: ReplyCase) -> Reason | None:
    ours = case.office.addresses | case.office.misprints
    if not {case.mail.sender.address.strip().lower(), case.to.lower()} & ours:
        return None
    return Reason(
        "reply_to_ourselves",
        "Địa chỉ nhận thư trả lời là địa chỉ của chính chúng tôi.",
        "The answer would go to an address of our own.",
    )


def _robot_address(case: ReplyCase) -> Reason | None:
    addresses = (case.to, case.mail.sender.address, (case.mail.return_path or "").strip(" <>\t"))
    robot = next((address for address in addresses if is_robot(address)), None)
    if robot is None:
        return None
    robot = robot[:254]
    return Reason(
        "reply_to_robot",
        f"Địa chỉ {robot} là địa chỉ tự động, không có người đọc thư trả lời.",
        f"{robot} belongs to a machine; nobody reads answers there.",
    )


def _unusable_address(case: ReplyCase) -> Reason | None:
    if can_be_answered(case.to) and can_stand_in_header(case.to):
        return None
    return Reason(
        "reply_no_address",
        "Thư không có địa chỉ người gửi hợp lệ để trả lời.",
        "The mail has no valid sender address to answer.",
    )


def _too_many_letters(case: ReplyCase) -> Reason | None:
    sent = case.facts.letters_last_hour
    if sent < case.policy.letters_per_hour:
        return None
    return Reason(
        "reply_cap",
        f"Trong một giờ qua đã gửi {sent} thư tự động cho người gửi này, đạt mức tối đa.",
        f"This sender got {sent} automatic letters within the last hour, which is the limit.",
    )


MOST_OF_SAME_WORDS = 3
"""Hours of a week in which a sender opened tickets with the same words, until no letter answers those."""


def _same_words_again(case: ReplyCase) -> Reason | None:
    """Stop a machine that bears no mark and answers slowly: the caps by the hour never hold it."""
    same = case.facts.same_words_lately
    if same < MOST_OF_SAME_WORDS or case.facts.released:
        return None
    return Reason(
        "reply_same_words",
        f"Trong 7 ngày qua người gửi này đã {same} lần gửi cùng một nội dung; có thể là máy tự động "
        "nên không trả lời thêm.",
        f"This sender has sent the same words at {same} different hours of a week; it may be a machine, so "
        "it is not answered again.",
    )


def _too_many_to_domain(case: ReplyCase) -> Reason | None:
    sent, domain = case.facts.letters_to_domain_last_hour, case.to.rpartition("@")[2].lower()
    if domain in FREE_MAIL or sent < case.policy.domain_per_hour:
        return None
    return Reason(
        "reply_domain_cap",
        f"Trong một giờ qua đã gửi {sent} thư tự động tới tên miền của người gửi, đạt mức tối đa.",
        f"The sender's domain got {sent} automatic letters within the last hour, which is the limit.",
    )


MOST_ON_TICKET = 20
"""Automatic letters on one ticket in all its time: who writes more often hears from people."""


def _enough_on_ticket(case: ReplyCase) -> Reason | None:
    """Stop a machine that writes on a ticket so slowly that the cap by the day never holds it."""
    sent = case.facts.letters_on_ticket
    if not isinstance(case.outcome, AppendToTicket) or sent < MOST_ON_TICKET:
        return None
    return Reason(
        "reply_ticket_total",
        f"Đã gửi {sent} thư tự động về phiếu này; từ đây chỉ cán bộ trả lời.",
        f"{sent} automatic letters went out on this ticket; from here on only people answer.",
    )


def _too_many_on_ticket(case: ReplyCase) -> Reason | None:
    sent = case.facts.letters_on_ticket_last_day
    if not isinstance(case.outcome, AppendToTicket) or sent < case.policy.ticket_per_day:
        return None
    return Reason(
        "reply_ticket_cap",
        f"Trong 24 giờ qua đã gửi {sent} thư tự động về phiếu này, đạt mức tối đa.",
        f"{sent} automatic letters went out on this ticket within the last 24 hours, which is the limit.",
    )


def _too_many_verifications(case: ReplyCase) -> Reason | None:
    sent = case.facts.verifications_last_hour
    if case.kind is not Kind.VERIFICATION or sent < case.policy.verifications_per_hour:
        return None
    return Reason(
        "verification_cap",
        f"Một giờ qua đã trả lời {sent} thư hỏi mã của người gửi này, đạt mức tối đa; cán bộ sẽ xem tiếp.",
        f"This sender's questions about codes were answered {sent} times within the last hour, which is the "
        "limit; a person looks at this one.",
    )


def is_robot(address: str) -> bool:
    """Ask whether an address belongs to a machine by its local part, such as no-reply or mailer-daemon."""
    local = fold(address.rpartition("@")[0])
    return bool(_ROBOT_LOCAL.fullmatch(local))


def _says_machine(mail: Mail, name: str, says: re.Pattern[str]) -> bool:
    return any(says.fullmatch(value.replace("\n", " ")) for value in mail.header_values(name))


def _told_of_incident(case: ReplyCase) -> Reason | None:
    """Keep from answering each further word on one error that many tell of: its answer goes to all."""
    match case.outcome:
        case AppendToTicket(reopen=False) if case.facts.on_incident:
            return Reason(
                "reply_incident",
                "Phiếu thuộc một sự cố chung; đơn vị sẽ nhận thư trả lời chung, không gửi thêm thư tự động.",
                "The ticket belongs to an incident: one answer goes to all, and no further automatic letter.",
            )
        case _:
            return None


GUARDS: tuple[Guard, ...] = (
    _imported,
    _silent_outcome,
    _held_ticket,
    _silent_kind,
    _our_own_letter,
    _sent_by_a_machine,
    _null_sender,
    _called_spam,
    _doubted_sender,
    _our_address,
    _robot_address,
    _unusable_address,
    _told_of_incident,
    _too_many_letters,
    _same_words_again,
    _too_many_to_domain,
    _too_many_on_ticket,
    _enough_on_ticket,
    _too_many_verifications,
)
