"""Which queue a mail belongs to: every way of finding it, tried in order, each with its reason."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from triage.core.conditions import Case
from triage.core.decision import UNROUTED, Form, How, Route, SubjectReading
from triage.core.facts import NO_FACTS, Facts, TicketFact
from triage.core.mail import Mail
from triage.core.reasons import Reason
from triage.core.routingrules import Rank, RoutingRule, try_rules
from triage.core.rules import Rulebook
from triage.core.subject import has_near_tag
from triage.core.tags import find_tags
from triage.core.text import fold, one_line
from triage.core.treasuries import Mention, Treasury, TreasuryDirectory
from triage.core.units import UnitBy, UnitFact

# “SHKB: 0010”, “số hiệu kho bạc 0010”, “mã KBNN là 0010”, folded.
_NAMED_CODE = re.compile(
    r"\b(?:shkb|(?:so hieu|ma so|ma)[ ](?:kho bac(?:[ ]nha nuoc)?|kbnn|kb))"
    r"[ ]?(?:la)?[ ]?[:=#-]?[ ]?([0-9]{4})\b"
)
# “[SHKB#DVC] … ví dụ …”: our letters, and the official ones, explain the tag by that of one treasury.
_EXAMPLE = re.compile(
    r"SHKB[ ]?[#&][ ]?DVC.{0,400}?\bv[íi] d[ụu]\b.*?(?=\n[ \t>]*\n|\Z)", re.DOTALL | re.IGNORECASE
)
_RENAMED = re.compile(r"\b(?:nay|cu|truoc|nhap)\b")
_MOST_TEXT = 20_000
_MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that a trial may look at."""

    mail: Mail
    subject: SubjectReading
    facts: Facts
    directory: TreasuryDirectory
    rules: tuple[RoutingRule, ...] = ()
    case: Case | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one trial found: a queue or None, and why. ``is_final`` ends the search without a queue.

    ``named`` is the one treasury that was found where its number, and so its queue, is not known.
    """

    queue: str | None
    reason: Reason
    is_final: bool = False
    named: str | None = None


Trial = Callable[[Question], Answer | None]


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
            return Route(answer.queue, name, how, (*reasons, *_contradicted(question, answer.queue, how)))
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
        return _miss(
            "route_no_thread", "Không phải thư trả lời của phiếu đã có.", "It answers no mail of a ticket."
        )
    return _of_ticket("route_thread", ticket)


def by_ticket(question: Question) -> Answer:
    """Follow the ticket whose code stands in the mail."""
    ticket = question.facts.ticket
    if ticket is None:
        return _miss("route_no_ticket", "Không có mã phiếu dùng được.", "There is no ticket code to go by.")
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
        return _miss(
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
        return _miss(
            "route_no_domain",
            "Tên miền người gửi không cho biết tỉnh.",
            "The sender's domain tells no province.",
        )
    return _of_province("sender_domain", province, f"tên miền {domain}", f"domain {domain}")


def by_early_rule(question: Question) -> Answer | None:
    """Follow the operator's rules that stand above the tag."""
    return _by_rules(question, Rank.BEFORE_TAG)


def by_rule(question: Question) -> Answer | None:
    """Follow the operator's rules that speak where no tag does."""
    return _by_rules(question, Rank.AFTER_TAG)


def _by_rules(question: Question, rank: Rank) -> Answer | None:
    tried = try_rules(question.rules, rank, question.case) if question.case else None
    return Answer(tried.queue, tried.reason) if tried else None


def by_unit(question: Question) -> Answer | None:
    """Follow the treasury of the unit that the address or the domain of the sender belongs to."""
    unit = question.facts.unit
    return _of_unit(question, unit) if unit and unit.by is not UnitBy.CODE else None


def by_unit_code(question: Question) -> Answer | None:
    """Follow the treasury of the unit whose number stands in the mail: anybody may name it."""
    unit = question.facts.unit
    return _of_unit(question, unit) if unit and unit.by is UnitBy.CODE else None


def _of_unit(question: Question, unit: UnitFact) -> Answer:
    found = question.directory.lookup(unit.treasury) if unit.treasury else None
    told = f"{unit.name} ({unit.code})" if unit.code else unit.name
    if found is None:
        return _miss(
            "route_unit_without_treasury",
            f"Danh bạ biết đơn vị {told} nhưng chưa ghi kho bạc phụ trách.",
            f"The directory knows the unit {told}, not its treasury.",
        )
    return Answer(
        found.queue,
        Reason(
            f"route_unit_{unit.by.value}",
            f"Theo danh bạ, đơn vị {told} giao dịch tại {found.treasury.full_name}.",
            f"By the directory, the unit {told} deals with {found.treasury.full_name}.",
        ),
    )


def _contradicted(question: Question, queue: str, how: How) -> Iterator[Reason]:
    """Say so where the tag leads elsewhere than the directory of units; the tag still decides."""
    unit = question.facts.unit
    if how is not How.SUBJECT or unit is None or unit.by is UnitBy.CODE or not unit.treasury:
        return
    found = question.directory.lookup(unit.treasury)
    if found and found.queue != queue:
        yield Reason(
            "tag_contradicts_unit",
            f"Mã trong tiêu đề dẫn tới {queue}, còn theo danh bạ đơn vị {unit.name} giao dịch tại "
            f"{found.treasury.full_name}; cần hỏi lại.",
            f"The tag leads to {queue}; by the directory the unit {unit.name} deals with "
            f"{found.treasury.full_name}. To be asked.",
        )


