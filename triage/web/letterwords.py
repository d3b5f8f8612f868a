"""Mails and letters of a conversation in words: what sort each is, who wrote it, whether it arrived."""

from collections.abc import Callable, Iterable
from datetime import datetime

from triage.core.decision import Kind
from triage.core.letternames import DIGESTS, LETTERS, NOTICES, RESENT, TO_STAFF
from triage.db.conversation import SentLetter
from triage.db.history import SERVICE, Event
from triage.web.templating import Words

AUTOMATIC = frozenset((*LETTERS, *NOTICES, *DIGESTS, *TO_STAFF, RESENT))


def mail_kind(words: Words, kind: str | None) -> str:
    """Give the word for a mail that is no plain message of a person; empty for one that is."""
    told = {
        Kind.VERIFICATION: words.say("Hỏi về mã phiếu"),
        Kind.IMPERSONATION_REPORT: words.say("Báo mạo danh"),
        Kind.AUTO_REPLY: words.say("Trả lời tự động"),
        Kind.BOUNCE: words.say("Báo thư không tới"),
        Kind.LIST: words.say("Thư hàng loạt"),
        Kind.OWN: words.say("Thư từ chính hộp thư này"),
        Kind.EMPTY: words.say("Thư trống"),
        Kind.STAFF: words.say("Thư của cán bộ"),
    }
    return told.get(Kind(kind), "") if kind in set(Kind) else ""


def letter_name(words: Words, letter: str) -> str:
    """Give what a letter is for; a person's own letter is an answer."""
    told = {
        "acknowledgement": words.say("Xác nhận đã nhận"),
        "no_treasury_code": words.say("Xác nhận, hỏi mã kho bạc"),
        "follow_up": words.say("Xác nhận thư bổ sung"),
        "reopened": words.say("Báo mở lại phiếu"),
        "verification_yes": words.say("Trả lời: mã phiếu đúng"),
        "verification_no": words.say("Trả lời: không xác nhận được mã phiếu"),
        "impersonation_thanks": words.say("Cảm ơn báo mạo danh"),
        "digest": words.say("Bản tin đầu ngày"),
        "escalation": words.say("Báo phiếu chậm trả lời"),
        "security_page": words.say("Báo động an toàn"),
        "incident_found": words.say("Báo sự cố mới"),
        "ticket_notice": words.say("Báo phiếu mới cho cán bộ đầu mối"),
        "resent": words.say("Chuyển tiếp thư cho cán bộ đầu mối"),
        "reply_refused": words.say("Báo thư của cán bộ không được thực hiện"),
        "coordinator_notice": words.say("Cảnh báo cho cán bộ đầu mối"),
        "impostor_warning": words.say("Cảnh báo mạo danh cho kho bạc"),
        "campaign_notice": words.say("Thông báo chiến dịch mạo danh"),
    }
    name = told.get(letter, words.say("Thư trả lời"))
    return words.say("Thư tự động: %(name)s", name=name) if letter in AUTOMATIC else name


def letter_state(
    words: Words, row: SentLetter, bounced: frozenset[str], told_at: Callable[[datetime], str]
) -> tuple[str, bool]:
    """Say where a letter stands, and whether somebody should look at it."""
    came_back = row.message_id in bounced
    if row.state == "sent" or (row.state == "failed" and came_back):
        when = told_at(row.sent_at or row.created_at)
        told = words.say("Chưa tới: thư bị trả lại") if came_back else words.say("Đã gửi %(at)s", at=when)
        return told, came_back
    if row.state == "queued" and row.held_until and row.attempts == 0:
        return words.say("Chờ gửi, giữ đến %(at)s", at=told_at(row.held_until)), False
    told_by_state = {
        "sending": words.say("Đang gửi"),
        "failed": words.say("Chưa tới: máy chủ thư từ chối"),
        "recalled": words.say("Đã thu hồi"),
    }
    return told_by_state.get(row.state, words.say("Chờ gửi")), row.state == "failed"


def bounced(events: Iterable[Event]) -> frozenset[str]:
    """Give the Message-IDs of letters that came back for good, as the history tells."""
    deliveries = (one.data.get("delivery") for one in events if one.verb == Kind.BOUNCE.value)
    return frozenset(
        str(one["letter"])
        for one in deliveries
        if isinstance(one, dict) and one.get("lost", one.get("permanent")) and one.get("letter")
    )


def author_of(row: SentLetter, events: Iterable[Event]) -> str:
    """Give the login of whoever wrote a letter by hand; empty for what the service wrote."""
    if row.letter in AUTOMATIC:
        return ""
    said = (
        one
        for one in events
        if row.message_id in {one.data.get("message_id"), *one.data.get("message_ids", ())}
    )
    return next((one.actor for one in said if one.actor != SERVICE), "")
