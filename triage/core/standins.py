"""What stands in a folder of a queue in the place of a mail that must not be shown there as it came."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from html import escape

from triage.core.compose import Envelope, compose, new_message_id
from triage.core.letters import headline, without_links
from triage.core.mail import Mail
from triage.core.veil import veil_of

LETTER = "queue_copy"
LONGEST_QUOTED = 20_000
NOT_SHOWN = "Thư không được chép vào thư mục"


class Why(Enum):
    """Why a mail is not shown as it came, in the words of whoever reads."""

    DOUBTED = "người gửi có điểm đáng ngờ"
    SECRET = "trong thư có mật khẩu hoặc số riêng tư mà trang làm việc ẩn đi"  # noqa: S105 - a sentence
    REFUSED = "máy chủ thư không nhận thư này"
    UNREADABLE = "không đọc được bản lưu của thư này"


@dataclass(frozen=True, slots=True)
class About:
    """The mail that something stands in for: its number, its ticket, when it came, and our own address."""

    mail_id: int
    code: str
    received_at: datetime
    ours: str
    office: str


def stand_in(about: About, why: Why, mail: Mail | None) -> bytes:
    """Write the same bytes for the same mail: its text without secrets and links, none of one in doubt."""
    subject, quoted = _quoted(mail) if mail is not None and why is not Why.DOUBTED else (NOT_SHOWN, "")
    text = (
        f"Phiếu {about.code}\n\n"
        f"Thư gốc không được chép vào thư mục này vì {why.value}. "
        "Đề nghị anh/chị tự mở trang làm việc để xem phiếu.\n"
    )
    if quoted:
        text += f"\nNội dung thư của đơn vị (đã ẩn thông tin bí mật và đường dẫn):\n\n{quoted}\n"
    envelope = Envelope(
        sender_name=about.office,
        sender_address=about.ours,
        recipient=about.ours,
        message_id=new_message_id(f"{LETTER}/{about.mail_id}", about.ours.rpartition("@")[2]),
        in_reply_to="",
        references=(),
        date=about.received_at,
        letter=LETTER,
        ticket_code=about.code,
        auto_submitted="auto-generated",
    )
    html = f"<pre>{escape(text)}</pre>"
    return compose(envelope, subject=f"[{about.code}] {subject}", text=text, html=html)


def _quoted(mail: Mail) -> tuple[str, str]:
    """Give subject and text as the desk shows them: of this mail alone, so that they go when it is erased."""
    veil = veil_of(mail)
    text = without_links(veil.hide(mail.new_text))[:LONGEST_QUOTED].strip()
    return headline(veil.hide(mail.subject)), text