def by_subject_hint(question: Question) -> Answer:
    """Follow something in the subject that is nearly a tag, when it is the only one and its code is known."""
    directory = question.directory
    hints = find_tags(question.mail.subject, lambda code: directory.lookup(code) is not None).hints
    return _of_tags("subject_hint", {hint.code for hint in hints}, directory, *_IN_SUBJECT)


_IN_SUBJECT = ("tiêu đề", "the subject")
_IN_TEXT = ("tiêu đề và nội dung", "subject and text")


def by_body(question: Question) -> Answer:
    """Follow a tag or the one province named in subject or text; the new text goes before what follows it."""
    mail = question.mail
    missed: Answer | None = None
    for text in dict.fromkeys((mail.new_text, _unquoted(mail.text))):
        for trial in (_tag_in_text, _province_in_text):
            answer = trial(f"{mail.subject}\n{_EXAMPLE.sub('', text[:_MOST_TEXT])}", question.directory)
            if answer.queue or answer.is_final:
                return answer
            missed = answer
    return missed or _NO_PROVINCE


def _tag_in_text(text: str, directory: TreasuryDirectory) -> Answer:
    lines = (line for line in text.splitlines()[:_MOST_LINES] if "vc" in line.lower() or "ＶＣ" in line)
    found = (find_tags(line, lambda code: directory.lookup(code) is not None).tags for line in lines)
    codes = {tag.code for tags in found for tag in tags} | set(_NAMED_CODE.findall(fold(text)))
    return _of_tags("body_tag", codes, directory, *_IN_TEXT)


def _of_tags(
    code: str, codes: set[str], directory: TreasuryDirectory, where_vi: str, where_en: str
) -> Answer:
    leads = {lead.queue: lead for one in codes if (lead := directory.lookup(one))}
    if len(leads) != 1:
        return _miss(
            f"route_no_{code}",
            f"Không có mã kho bạc duy nhất nào trong {where_vi}.",
            f"There is not exactly one treasury code in {where_en}.",
        )
    queue, lead = leads.popitem()
    return Answer(
        queue,
        Reason(
            f"route_{code}",
            f"Trong {where_vi} có mã {lead.code} của {lead.treasury.full_name}; cần xác nhận.",
            f"Code {lead.code} of {lead.treasury.full_name} stands in {where_en}; to be confirmed.",
        ),
    )


def _province_in_text(text: str, directory: TreasuryDirectory) -> Answer:
    mentions = _without_new_names(text, directory.province_mentions(text))
    certain = tuple(mention for mention in mentions if mention.as_treasury)
    chosen = certain if len(certain) == 1 else mentions
    if not chosen:
        return _NO_PROVINCE
    if len(chosen) > 1:
        named = ", ".join(mention.treasury.province for mention in chosen[:5])
        return Answer(
            None,
            Reason(
                "route_body_several",
                f"Tiêu đề và nội dung nêu nhiều tỉnh ({named}) nên không chọn.",
                f"Subject and text name several provinces ({named}), so none is taken.",
            ),
            is_final=True,
        )
    written = one_line(chosen[0].written)
    return _of_province(
        "body",
        chosen[0].treasury,
        f"tiêu đề hoặc nội dung có “{written}”",
        f"“{written}” in subject or text",
    )


def _without_new_names(text: str, mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Leave out the province that another one became, where the text says so (Hậu Giang, nay là Cần Thơ)."""
    successors = {mention.treasury.successor for mention in mentions}
    old = tuple(mention for mention in mentions if mention.treasury.province not in successors)
    if len(old) == len(mentions) or not _RENAMED.search(fold(text)):
        return mentions
    return old


_NO_PROVINCE = Answer(
    None,
    Reason(
        "route_no_province",
        "Tiêu đề và nội dung không nêu tỉnh nào.",
        "Neither subject nor text names a province.",
    ),
)


def _of_province(code: str, province: Treasury, what_vi: str, what_en: str) -> Answer:
    if not province.queue:
        return Answer(
            None,
            Reason(
                f"route_{code}_without_code",
                f"Có dấu hiệu của {province.full_name} ({what_vi}) nhưng chưa biết số hiệu kho bạc này.",
                f"There is a sign of {province.full_name} ({what_en}), whose number is not known yet.",
            ),
            named=province.full_name,
        )
    return Answer(
        province.queue,
        Reason(
            f"route_{code}",
            f"Dấu hiệu của {province.full_name} ({what_vi}); cần xác nhận.",
            f"A sign of {province.full_name} ({what_en}); to be confirmed.",
        ),
    )


def _unquoted(text: str) -> str:
    return "\n".join(line for line in text[:_MOST_TEXT].splitlines() if not line.lstrip().startswith(">"))


def _miss(code: str, vi: str, en: str) -> Answer:
    return Answer(None, Reason(code, vi, en))


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
    (How.BODY, by_body),
)
"""The ways of finding a queue, best first."""
