"""Which queue a mail belongs to: every way of finding it, tried in order, each with its reason."""

from collections.abc import Iterator
from dataclasses import replace

from triage.core.conditions import Case
from triage.core.decision import UNROUTED, Form, How, Route, SubjectReading
from triage.core.facts import NO_FACTS, Facts, TicketFact
from triage.core.mail import Mail
from triage.core.reasons import Reason
from triage.core.routequestion import Answer, Question, Trial, miss, of_province
from triage.core.rules import Rulebook
from triage.core.subject import has_near_tag
from triage.core.texttrials import by_body, by_signature, by_subject_hint
from triage.core.unittrials import by_early_rule, by_rule, by_unit, by_unit_code, contradictions


def find_route(
    mail: Mail, subject: SubjectReading, facts: Facts, rules: Rulebook, case: Case | None = None
) -> Route:
    """Find the queue of a mail; ``unrouted`` where nothing tells, or where the subject is doubtful.

    ``case`` is what the operator's own rules may ask about; without it they see header and text alone.

    A conflict or an unknown code in the subject is for a person to solve: weaker hints are then told in
    the reasons, and decide nothing.
    """
    case = case or Case(mail, subject, unit=facts.unit)
    question = Question(mail, subject, facts, rules.treasuries, rules.routing, case)
    reasons: list[Reason] = []
    named: str | None = None
    for index, (how, trial) in enumerate(TRIALS):
        answer = trial(question)
        if answer is None:
            continue
        reasons.append(answer.reason)
        named = named or answer.named
        if answer.queue:
            name = rules.treasuries.queue_name(answer.queue)
            return Route(answer.queue, name, how, (*reasons, *contradictions(question, answer.queue, how)))
        if answer.is_final:
            return Route(UNROUTED, None, How.NONE, (*reasons, *_hints(question, index + 1)))
    return Route(UNROUTED, None, How.NONE, (*reasons, _NOTHING), named)


def reroute(mail: Mail, subject: SubjectReading, route: Route, rules: Rulebook) -> Route:
    """Give the route of a mail that joins a ticket which waits unrouted; the same one unless the mail tells.

    What tells is a certain tag in the subject, or one treasury named in what the sender has newly written.
    Other words of the subject were there before, and left the ticket unrouted.
    """
    said = replace(mail, subject="", text=mail.new_text)
    question = Question(said, subject, NO_FACTS, rules.treasuries)
    for how, trial in ((How.SUBJECT, by_subject), (How.BODY, by_body)):
        answer = trial(question)
        if answer.queue:
            name = rules.treasuries.queue_name(answer.queue)
            return Route(answer.queue, name, how, (*route.reasons, answer.reason))
    return route


def _hints(question: Question, start: int) -> Iterator[Reason]:
    """Tell what the weaker trials would have found."""
    for _, trial in TRIALS[start:]:
        answer = trial(question)
        if answer and answer.queue:
            yield Reason(
                f"hint_{answer.reason.code.removeprefix('route_')}",
                f"Gợi ý cho người xử lý: {answer.reason.vi}",
                f"A hint for a person: {answer.reason.en}",
            )


_NOTHING = Reason(
    "unrouted",
    "Chưa xác định được kho bạc phụ trách; chờ cán bộ phân công.",
    "The treasury in charge is not known; a person has to assign it.",
)


def by_thread(question: Question) -> Answer:
    """Follow the ticket that the mail answers."""
    ticket = question.facts.thread
    if ticket is None:
        return miss(
            "route_no_thread", "Không phải thư trả lời của phiếu đã có.", "It answers no mail of a ticket."
        )
    return _of_ticket("route_thread", ticket)


def by_ticket(question: Question) -> Answer:
    """Follow the ticket whose code stands in the mail."""
    ticket = question.facts.ticket
    if ticket is None:
        return miss("route_no_ticket", "Không có mã phiếu dùng được.", "There is no ticket code to go by.")
    return _of_ticket("route_ticket", ticket)


