"""What sort of mail it is: headers first, wording second; the first check that speaks decides."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from triage.core.bounces import find_bounce, is_from_mail_system
from triage.core.decision import Form, Kind, SubjectReading
from triage.core.latepattern import late_pattern
from triage.core.mail import Mail
from triage.core.reasons import Reason
from triage.core.resent import is_our_resending
from triage.core.robots import find_auto_reply, find_list
from triage.core.text import fold, without_unseen
from triage.core.verification import find_question, said


@dataclass(frozen=True, slots=True)
class KindReading:
    """The kind of a mail and what showed it."""

    kind: Kind
    reasons: tuple[Reason, ...]


def classify(mail: Mail, subject: SubjectReading, own_addresses: frozenset[str]) -> KindReading:
    """Say what sort of mail it is. ``own_addresses`` are lower case."""
    question = _Question(mail, subject, own_addresses)
    for kind, check in CHECKS:
        reason = check(question)
        if reason is not None:
            return KindReading(kind, (reason,))
    return KindReading(Kind.REQUEST, (_REQUEST,))


@dataclass(frozen=True, slots=True)
class _Question:
    mail: Mail
    subject: SubjectReading
    own_addresses: frozenset[str]

    @property
    def names_our_matter(self) -> bool:
        """Whether the subject carries a treasury tag or a ticket code, as no newsletter does."""
        return self.subject.form is not Form.NONE or self.subject.ticket is not None

    def own_words(self) -> str:
        """Give subject and new text, folded, without what is forwarded."""
        return said(self.mail)


_REQUEST = Reason("kind.request", "Thư yêu cầu hỗ trợ.", "A request for support.")


def _own(question: _Question) -> Reason | None:
    mail = question.mail
    if is_our_resending(mail, question.own_addresses):
        return Reason(
            "kind.own_resending",
            "Thư do hệ thống này chuyển tiếp cho cán bộ quay trở lại hộp thư.",
            "A mail that this service had sent on to a colleague came back to its mailbox.",
        )
    if mail.sender.address.lower() not in question.own_addresses:
        return None
    if mail.header("X-Triage-Letter") is not None:
        return Reason(
            "kind.own_letter",
            "Thư do chính hệ thống này gửi quay trở lại hộp thư.",
            "A letter of this service came back to its mailbox.",
        )
    return Reason(
        "kind.own_address",
        "Người gửi ghi là chính địa chỉ của chúng tôi; thư không mang dấu của hệ thống.",
        "From is our own address; the mail does not carry this service's mark.",
    )


def _bounce(question: _Question) -> Reason | None:
    """Except what people write about our matter; a report about a letter of ours bears its code as well."""
    if question.names_our_matter and not is_from_mail_system(question.mail):
        return None
    return find_bounce(question.mail)


def _auto_reply(question: _Question) -> Reason | None:
    return find_auto_reply(question.mail)


def _list(question: _Question) -> Reason | None:
    return None if question.names_our_matter else find_list(question.mail)


def _verification(question: _Question) -> Reason | None:
    asked = find_question(question.mail)
    return asked.reason if asked else None


def _empty(question: _Question) -> Reason | None:
    mail, subject = question.mail, question.subject
    useful = subject.ticket is not None or re.search(r"\w{2}", subject.bare)
    if without_unseen(mail.text).strip() or mail.attachments or useful:
        return None
    return Reason(
        "kind.empty",
        "Thư không có nội dung, tệp đính kèm hay tiêu đề nói lên việc gì.",
        "The mail has no text, no attachment and no subject that says anything.",
    )


_POSES = late_pattern(
    r"mao danh|gia danh|gia mao|tu xung|tu nhan la|tu gioi thieu la|mao nhan|lua dao|impersonat|pretend"
)
_STAFF = late_pattern(
    r"kho bac|kbnn|can bo|nhan vien|hotrocntt|ho tro cntt|ho tro ky thuat|bo phan ho tro|treasury|lanh dao"
)
_APPROACH = late_pattern(
    r"goi dien|goi toi|goi den|goi cho|cuoc goi|dien thoai|so la|zalo|viber|tin nhan|nhan tin|sms|nguoi la|"
    r"yeu cau (?:toi |em |don vi |chung toi )?(?:cung cap|gui|cai|doc|truy cap|bam)|"
    r"(?:thu|email|mail) (?:nay|la|ben duoi|duoi day|kem theo|duoc gui)|(?:link|duong dan) la|"
    r"ultra ?view|teamviewer|anydesk|called|phoned|asked (?:me|us)"
)
_TELLS = late_pattern(
    r"phan anh|bao cao|thong bao (?:ve|viec|co)|trinh bao|to cao|xin hoi|cho hoi|nho kiem tra|"
    r"de nghi (?:kiem tra|xac minh)|vua nhan duoc|nhan duoc (?:cuoc|tin|thu|email|mail|dien thoai)|"
    r"co (?:mot )?(?:nguoi|doi tuong|so)|bi (?:goi|lua)|report|received a|some(?:one|body)|stranger"
)


def _impersonation_report(question: _Question) -> Reason | None:
    """All four must be there, in the author's own words: a warning alone, or a quoted one, is no report."""
    words = question.own_words()
    poses = _POSES.search(words)
    if poses is None or not all(pattern.search(words) for pattern in (_STAFF, _APPROACH, _TELLS)):
        return None
    return Reason(
        "kind.impersonation_report",
        f"Đơn vị báo có người mạo danh cán bộ Kho bạc (“{poses.group()}”).",
        f"The sender reports somebody who poses as treasury staff ({poses.group()!r}).",
    )


_REPLY_PREFIX = late_pattern(
    r"\s*(?:\[[^\]]{1,40}\]\s*)?(?:re|tl|tra loi|aw|sv|antw|ref?)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE
)


def _follow_up(question: _Question) -> Reason | None:
    mail = question.mail
    if question.subject.ticket is not None:
        return Reason(
            "kind.follow_up_code",
            f"Tiêu đề mang mã phiếu {question.subject.ticket}.",
            f"The subject carries ticket code {question.subject.ticket}.",
        )
    if _REPLY_PREFIX.match(fold(mail.subject)) and (mail.in_reply_to or mail.references):
        return Reason(
            "kind.follow_up_reply",
            "Thư trả lời một thư trước đó.",
            "The mail answers an earlier one.",
        )
    return None


CHECKS: tuple[tuple[Kind, Callable[[_Question], Reason | None]], ...] = (
    # sent by ourselves or by programs: never to be answered
    (Kind.OWN, _own),
    (Kind.BOUNCE, _bounce),
    (Kind.AUTO_REPLY, _auto_reply),
    (Kind.LIST, _list),
    # written by people
    (Kind.VERIFICATION, _verification),
    (Kind.EMPTY, _empty),
    (Kind.IMPERSONATION_REPORT, _impersonation_report),
    (Kind.FOLLOW_UP, _follow_up),
)
