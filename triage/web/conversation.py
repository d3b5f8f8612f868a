"""The conversation of a ticket as its page shows it: who said what, new words first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from triage.core.completeness import missing_parts
from triage.core.decision import Part
from triage.core.excerpt import excerpt
from triage.core.parse import read_mail
from triage.core.privacy import mask
from triage.db.conversation import CALL, ReceivedMail, Remark, SentLetter, Sort, Turn
from triage.db.dossier import Dossier
from triage.db.mails import ClaimedMail
from triage.web import letterwords, shown
from triage.web.files import ShownFile, shown_files
from triage.web.imagetokens import ImageTokens
from triage.web.mailpage import ShownMail, quoted_part
from triage.web.templating import Words


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """One turn. ``sort`` is mail, letter, note or call; every text is raw, the template escapes it.

    A folded turn has no texts. ``rest`` is the quoted text and the signature; ``has_more`` tells that the
    whole text holds more than both. ``trouble`` says why there is nothing to read; ``supplies`` are the parts
    of a request that a mail brings; ``mailbox`` is where it came to, empty where there is one alone.
    """

    key: str
    sort: str
    at: datetime
    is_open: bool
    who: str
    address: str = ""
    title: str = ""
    mark: str = ""
    state: str = ""
    alarm: bool = False
    text: str = ""
    rest: str = ""
    has_more: bool = False
    hides: bool = False
    is_automatic: bool = False
    mail: int | None = None
    mailbox: str = ""
    trouble: str = ""
    files: tuple[ShownFile, ...] = ()
    supplies: frozenset[Part] = frozenset()


@dataclass(frozen=True, slots=True)
class _Page:
    """What every turn of one page is shown by; ``tokens`` is None where no picture may be shown."""

    dossier: Dossier
    words: Words
    tokens: ImageTokens | None
    bounced: frozenset[str]
    told_at: Callable[[datetime], str]
    mailbox_of: Callable[[str], str]


def shown_turns(
    dossier: Dossier,
    words: Words,
    tokens: ImageTokens | None,
    told_at: Callable[[datetime], str],
    mailbox_of: Callable[[str], str],
) -> tuple[ShownTurn, ...]:
    """Give the turns of a page, the newest first; ``told_at`` writes a moment in local time.

    ``mailbox_of`` says what a mailbox is called by its stored name, if anything is to be said of it.
    """
    page = _Page(dossier, words, tokens, letterwords.bounced(dossier.events), told_at, mailbox_of)
    return tuple(_turn(page, turn) for turn in dossier.turns)


def _turn(page: _Page, turn: Turn) -> ShownTurn:
    is_open = turn in page.dossier.opened
    match turn.sort:
        case Sort.MAIL:
            return _mail(page, turn, page.dossier.received[turn.id], is_open=is_open)
        case Sort.LETTER:
            return _letter(page, turn, page.dossier.sent[turn.id], is_open=is_open)
        case Sort.REMARK:
            return _remark(page, turn, page.dossier.remarks[turn.id], is_open=is_open)


def _mail(page: _Page, turn: Turn, row: ReceivedMail, *, is_open: bool) -> ShownTurn:
    stored = page.dossier.raws.get(row.id)
    raw = stored.readable() if is_open and stored else None
    head = ShownTurn(
        key=turn.key,
        sort="mail",
        at=turn.at,
        is_open=is_open,
        who=shown.visible(row.from_name),
        address=shown.visible(row.from_address),
        title=shown.visible(row.subject),
        mark=letterwords.mail_kind(page.words, row.kind),
        mail=row.id,
        mailbox=page.mailbox_of(row.mailbox),
        trouble=_trouble(page, row, stored) if is_open else "",
    )
    return _with_text(page, head, ShownMail(row.id, row.received_at, raw, read_mail(raw))) if raw else head


def _trouble(page: _Page, row: ReceivedMail, stored: ClaimedMail | None) -> str:
    """Say why a mail is not shown here; empty where it is."""
    say = page.words.say
    if row.erased_at is not None:
        return say("Nội dung thư đã được xóa lúc %(at)s.", at=page.told_at(row.erased_at))
    if row.state != "processed":
        return say("Thư chưa được xử lý nên chưa hiển thị ở đây.")
    if page.dossier.unreachable:
        return say("Kho lưu thư gốc chưa trả lời nên chưa hiển thị được thư. Hãy mở lại trang sau ít phút.")
    if stored is None:
        return say("Thư lớn (%(size)s) nên không hiển thị ở đây.", size=shown.size(row.size))
    if stored.readable() is None:
        return say("Bản lưu của thư bị hỏng nên không đọc được.")
    return ""


def _with_text(page: _Page, head: ShownTurn, one: ShownMail) -> ShownTurn:
    mail = one.mail
    text, rest = one.hide(mail.new_text), one.hide(quoted_part(mail))
    return ShownTurn(
        key=head.key,
        sort=head.sort,
        at=head.at,
        is_open=True,
        who=shown.visible(one.hide(mail.sender.name)),
        address=shown.visible(one.hide(mail.sender.address)),
        title=shown.visible(one.hide(mail.subject)),
        mark=head.mark,
        text=shown.visible(text),
        rest=shown.visible(rest),
        has_more=mail.text.strip() != mail.new_text.strip() and not rest,
        hides=text != mail.new_text,
        mail=head.mail,
        mailbox=head.mailbox,
        files=shown_files(one, page.words, page.tokens),
        supplies=frozenset(Part) - frozenset(missing_parts(mail)),
    )


def _letter(page: _Page, turn: Turn, row: SentLetter, *, is_open: bool) -> ShownTurn:
    state, alarm = letterwords.letter_state(page.words, row, page.bounced, page.told_at)
    raw = page.dossier.letters.get(row.id) if is_open else None
    letter = read_mail(raw) if raw else None
    author = letterwords.author_of(row, page.dossier.events)
    return ShownTurn(
        key=turn.key,
        sort="letter",
        at=turn.at,
        is_open=is_open,
        who=page.dossier.names.get(author, author) or page.words.say("Hệ thống"),
        address=shown.visible(row.recipient),
        title=shown.visible(mask(row.subject)),
        mark=letterwords.letter_name(page.words, row.letter),
        state=state,
        alarm=alarm,
        is_automatic=row.letter in letterwords.AUTOMATIC,
        text=shown.visible(mask(letter.new_text)) if letter else "",
        rest=shown.visible(mask(quoted_part(letter))) if letter else "",
    )


def _remark(page: _Page, turn: Turn, row: Remark, *, is_open: bool) -> ShownTurn:
    text = str(row.data.get("text", ""))
    return ShownTurn(
        key=turn.key,
        sort=row.verb,
        at=turn.at,
        is_open=is_open,
        who=page.dossier.names.get(row.actor, row.actor),
        address=_called(row) if row.verb == CALL else "",
        title=shown.visible(excerpt(text)),
        state=page.words.say("Gửi qua thư") if row.data.get("by_mail") else "",
        text=shown.visible(text) if is_open else "",
    )


def _called(row: Remark) -> str:
    """Give who was on the phone, by name and number as far as they were written down."""
    told = (str(row.data.get(key) or "") for key in ("who", "phone"))
    return shown.visible(", ".join(filter(None, told)))
