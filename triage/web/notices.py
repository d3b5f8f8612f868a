"""What somebody should know: mentions, tickets that came or went, tickets that rest no more."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form
from fastapi.responses import HTMLResponse, Response

from triage.core.people import Right
from triage.db import colleagues
from triage.db.history import SERVICE
from triage.db.notices import NoticeRow
from triage.service import noticing as service
from triage.web import wording
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.rownumbers import LAST
from triage.web.shown import visible
from triage.web.templating import Words

router = DeskRouter()


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """One notice in words."""

    code: str
    subject: str
    text: str
    told_at: str
    is_new: bool
    address: str


@router.page("/notices", Right.SELF)
def notices(ask: Asking) -> HTMLResponse:
    """Show this person's notices, the newest first."""
    desk = ask.desk
    rows = service.newest(desk.database, desk.app.means.clock, ask.person)
    newest = max((row.id for row in rows), default=0)
    unread = any(row.read_at is None for row in rows)
    return ask.page("desk/notices.html", notices=_shown(ask, rows), newest=newest, unread=unread)


@router.act("/notices/read", Right.SELF)
def read(ask: Asking, newest: Annotated[int, Form(ge=0, le=LAST)] = 0) -> Response:
    """Note that everything up to a notice was read."""
    desk = ask.desk
    service.mark_read(desk.database, desk.app.means.clock, ask.person, newest)
    return ask.go("/notices")


def _shown(ask: Ask, rows: list[NoticeRow]) -> tuple[ShownNotice, ...]:
    with ask.desk.database.read() as connection:
        known = colleagues.by_login(connection, {row.actor for row in rows})
    calendar = ask.desk.app.means.rules.calendar
    return tuple(
        ShownNotice(
            code=row.code,
            subject=visible(row.subject),
            text=_text(ask.words, row, known[row.actor].display_name if row.actor in known else row.actor),
            told_at=wording.moment(row.at, calendar),
            is_new=row.read_at is None,
            address=f"/incidents/{row.incident_id}" if row.incident_id else f"/tickets/{row.code}",
        )
        for row in rows
    )


def _text(words: Words, row: NoticeRow, name: str) -> str:
    who = words.say("Hệ thống") if row.actor == SERVICE else name
    told = {
        "mention": words.say("%(who)s nhắc tới bạn trong một ghi chú", who=who),
        "assigned": words.say("%(who)s giao phiếu này cho bạn", who=who),
        "arrived": words.say("%(who)s chuyển phiếu này vào hàng đợi của bạn", who=who),
        "left": words.say("%(who)s chuyển phiếu này sang hàng đợi khác", who=who),
        "proposed": words.say("%(who)s gửi bạn duyệt một thư trả lời", who=who),
        "approved": words.say("%(who)s đã duyệt và gửi thư trả lời bạn soạn", who=who),
        "given_back": words.say("%(who)s trả lại thư trả lời bạn gửi duyệt", who=who),
        "handed_over": words.say("%(who)s giao phiếu này cho kho bạc của bạn xử lý", who=who),
        "handed_back": words.say("%(who)s trả phiếu này về trung ương, lý do ghi trong lịch sử", who=who),
        "fetched": words.say("%(who)s thu phiếu này về trung ương", who=who),
        "incident": words.say("Cùng một lỗi từ ba tỉnh trở lên: có sự cố mới"),
        "woken": words.say("Phiếu này hết tạm hoãn"),
        "stopped": words.say(
            "%(who)s đã giữ phiếu này hoặc xác nhận mạo danh; "
            "thư trả lời của bạn chưa gửi đi, nội dung nằm trong bản nháp",
            who=who,
        ),
        "unanswered": words.say("Phiếu này đã 8 giờ làm việc chưa được trả lời"),
        "overdue": words.say("Phiếu này đã quá hạn mà chưa được trả lời"),
        "webhook": words.say(
            "Webhook của bạn không nhận tin, trong đó có tin về phiếu này; hệ thống thôi gửi lại"
        ),
        "undelivered": words.say("Thư trả lời phiếu này không tới được đơn vị; phiếu cần xử lý tiếp"),
    }
    return told.get(row.sort, row.sort)