def _of_ticket(code: str, ticket: TicketFact) -> Answer:
    return Answer(
        ticket.queue,
        Reason(
            code,
            f"Thư thuộc phiếu {ticket.code} ở hàng đợi {ticket.queue}.",
            f"The mail belongs to ticket {ticket.code} in queue {ticket.queue}.",
        ),
    )


def by_subject(question: Question) -> Answer:
    """Follow the treasury tag of the subject; a doubtful one ends the search."""
    subject, directory = question.subject, question.directory
    if len(subject.candidates) > 1:
        listed = ", ".join(subject.candidates[:5])
        return Answer(
            None,
            Reason(
                "route_tag_conflict",
                f"Tiêu đề nêu nhiều mã kho bạc ({listed}); cần người xem và chọn.",
                f"The subject names several treasuries ({listed}); a person has to choose.",
            ),
            is_final=True,
        )
    if not subject.treasury or subject.form is Form.NONE:
        return _NO_CLEAR_TAG if has_near_tag(subject) else _NO_TAG
    found = directory.lookup(subject.treasury)
    if found is None:
        return Answer(
            None,
            Reason(
                "route_tag_unknown",
                f"Mã {subject.treasury} không có trong danh mục kho bạc; cần người xem.",
                f"The directory does not know code {subject.treasury}; a person has to look.",
            ),
            is_final=True,
        )
    inferred_vi, inferred_en = (
        (" (suy luận theo dải mã)", " (inferred from its block)") if found.inferred else ("", "")
    )
    return Answer(
        found.queue,
        Reason(
            "route_subject",
            f"Mã {subject.treasury} thuộc {found.treasury.full_name}{inferred_vi}.",
            f"Code {subject.treasury} belongs to {found.treasury.full_name}{inferred_en}.",
        ),
    )


_NO_TAG = Answer(
    None, Reason("route_no_tag", "Tiêu đề không có mã kho bạc.", "The subject has no treasury tag.")
)
_NO_CLEAR_TAG = Answer(
    None,
    Reason(
        "route_no_tag",
        "Tiêu đề không có mã kho bạc viết đủ rõ.",
        "The subject has no treasury tag that is clear enough.",
    ),
)


def by_sender_history(question: Question) -> Answer:
    """Follow the latest ticket of the same sender."""
    queue, directory = question.facts.history_queue, question.directory
    name = directory.queue_name(queue) if queue else None
    if not queue or name is None:
        return miss(
            "route_no_history", "Người gửi chưa có phiếu nào trước đây.", "The sender has no earlier ticket."
        )
    return Answer(
        queue,
        Reason(
            "route_sender_history",
            f"Phiếu gần nhất của người gửi thuộc {name}.",
            f"The sender's latest ticket belongs to {name}.",
        ),
    )


def by_sender_domain(question: Question) -> Answer:
    """Follow the mail domain of a provincial authority."""
    domain = question.mail.sender.domain
    province = question.directory.by_domain(domain)
    if province is None:
        return miss(
            "route_no_domain",
            "Tên miền người gửi không cho biết tỉnh.",
            "The sender's domain tells no province.",
        )
    return of_province("sender_domain", province, f"tên miền {domain}", f"domain {domain}")


TRIALS: tuple[tuple[How, Trial], ...] = (
    (How.THREAD, by_thread),
    (How.TICKET, by_ticket),
    (How.RULE, by_early_rule),
    (How.SUBJECT, by_subject),
    (How.RULE, by_rule),
    (How.SENDER_HISTORY, by_sender_history),
    (How.SENDER_DOMAIN, by_sender_domain),
    (How.UNIT, by_unit),
    (How.SUBJECT, by_subject_hint),
    (How.UNIT, by_unit_code),
    (How.BODY, by_signature),
    (How.BODY, by_body),
)
"""The ways of finding a queue, best first."""
