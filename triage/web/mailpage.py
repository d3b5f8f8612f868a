"""What the page of one mail shows, worked out from the mail: the template only lays it out."""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum

from triage.core.filenames import safe_name
from triage.core.mail import Attachment, Mail
from triage.core.safe_html import words_shown
from triage.core.text import one_line
from triage.core.veil import Veil, veil_of
from triage.web import shown
from triage.web.defectwords import in_english, in_vietnamese


class View(StrEnum):
    """What of a mail is shown; ``new`` is what it says itself."""

    NEW = "new"
    FULL = "full"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class ShownMail:
    """One stored mail to be shown; ``received_at`` is aware, UTC.

    Secrets that the mail gives away are hidden unless ``unmasked``, for those who may see the raw mail too.
    ``warning`` is what was found against its sender, empty where nothing was.
    """

    id: int
    received_at: datetime
    raw: bytes
    mail: Mail
    unmasked: bool = False
    warning: str = ""
    _veil: Veil = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # a page hides a dozen texts, and finding the secrets reads the whole mail
        object.__setattr__(self, "_veil", veil_of(self.mail))

    def hide(self, text: str) -> str:
        """Give a text of the mail as this reader may see it."""
        return text if self.unmasked else self._veil.hide(text)

    def hide_name(self, name: str) -> str:
        """Give the name of a file, perhaps in an archive, as this reader may see it."""
        return name if self.unmasked else self._veil.hide_name(name)

    @property
    def hides(self) -> bool:
        """Whether anything of the mail is hidden; then its HTML cannot be shown, where nothing is masked."""
        texts = (self.mail.subject, self.mail.text, words_shown(self.mail.html))
        return not self.unmasked and any(self.hide(text) != text for text in texts)


@dataclass(frozen=True, slots=True)
class FileRow:
    """One attachment as the page lists it."""

    place: int
    name: str
    type: str
    size: str
    inline: bool


@dataclass(frozen=True, slots=True)
class MailPage:
    """Everything that the template needs; every text is raw, the template escapes it."""

    number: int
    subject: str
    view: View
    fields: tuple[tuple[str, str], ...]
    new_text: str
    quoted: str
    text: str
    has_html: bool
    notes: tuple[str, ...]
    files: tuple[FileRow, ...]
    defects: tuple[str, ...]
    english_defects: tuple[str, ...]
    hides: bool
    warning: str


def mail_page(one: ShownMail, view: View, notes: tuple[str, ...], zone: tzinfo) -> MailPage:
    """Work out the page; ``notes`` is what the HTML filter has to say."""
    mail, hides = one.mail, one.hides
    return MailPage(
        number=one.id,
        subject=shown.visible(one.hide(mail.subject)) or "(không có chủ đề)",
        view=view,
        fields=tuple((label, one.hide(value)) for label, value in _fields(one, zone) if value),
        new_text=shown.visible(one.hide(mail.new_text)),
        quoted=shown.visible(one.hide(quoted_part(mail))),
        text=shown.visible(one.hide(mail.text)),
        has_html=bool(mail.html.strip()) and not hides,
        notes=notes,
        files=tuple(_file(one, place, attachment) for place, attachment in enumerate(mail.attachments)),
        defects=tuple(dict.fromkeys(shown.visible(in_vietnamese(defect)) for defect in mail.defects)),
        english_defects=tuple(
            dict.fromkeys(shown.visible(one.hide(in_english(defect))) for defect in mail.defects)
        ),
        hides=hides,
        warning=shown.visible(one.hide(one.warning)),
    )


def _fields(one: ShownMail, zone: tzinfo) -> tuple[tuple[str, str], ...]:
    mail = one.mail
    return (
        ("Từ", shown.addresses(mail.senders) or "không ghi người gửi"),
        ("Trả lời về", shown.addresses(mail.reply_to) if mail.reply_to != mail.senders else ""),
        ("Tới", shown.addresses(mail.to)),
        ("Đồng gửi", shown.addresses(mail.cc)),
        ("Nhận lúc", shown.moment(one.received_at, zone)),
        ("Thư ghi ngày", shown.moment(mail.date, zone)),
    )


def quoted_part(mail: Mail) -> str:
    """Give what follows the new text, where it follows it in one piece; it may also stand in between."""
    whole = mail.text.strip()
    new = mail.new_text.strip()
    return whole[len(new) :].strip("\n") if new and whole.startswith(new) else ""


def _file(one: ShownMail, place: int, attachment: Attachment) -> FileRow:
    return FileRow(
        place=place,
        name=one.hide(safe_name(attachment.name, place + 1)),
        type=one_line(shown.visible(attachment.type)),
        size=shown.size(attachment.size),
        inline=attachment.inline,
    )
