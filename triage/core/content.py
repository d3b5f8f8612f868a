"""The evidence in a mail beside the names of its sender: what it asks, where it leads, what it carries."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from triage.core.alternatives import only_shown
from triage.core.attachments import attachment_findings
from triage.core.contentrules import ContentRules
from triage.core.decision import Finding, Severity
from triage.core.direction import Aim, Demand, Direction, request_direction
from triage.core.indicators import addresses_in, phones_in
from triage.core.linkchecks import bare_host_findings, form_findings, link_findings, lowered
from triage.core.links import find_links
from triage.core.mail import Attachment, Mail
from triage.core.markup import Markup, read_markup
from triage.core.money import account_changed, payment_wanted
from triage.core.namechecks import NameChecks
from triage.core.ownwords import Words, own_words
from triage.core.phrases import MAX_SHOWN, Sentence, sentences
from triage.core.text import fold, one_line
from triage.core.tickets import find_codes
from triage.core.unanswered import answers_nothing, left_out, poses_as_answer, unquoted
from triage.core.unread import unread_findings
from triage.core.weights import Combination

Parts = Iterable[tuple[Attachment, Callable[[], bytes]]]
"""Attachments, each with a way to get its decoded bytes when a check wants them."""


MAX_FINDINGS = 40
"""Findings that are kept of one mail; nobody reads more."""

MAX_CODES = 20
"""Ticket codes of one mail that are asked about."""


@dataclass(frozen=True, slots=True)
class ContentFacts:
    """What the checks must know of ourselves.

    ``addresses`` and ``phones`` are ours, lower case and digits; ``misprints`` are slips that official
    letters carry.
    """

    addresses: frozenset[str]
    phones: frozenset[str]
    misprints: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Content:
    """What was read of one mail's content, once, for all checks.

    ``hidden`` is what its HTML says and its plain text does not.
    """

    mail: Mail
    words: Words
    own: tuple[Sentence, ...]
    topics: Mapping[int, frozenset[str]] = field(repr=False)
    direction: Direction
    markup: Markup | None
    hidden: str
    rules: ContentRules
    names: NameChecks
    facts: ContentFacts

    @property
    def excused(self) -> bool:
        """Whether the sender only tells us of somebody else's attempt and wants nothing himself.

        A warning to everybody excuses nothing: "Cảnh báo lừa đảo, xem tại …" is bait as often as not.
        """
        return self.direction.report and self.direction.personal and not self.direction.demands

    def has(self, *groups: str) -> bool:
        """Whether a sentence of the sender's own is about all of these."""
        return any(set(groups) <= topics for topics in self.topics.values())


@dataclass(frozen=True, slots=True)
class ContentEvidence:
    """What the content of a mail shows, whatever is known of its sender.

    ``named`` is what his name shows and ``found`` all else; ``codes`` are the ticket codes that he names, of
    which only the database can tell whether they were given to him. ``excused`` as in Content.
    """

    named: tuple[Finding, ...]
    found: tuple[Finding, ...]
    codes: tuple[str, ...]
    excused: bool


def content_evidence(
    mail: Mail, rules: ContentRules, names: NameChecks, facts: ContentFacts, parts: Parts = ()
) -> ContentEvidence:
    """Look at everything in the content of a mail. Total on any mail; linear in its size."""
    content = read_content(mail, rules, names, facts)
    return ContentEvidence(
        named=tuple(_named_number(content)),
        found=(
            *(finding for check in _CHECKS for finding in check(content)),
            *attachment_findings(parts, mail.text, names, rules),
            *unread_findings(mail),
        ),
        codes=tuple(str(code) for code in find_codes(f"{mail.subject}\n{content.words.own}")[:MAX_CODES]),
        excused=content.excused,
    )


