"""One mail, decided: what it is, where it goes, what happens to it, who is answered. Pure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from triage.core.belonging import Belonging, find_ticket, is_party
from triage.core.bymail import judge_staff_mail, staff_reason
from triage.core.category import CategoryReading
from triage.core.codedates import out_of_force
from triage.core.completeness import missing_parts
from triage.core.conditions import Case
from triage.core.decision import (
    SECURITY,
    UNROUTED,
    ActByMail,
    AppendToTicket,
    Decision,
    FileQuietly,
    HoldForReview,
    Kind,
    MarkDuplicate,
    OpenTicket,
    Outcome,
    PlannedReply,
    Reply,
    Route,
    SenderJudgement,
    Verdict,
)
from triage.core.deliveries import read_delivery
from triage.core.facts import Facts
from triage.core.firstreading import QUIET, FirstReading, first_reading
from triage.core.kind import KindReading
from triage.core.mail import Mail, Parts
from triage.core.notices import plan_notices
from triage.core.reasons import Reason
from triage.core.registration import find_registration
from triage.core.replies import plan_reply
from triage.core.reports import Report, read_report, report_category, with_findings
from triage.core.routing import find_route, reroute
from triage.core.rules import Rulebook
from triage.core.sender import judge_sender
from triage.core.signatures import ENCRYPTED, Signature, signed_by_other
from triage.core.staffmail import StaffMail
from triage.core.surroundings import find_source, surrounding_reasons
from triage.core.units import UnitBy, UnitSort
from triage.core.unread import unread_reasons

_ASKING_NO_HELP = frozenset({Kind.VERIFICATION, Kind.IMPERSONATION_REPORT, Kind.STAFF})
"""Kinds that tell or ask something, and need none of the parts of a request."""

_BELIEVED = frozenset({Verdict.TRUSTED, Verdict.ORDINARY})
"""Verdicts whose mail may say where a ticket belongs."""


def decide(
    mail: Mail,
    facts: Facts,
    rules: Rulebook,
    received_at: datetime,
    parts: Parts = (),
    first: FirstReading | None = None,
) -> Decision:
    """Decide one mail by the rules and by what is known; ``received_at`` is the server's time, aware.

    ``parts`` gives the bytes of attachments to the checks that ask for them. ``first`` is what the mail says
    by itself, where that has been read already.
    """
    first = first or first_reading(mail, rules, parts)
    sender = judge_sender(mail, facts, rules, first.content)
    staff = judge_staff_mail(mail, first.kind.kind, facts, rules)
    if staff and staff.his:
        # From the address of somebody of the desk, with his code: it is what he says to the desk.
        first = first_reading(mail, rules, parts, KindReading(Kind.STAFF, first.kind.reasons))
    subject, kind, category, read, source = (
        first.subject,
        first.kind,
        first.category,
        first.read,
        first.source,
    )
    report = read_report(mail, kind.kind, category.category, sender.verdict, rules, parts)
    if report:
        kind, sender, category = _reported(report, kind, sender, category, rules)
        source = find_source(mail, kind.kind, rules.office, parts)
    belonging = find_ticket(mail, subject, facts, rules.treasuries, rules.replies, received_at, source)
    known = _only(belonging, facts)
    case = Case(mail, subject, kind.kind, category.category, sender.verdict, facts.unit)
    route = find_route(mail, subject, known, rules, case)
    if belonging.ticket and belonging.ticket.queue == UNROUTED and sender.verdict in _BELIEVED:
        route = reroute(mail, subject, route, rules)
    outcome = choose_outcome(kind.kind, mail, sender.verdict, facts, belonging, route, category)
    outcome = _by_staff(staff, outcome, sender.verdict, facts)

    def plan(outcome: Outcome) -> Reply:
        office, policy = rules.office, rules.replies
        return plan_reply(mail, kind.kind, sender, outcome, route, facts, office, policy)

    outcome = _filed_if_answered(kind.kind, outcome, facts, plan)
    route = _route_taken(route, outcome)
    reply = plan(outcome)
    signatures = (*mail.signatures, *first.signatures)
    opens = isinstance(outcome, OpenTicket | HoldForReview)
    registration = find_registration(mail, rules.treasuries, parts) if _is_worked(outcome) else None
    runs = opens or (isinstance(outcome, AppendToTicket) and outcome.reopen)
    return Decision(
        rules_digest=rules.digest,
        kind=kind.kind,
        subject=subject,
        route=route,
        sender=sender,
        category=category.category,
        priority=category.priority,
        missing=missing_parts(read, category.needs, first.contact)
        if opens and kind.kind not in _ASKING_NO_HELP
        else (),
        outcome=outcome,
        due_at=rules.calendar.due_at(received_at) if runs else None,
        reply=reply,
        reasons=(
            *subject.reasons,
            *out_of_force(subject, rules.treasuries, received_at, rules.calendar.zone),
            *kind.reasons,
            *((staff_reason(staff),) if staff else ()),
            *sender.reasons,
            *belonging.reasons,
            *route.reasons,
            *category.reasons,
            *_foreign_bounce(kind.kind, outcome, facts),
            *surrounding_reasons(mail, outcome, facts, belonging, source),
            *((_REGISTERS,) if registration else ()),
            *_connecting(facts),
            *unread_reasons(mail),
            *((ENCRYPTED,) if mail.encrypted else ()),
            *_of_signatures(signatures, mail.sender.address),
            *first.official,
        ),
        indicators=report.indicators if report else None,
        contact=first.contact,
        secrets=first.secrets,
        official_letter=bool(first.official),
        registration=registration,
        unit=facts.unit,
        signatures=signatures,
        language=first.language,
        staff_mail=None if isinstance(outcome, MarkDuplicate) or facts.released else staff,
        source=source,
        delivery=read_delivery(mail, parts, rules.office.addresses) if kind.kind is Kind.BOUNCE else None,
        notices=()
        if facts.imported
        else plan_notices(mail, subject, outcome, rules.treasuries, rules.office)
        if sender.verdict is Verdict.IMPERSONATION
        else (),
    )


def choose_outcome(
    kind: Kind,
    mail: Mail,
    verdict: Verdict,
    facts: Facts,
    belonging: Belonging,
    route: Route,
    category: CategoryReading,
) -> Outcome:
    """Choose what happens to a mail: the first line that applies."""
    linked_to = belonging.refused.code if belonging.refused else None
    if facts.released:
        return OpenTicket(SECURITY if category.escalate else route.queue, linked_to)
    if facts.acted_mail_id is not None:
        return MarkDuplicate(facts.acted_mail_id)
    if verdict is Verdict.IMPERSONATION and kind is not Kind.BOUNCE:
        return HoldForReview()
    if kind in QUIET:
        return _file(kind, mail, facts)
    reports = kind is Kind.IMPERSONATION_REPORT
    if belonging.ticket and not (reports and belonging.ticket.queue != SECURITY):
        moves = belonging.ticket.queue == UNROUTED != route.queue
        return AppendToTicket(
            belonging.ticket.id, belonging.ticket.code, belonging.reopen, route.queue if moves else None
        )
    held = belonging.foreign and kind not in _ASKING_NO_HELP and verdict is not Verdict.TRUSTED
    queue = SECURITY if reports or category.escalate else route.queue
    return HoldForReview(linked_to=linked_to) if held else OpenTicket(queue, linked_to)


def _by_staff(staff: StaffMail | None, outcome: Outcome, verdict: Verdict, facts: Facts) -> Outcome:
    """Let a mail of the desk act, or lie filed where it is refused; what an impostor sends stays held."""
    if staff is None or not staff.his or facts.released or isinstance(outcome, MarkDuplicate):
        return outcome
    if verdict is Verdict.IMPERSONATION and not staff.proven:
        return outcome
    if staff.act and staff.ticket_id is not None:
        return ActByMail(staff.act, staff.ticket_id, staff.code)
    return FileQuietly(None, None)


def _reported(
    report: Report, kind: KindReading, sender: SenderJudgement, category: CategoryReading, rules: Rulebook
) -> tuple[KindReading, SenderJudgement, CategoryReading]:
    """Take a mail as a report: what it is, whom it speaks of, and that it cannot wait."""
    if report.reason:
        kind = KindReading(Kind.IMPERSONATION_REPORT, (*kind.reasons, report.reason))
    wanted = report_category(rules.categories)
    if wanted and not category.escalate:
        reasons = (*category.reasons, _REPORTED)
        category = CategoryReading(wanted.id, wanted.priority, wanted.escalate, reasons)
    return kind, with_findings(sender, report), category


_REPORTED = Reason(
    "category_by_report",
    "Thư báo việc mạo danh nên được xếp vào loại đó, bất kể nội dung khác.",
    "A report of an impostor belongs to that category, whatever else the mail says.",
)


def _filed_if_answered(
    kind: Kind, outcome: Outcome, facts: Facts, plan: Callable[[Outcome], Reply]
) -> Outcome:
    """Leave a question about a code to its automatic answer; where none may go out, a person has it."""
    waits = isinstance(outcome, OpenTicket | AppendToTicket) and not facts.released
    if kind is not Kind.VERIFICATION or not waits:
        return outcome
    asked = facts.asked_code
    known = asked is not None and asked.issued_to_sender
    filed = FileQuietly(asked.ticket_id, asked.code) if asked and known else FileQuietly(None, None)
    return filed if isinstance(plan(filed), PlannedReply) else outcome


def _of_signatures(signatures: tuple[Signature, ...], sender: str) -> tuple[Reason, ...]:
    said = (reason for one in signatures for reason in (one.reason(), signed_by_other(one, sender)))
    return tuple(dict.fromkeys(reason for reason in said if reason))


def _is_worked(outcome: Outcome) -> bool:
    return isinstance(outcome, OpenTicket | AppendToTicket)


def _connecting(facts: Facts) -> tuple[Reason, ...]:
    """Say so where a connecting unit writes: its incidents have their own deadline (935/QĐ-KBNN)."""
    unit = facts.unit
    if unit is None or unit.sort is not UnitSort.CONNECTING or unit.by is UnitBy.CODE:
        return ()
    return (
        Reason(
            "from_connecting_unit",
            f"Thư của đơn vị kết nối {unit.name} (phần mềm {unit.software or 'chưa ghi'}).",
            f"The mail comes from the connecting unit {unit.name} (software: {unit.software or 'not told'}).",
        ),
    )


_REGISTERS = Reason(
    "registration_form",
    "Thư mang mẫu thông báo đăng ký kết nối (935/QĐ-KBNN); đã ghi thành đề xuất cho danh bạ đơn vị.",
    "The mail holds a registration form of a connecting unit (935/QĐ-KBNN); it is proposed to the directory.",
)


def _foreign_bounce(kind: Kind, outcome: Outcome, facts: Facts) -> tuple[Reason, ...]:
    """Say so where a bounce speaks of a mail that we never sent."""
    if kind is not Kind.BOUNCE or facts.our_letter is not False or outcome != FileQuietly(None, None):
        return ()
    return (FOREIGN_BOUNCE,)


FOREIGN_BOUNCE = Reason(
    "foreign_bounce",
    "Thư bị trả lại không phải do hộp thư này gửi đi: có thể có người đang giả địa chỉ của chúng ta.",
    "The mail that came back was never sent by this mailbox: somebody may be forging our address.",
)


def _only(belonging: Belonging, facts: Facts) -> Facts:
    """Leave those ticket facts that the mail may use: none, the code's or the thread's."""
    return replace(
        facts,
        ticket=facts.ticket if belonging.ticket is facts.ticket else None,
        thread=facts.thread if belonging.ticket is facts.thread else None,
    )


def _file(kind: Kind, mail: Mail, facts: Facts) -> FileQuietly:
    """Join a bounce or an absence note to the ticket that it speaks of; the decision changes no state."""
    ticket = facts.thread or facts.ticket
    if ticket is None or not (kind is Kind.BOUNCE or is_party(mail, ticket, facts)):
        return FileQuietly(None, None)
    return FileQuietly(ticket.id, ticket.code)


def _route_taken(route: Route, outcome: Outcome) -> Route:
    """Say so where the outcome leads elsewhere than the route."""
    match outcome:
        case OpenTicket(queue=queue) | HoldForReview(queue=queue) if queue != route.queue:
            why = _FROM_UNROUTED if route.queue == UNROUTED else _FROM_TREASURY
            return replace(route, queue=queue, reasons=(*route.reasons, why))
        case _:
            return route


_FROM_TREASURY = Reason(
    "to_security",
    "Việc liên quan đến an toàn thông tin nên vào hàng đợi an toàn thông tin.",
    "A security matter goes to the security queue.",
)
_FROM_UNROUTED = Reason(
    "to_security",
    "Việc liên quan đến an toàn thông tin nên vào hàng đợi an toàn thông tin, "
    "không để ở hàng đợi chưa phân công.",
    "A security matter goes to the security queue and does not wait to be assigned.",
)
