"""What happened to a ticket since somebody looked at it, in a line each."""

from dataclasses import dataclass

from triage.core.history import QUIET
from triage.db import colleagues, history
from triage.db.history import SERVICE, Event
from triage.db.tickets import TicketRow
from triage.web import wording
from triage.web.desk import Ask
from triage.web.shown import visible
from triage.web.templating import Words

_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Change:
    """One line: when, who, what, and the words that go with it."""

    told_at: str
    who: str
    what: str
    said: str


def changes_since(ask: Ask, ticket: TicketRow, version: int) -> tuple[Change, ...]:
    """Give what changed since the ticket had a version, the oldest first."""
    left = ticket.version - version
    if left <= 0:
        return ()
    with ask.desk.database.read() as connection:
        loud = [one for one in history.events(connection, ticket.id) if one.verb not in QUIET][-left:]
        names = colleagues.by_login(connection, {one.actor for one in loud})
    calendar = ask.desk.app.means.rules.calendar
    return tuple(
        Change(
            told_at=wording.moment(event.at, calendar),
            who=_who(ask.words, event, {name: one.display_name for name, one in names.items()}),
            what=_what(ask.words, event.verb),
            said=visible(str(event.data.get("text") or event.data.get("why") or "")[:_SHOWN]),
        )
        for event in loud
    )


def _who(words: Words, event: Event, names: dict[str, str]) -> str:
    if event.actor == SERVICE:
        return words.say("Đơn vị") if event.mail_id else words.say("Hệ thống")
    return names.get(event.actor, event.actor)


def _what(words: Words, verb: str) -> str:
    told = {
        "mail_added": words.say("gửi thêm thư"),
        "reopened": words.say("mở lại phiếu"),
        "answered": words.say("đã trả lời đơn vị"),
        "proposed": words.say("gửi thư trả lời để duyệt"),
        "given_back": words.say("trả lại bản nháp chờ duyệt"),
        "withdrawn": words.say("rút bản nháp chờ duyệt"),
        "recalled": words.say("thu hồi thư trả lời"),
        "undelivered": words.say("báo thư trả lời không tới được"),
        "assigned": words.say("đổi người xử lý"),
        "note": words.say("thêm ghi chú"),
        "call": words.say("ghi cuộc gọi"),
        "closed": words.say("đóng phiếu"),
        "rerouted": words.say("chuyển kho bạc"),
        "categorised": words.say("đổi loại yêu cầu"),
        "prioritised": words.say("đổi mức ưu tiên"),
        "snoozed": words.say("tạm hoãn phiếu"),
        "woken": words.say("hết tạm hoãn"),
        "merged": words.say("gộp phiếu"),
        "unmerged": words.say("tách phiếu đã gộp"),
        "split": words.say("tách thư thành phiếu mới"),
    }
    return told.get(verb, words.say("thay đổi phiếu"))