def content_findings(
    evidence: ContentEvidence,
    issued: Mapping[str, bool] | None = None,
    together: Iterable[Combination] = (),
) -> tuple[Finding, ...]:
    """Weigh what the content of a mail shows.

    ``issued`` tells for each ticket code of the mail whether it was given to this sender (None: unknown),
    ``together`` what counts in company only.
    """
    found = (*evidence.found, *_never_issued(evidence.codes, issued))
    if evidence.excused:
        return heaviest((*evidence.named, *(lowered(finding) for finding in found)))
    return heaviest((*evidence.named, *found, *_combined(found, together)))


def heaviest(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give each finding once, in their order, at most MAX_FINDINGS; what weighs least is left out."""
    each = tuple(dict.fromkeys(findings))
    ranked = sorted(range(len(each)), key=lambda at: (-each[at].severity.rank, at))[:MAX_FINDINGS]
    return tuple(each[at] for at in sorted(ranked))


def read_content(mail: Mail, rules: ContentRules, names: NameChecks, facts: ContentFacts) -> Content:
    """Read a mail's content once."""
    markup = read_markup(mail.html) if mail.html else None
    words, direction, hidden = _said(mail, markup, rules)
    own = sentences(words.own)
    topics = {
        at: frozenset(hit.group for hit in rules.lexicon.find(sentence)) for at, sentence in enumerate(own)
    }
    return Content(mail, words, own, topics, direction, markup, hidden, rules, names, facts)


def _said(mail: Mail, markup: Markup | None, rules: ContentRules) -> tuple[Words, Direction, str]:
    """Give the sender's words, which way they ask, and what only the HTML holds of them.

    What a mail quotes that answers nothing is his own as well, unless he tells how it reached him.
    """
    new = mail.new_text or mail.text
    history = left_out(mail.text, new)
    fresh = answers_nothing(mail)
    hidden = _only_in_html(mail, markup, fresh=fresh)
    said = f"{new}\n\n{hidden}" if hidden else new
    words = own_words(said)
    direction = request_direction(said, rules, history)
    if not fresh or direction.passed_on or not (history or words.carried):
        return words, direction, hidden
    whole = unquoted(f"{mail.text}\n\n{hidden}" if hidden else mail.text)
    all_of_it = request_direction(whole, rules, parted=False)
    if poses_as_answer(mail.subject) and all_of_it.aim is not Aim.SOLICITATION:
        return words, direction, hidden
    return Words(whole, ""), all_of_it, hidden


def _only_in_html(mail: Mail, markup: Markup | None, *, fresh: bool) -> str:
    if markup is None:
        return ""
    shown = markup.text if fresh else own_words(markup.text[: markup.quote_at]).own
    return only_shown(shown, mail.text)


def _named_number(content: Content) -> Iterator[Finding]:
    """Tell of a sender who calls himself by our own number: programs show the name, not the address."""
    for sender in content.mail.senders:
        if content.names.official(sender.domain):
            continue
        for phone in phones_in(unicodedata.normalize("NFKC", sender.name)):
            if phone in content.facts.phones:
                yield Finding(
                    "DISPLAY_NAME_SPOOF",
                    Severity.HIGH,
                    phone,
                    f"{one_line(sender.name)[:MAX_SHOWN]} → {phone}",
                    f"Tên hiển thị ghi số tổng đài {phone} nhưng địa chỉ gửi không phải của chúng tôi.",
                    f"The display name gives our switchboard {phone} but the address is not ours.",
                )


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
        f"Thư đòi {asked.vi}; Kho bạc Nhà nước không bao giờ đòi điều này qua thư (7102/TB-KBNN).",
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


def _addresses(content: Content) -> Iterator[Finding]:
    """Addresses that the body names: a lookalike of ours there takes answers away from us."""
    mail = content.mail
    familiar = {
        one.address.lower() for one in (*mail.senders, *mail.reply_to, *mail.to, *mail.cc)
    } | content.facts.addresses
    own = addresses_in(content.words.own)
    for address in (*own, *(one for one in addresses_in(mail.text) if one not in own)):
        if address in content.facts.misprints:
            yield _misprint(address)
        elif address not in familiar:
            for finding in content.names.address(address)[:1]:
                orders = not content.direction.report and _instructed(content, address)
                told = _lookalike_address(address, finding, instructed=orders)
                yield told if address in own else lowered(told)


def _instructed(content: Content, address: str) -> bool:
    local = fold(address.partition("@")[0])
    return any(
        "changed" in topics or "order" in topics
        for at, topics in content.topics.items()
        if local in fold(content.own[at].written)
    )


def _lookalike_address(address: str, finding: Finding, *, instructed: bool) -> Finding:
    return Finding(
        "BODY_LOOKALIKE_ADDRESS",
        Severity.HIGH if instructed else Severity.MEDIUM,
        finding.resembles,
        address,
        f"Thư nêu địa chỉ {address}, giống địa chỉ của Kho bạc nhưng không phải. {finding.why}",
        f"The mail names {address}, which looks like an address of the treasury and is not. {finding.why_en}",
    )


def _misprint(address: str) -> Finding:
    return Finding(
        "BODY_MISPRINT",
        Severity.INFO,
        None,
        address,
        f"Thư chép lại {address}, lỗi in có trong văn bản chính thức; không phải dấu hiệu lừa đảo.",
        f"The mail copies {address}, a misprint of an official letter; no sign of fraud.",
    )


def _phones(content: Content) -> Iterator[Finding]:
    """Tell of a number that is said to be our hotline and is not (letter 7102/TB-KBNN publishes the one)."""
    ours = any(topics & _OURS for topics in content.topics.values()) or _names_us(content)
    for at, sentence in enumerate(content.own):
        topics = content.topics[at]
        if "hotline" not in topics or topics & {"others", "trouble"}:
            continue
        for phone in phones_in(sentence.written):
            if phone not in content.facts.phones:
                told = ours and topics & {"changed", "order", "you"} and not topics & {"me"}
                yield _phone(phone, Severity.MEDIUM if told else Severity.LOW)


_OURS = frozenset({"ours", "staff", "system"})


def _names_us(content: Content) -> bool:
    """Whether subject or sender's name speak of us: a number that nobody calls ours is nobody's claim."""
    told = sentences("\n".join((content.mail.subject, *(one.name for one in content.mail.senders))))
    return any(hit.group in _OURS for one in told for hit in content.rules.lexicon.find(one))


def _phone(phone: str, severity: Severity) -> Finding:
    return Finding(
        "PHONE_NOT_OFFICIAL",
        severity,
        None,
        phone,
        f"Số {phone} được nói là tổng đài hỗ trợ nhưng không phải số đã công bố.",
        f"The number {phone} is said to be the support line but is not the published one.",
    )


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


def _never_issued(codes: tuple[str, ...], issued: Mapping[str, bool] | None) -> Iterator[Finding]:
    for code in codes if issued is not None else ():
        if issued is not None and not issued.get(code, False):
            vi = f"Mã {code} chưa từng cấp cho người gửi này."
            en = f"The code {code} was never issued to this sender."
            yield _plain("FAKE_TICKET", Severity.LOW, code, vi, en)


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


def _plain(check: str, severity: Severity, evidence: str, vi: str, en: str) -> Finding:
    return Finding(check, severity, None, evidence, vi, en)


def _alternatives(content: Content) -> Iterator[Finding]:
    if content.hidden:
        vi = "Phần HTML của thư nói điều mà phần văn bản thuần không có."
        en = "The HTML of the mail says what its plain text does not hold."
        shown = one_line(content.hidden[: 2 * MAX_SHOWN])[:MAX_SHOWN]
        yield _plain("ALTERNATIVES_DIFFER", Severity.LOW, shown, vi, en)


_CHECKS: tuple[Callable[[Content], Iterator[Finding]], ...] = (
    _demands,
    _disclosure,
    _links,
    _addresses,
    _phones,
    _pressure,
    _payment,
    _claim,
    _alternatives,
)


def _combined(found: tuple[Finding, ...], together: Iterable[Combination]) -> tuple[Finding, ...]:
    """Weigh together what is harmless alone."""
    checks = frozenset(finding.check for finding in found)
    told = (combination.finding(checks) for combination in together)
    return tuple(finding for finding in told if finding is not None)
