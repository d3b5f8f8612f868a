"""The panel beside a conversation: who writes, why it is here, what is missing, what is related."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from triage.core.decision import Part
from triage.core.rules import Rulebook
from triage.db.dossier import Dossier
from triage.db.nearby import MOST_COUNTED, NearTicket
from triage.web import extras, shown, wording
from triage.web.extras import Block
from triage.web.tellings import Telling
from triage.web.templating import Words

ABOUT_THE_QUEUE = ("route_", "hint_", "unrouted", "to_security", "tag_", "treasury_")
"""How the codes of reasons begin that tell of the search for a queue."""

MOST_OTHERS = 6
MOST_PARTIES = 30


@dataclass(frozen=True, slots=True)
class ShownSender:
    """Whoever asks, as the first mail tells of him; ``rows`` are labels and values."""

    name: str
    address: str
    rows: tuple[tuple[str, str], ...]
    parties: tuple[str, ...]
    before: str


@dataclass(frozen=True, slots=True)
class Need:
    """One of the parts that a request needs, and whether it is there."""

    part: str
    label: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class ShownNear:
    """A ticket near this one, and why it stands here."""

    code: str
    subject: str
    status: str
    status_word: str
    why: str


@dataclass(frozen=True, slots=True)
class Side:
    """Everything that the panel tells; ``doubles`` are open tickets of this sender about the same thing."""

    sender: ShownSender
    how: str
    route: tuple[str, ...]
    further: tuple[str, ...]
    needs: tuple[Need, ...]
    related: tuple[ShownNear, ...]
    doubles: tuple[ShownNear, ...]
    blocks: tuple[Block, ...]


def side(
    dossier: Dossier, rules: Rulebook, telling: Telling, supplied: Collection[Part], mailbox: str
) -> Side:
    """Work out the panel; ``supplied`` are the parts that later mails brought.

    ``mailbox`` is what the one is called to which the first mail came; empty where nothing is to be said.
    """
    document = dossier.first_document
    reasons = [one for one in document.get("reasons", ()) if isinstance(one, dict)]
    doubles = [one for one in dossier.others if _is_double(dossier, one)]
    return Side(
        sender=_sender(dossier, telling, mailbox),
        how=how_words(telling.words, str((document.get("route") or {}).get("how", ""))),
        route=tuple(telling.said(one) for one in reasons if _is_route(one)),
        further=tuple(telling.said(one) for one in reasons if not _is_route(one)),
        needs=_needs(dossier, rules, telling.words, supplied),
        related=tuple(_related(dossier, telling.words)),
        doubles=tuple(_near(one, telling.words) for one in doubles),
        blocks=extras.blocks(document, telling),
    )


def _is_route(reason: Mapping[str, Any]) -> bool:
    return str(reason.get("code", "")).startswith(ABOUT_THE_QUEUE)


def _is_double(dossier: Dossier, other: NearTicket) -> bool:
    return other.category == dossier.ticket.category and other.status != "closed"


def _sender(dossier: Dossier, telling: Telling, mailbox: str) -> ShownSender:
    ticket, words = dossier.ticket, telling.words
    contact = dossier.first_document.get("contact") or {}
    source = dossier.first_document.get("forwarded_from") or {}
    unit = dossier.first_document.get("unit") or {}
    signed = contact.get("name", "") if isinstance(contact, dict) else ""
    contact = contact if isinstance(contact, dict) else {}
    rows = (
        (words.say("Đơn vị"), ticket.unit_name or contact.get("unit", "")),
        (words.say("Mã ĐVQHNS"), contact.get("budget_code", "") or unit.get("code", "")),
        (words.say("Ký tên"), signed if signed != ticket.requester_name else ""),
        (words.say("Chức vụ"), contact.get("job", "")),
        (words.say("Điện thoại"), ", ".join(_phones(contact, words))),
        (words.say("Thư khác"), ", ".join(contact.get("addresses", ()))),
        (words.say("Gửi tới hộp thư"), mailbox),
        (words.say("Phần mềm"), unit.get("software", "")),
        (words.say("Người viết gốc"), " ".join(filter(None, (source.get("name"), source.get("address"))))),
    )
    return ShownSender(
        name=shown.visible(ticket.requester_name),
        address=shown.visible(ticket.requester_address),
        rows=tuple((label, telling.text(str(value))) for label, value in rows if value),
        parties=_parties(dossier),
        before=_before(words, dossier.before),
    )


def _parties(dossier: Dossier) -> tuple[str, ...]:
    others = (one for one, _ in dossier.parties if one != dossier.ticket.requester_address)
    return tuple(shown.visible(one) for one in islice(others, MOST_PARTIES))


def _phones(contact: Mapping[str, Any], words: Words) -> Iterator[str]:
    extensions = contact.get("extensions", {})
    for number in contact.get("phones", ()):
        inner = extensions.get(number)
        yield words.say("%(number)s máy lẻ %(inner)s", number=number, inner=inner) if inner else number


def _before(words: Words, count: int) -> str:
    if count == 0:
        return words.say("Chưa có phiếu nào trước đây")
    if count >= MOST_COUNTED:
        return words.say("Từ %(num)s phiếu trở lên trước đây", num=MOST_COUNTED)
    return words.count("%(num)s phiếu trước đây", "%(num)s phiếu trước đây", count)


def _needs(dossier: Dossier, rules: Rulebook, words: Words, supplied: Collection[Part]) -> tuple[Need, ...]:
    document = dossier.first_document
    missing = (document.get("completeness") or {}).get("missing", ())
    category = next((one for one in rules.categories if one.id == document.get("category")), None)
    wanted = category.needs if category else tuple(Part)
    labels = {
        Part.DESCRIPTION: words.say("Mô tả lỗi"),
        Part.SCREENSHOT: words.say("Ảnh màn hình"),
        Part.CONTACT: words.say("Họ tên, số điện thoại"),
    }
    return tuple(
        Need(part.value, labels[part], part.value not in missing or part in supplied)
        for part in Part
        if part in wanted and document
    )


def _related(dossier: Dossier, words: Words) -> Iterator[ShownNear]:
    linked = {one.id for one in dossier.linked}
    for one in dossier.linked:
        yield _near(one, words)
    others = [one for one in dossier.others if one.id not in linked and not _is_double(dossier, one)]
    for one in others[:MOST_OTHERS]:
        yield _near(one, words)


def _near(one: NearTicket, words: Words) -> ShownNear:
    why = {
        "related": words.say("liên quan"),
        "merged": words.say("đã gộp"),
        "split": words.say("tách ra"),
        "into": words.say("phiếu này đã gộp vào đó"),
        "named": words.say("được nhắc tới"),
        "sender": words.say("cùng người gửi"),
    }
    status = wording.status(words, one.status)
    return ShownNear(one.code, shown.visible(one.subject), one.status, status, why.get(one.why, one.why))


def how_words(words: Words, how: str) -> str:
    """Give by what the queue was found, in words; empty where nothing found one."""
    told = {
        "thread": words.say("Theo thư trả lời trong phiếu đã có"),
        "ticket": words.say("Theo mã phiếu trong thư"),
        "subject": words.say("Theo mã kho bạc ở tiêu đề"),
        "sender_history": words.say("Theo phiếu trước của người gửi"),
        "sender_domain": words.say("Theo tên miền của người gửi"),
        "unit": words.say("Theo danh bạ đơn vị"),
        "rule": words.say("Theo quy tắc định tuyến"),
        "body": words.say("Theo kho bạc nêu trong nội dung"),
        "none": words.say("Chưa xác định được kho bạc"),
    }
    return told.get(how, "")
