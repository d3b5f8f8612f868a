"""Checks of the content of a mail: what it asks for, where it leads, how it presses, how it is signed."""

from collections.abc import Callable, Iterator

from triage.core.contactchecks import named_addresses, named_numbers
from triage.core.content import Content
from triage.core.contentrules import ContentRules
from triage.core.decision import Finding, Severity
from triage.core.direction import Aim, Demand
from triage.core.linkchecks import bare_host_findings, form_findings, link_findings, lowered
from triage.core.links import find_links
from triage.core.money import account_changed, payment_wanted
from triage.core.phrases import MAX_SHOWN, sentences
from triage.core.text import one_line


def _demands(content: Content) -> Iterator[Finding]:
    for demand in content.direction.demands:
        yield _demand(demand, content.rules)
    if not content.direction.demands:
        for demand in content.direction.carried:
            yield lowered(_demand(demand, content.rules))


def _demand(demand: Demand, rules: ContentRules) -> Finding:
    asked = rules.asked[demand.asked]
    return Finding(
        asked.check,
        asked.severity,
        None,
        demand.sentence,
        f"Thư yêu cầu {asked.vi}; Kho bạc Nhà nước không bao giờ yêu cầu điều này qua thư (7102/TB-KBNN).",
        f"The mail asks for {asked.en}; the treasury never asks for that by mail (7102/TB-KBNN).",
    )


def _disclosure(content: Content) -> Iterator[Finding]:
    if content.direction.discloses and content.direction.aim is not Aim.SOLICITATION:
        yield Finding(
            "SECRET_DISCLOSED_BY_SENDER",
            Severity.INFO,
            None,
            ", ".join(content.direction.discloses),
            "Người gửi ghi thông tin bí mật của mình trong thư; che khi hiển thị và nhắc người gửi đổi ngay.",
            "The sender writes down a secret of his own; mask it and ask him to change it at once.",
        )


def _links(content: Content) -> Iterator[Finding]:
    carried = content.words.carried + "\n" + content.mail.text
    links = find_links(content.words.own, carried, content.markup, content.rules)
    yield from link_findings(links, content.names, content.rules)
    hosts = {link.host for link in links} | {sender.domain for sender in content.mail.senders}
    for finding in bare_host_findings(content.words.own, content.names, own=True):
        if finding.evidence not in hosts:
            yield finding
    if content.markup is not None:
        yield from form_findings(content.markup.forms, content.names, "thư")


def _pressure(content: Content) -> Iterator[Finding]:
    subject = sentences(content.mail.subject)
    urgent = [
        one
        for one in (*subject, *content.own)
        if any(hit.group == "urgency" for hit in content.rules.lexicon.find(one))
    ]
    if urgent:
        yield _plain(
            "URGENCY", Severity.INFO, urgent[0].written, "Thư thúc giục.", "The mail presses for haste."
        )
    for at, topics in content.topics.items():
        if "threat" in topics and not topics & {"me", "how"}:
            vi = "Thư dọa khóa, hủy hoặc phạt nếu không làm theo."
            en = "The mail threatens to lock, delete or fine."
            yield _plain("THREAT", Severity.INFO, content.own[at].written, vi, en)
            break
    for at, topics in content.topics.items():
        if "secrecy" in topics:
            vi, en = (
                "Thư bảo đừng hỏi lại người khác hoặc tổng đài.",
                "The mail says not to ask anybody else or the hotline.",
            )
            yield _plain("SECRECY", Severity.LOW, content.own[at].written, vi, en)
            break


def _payment(content: Content) -> Iterator[Finding]:
    subject = sentences(content.mail.subject)
    urgent = any(hit.group == "urgency" for one in subject for hit in content.rules.lexicon.find(one))
    wanted = payment_wanted(content.own, content.topics, urgent=urgent)
    troubled = content.direction.problem and not content.has("threat")
    if wanted and not troubled and not content.direction.to_us:
        vi = "Thư đòi nộp tiền kèm lời thúc giục, giấu giếm hoặc đe dọa."
        en = "The mail asks for money with haste, secrecy or a threat."
        yield _plain("PAYMENT_REQUEST", Severity.LOW, wanted.written, vi, en)
    changed = account_changed(content.own, content.topics)
    if changed:
        vi = "Thư bảo chuyển tiền sang một tài khoản khác; cần hỏi lại bên nhận qua số đã biết."
        en = "The mail leads payments to another account; ask the payee through a number known before."
        yield _plain("ACCOUNT_CHANGE", Severity.LOW, changed.written, vi, en)


def _claim(content: Content) -> Iterator[Finding]:
    """Tell of a signature in our name; whether the sender may use it, the names decide."""
    lines = [line.strip() for line in content.words.own.splitlines() if line.strip()][-6:]
    for line in lines:
        read = sentences(line)
        first = content.rules.lexicon.find(read[0]) if read else ()
        ours = any(hit.group == "ours" and hit.start == 0 for hit in first)
        short = read and len(read[0].words) <= 10  # noqa: PLR2004 - a signature, not a sentence
        if (
            ours
            and short
            and not any(hit.group in {"order", "petition", "me", "trouble", "not"} for hit in first)
        ):
            vi, en = "Thư ký tên cơ quan hỗ trợ.", "The mail is signed in the name of the support office."
            yield _plain("BODY_CLAIM", Severity.INFO, line[:160], vi, en)
            return


def _alternatives(content: Content) -> Iterator[Finding]:
    if content.hidden:
        vi = "Phần HTML của thư nói điều mà phần văn bản thuần không có."
        en = "The HTML of the mail says what its plain text does not hold."
        shown = one_line(content.hidden[: 2 * MAX_SHOWN])[:MAX_SHOWN]
        yield _plain("ALTERNATIVES_DIFFER", Severity.LOW, shown, vi, en)


def _plain(check: str, severity: Severity, evidence: str, vi: str, en: str) -> Finding:
    return Finding(check, severity, None, evidence, vi, en)


CHECKS: tuple[Callable[[Content], Iterator[Finding]], ...] = (
    _demands,
    _disclosure,
    _links,
    named_addresses,
    named_numbers,
    _pressure,
    _payment,
    _claim,
    _alternatives,
)
