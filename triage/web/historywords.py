"""The history of a ticket in words: who did what when, what stood before and what stands since."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.core.escalation import Step
from triage.core.history import ESCALATED, QUIET
from triage.core.rules import Rulebook
from triage.db.dossier import Dossier
from triage.db.history import SERVICE, Event
from triage.web.historyvalues import LONGEST, Values
from triage.web.tellings import Telling
from triage.web.templating import Words

MOST_SHOWN = 40

SAYING = ("why", "reason", "note")
"""Under which names an event keeps what somebody said about it."""

_AFTER = {
    "opened": "queue",
    "closed": "outcome",
    "confirmed_impostor": "outcome",
    "snoozed": "until",
    "given_back": "to",
    "linked": "to",
    "unlinked": "to",
    "notice_withheld": "to",
    "letter_failed": "recipient",
    "seen_again": "marks",
    "warned": "treasuries",
    "escalated": "told",
    "paged": "told",
}
"""Under which name an event keeps what stands since, where that is not ``after``."""


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """One line of the history; ``before`` and ``after`` are empty where nothing was exchanged."""

    at: datetime
    who: str
    what: str
    before: str = ""
    after: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """Words for the events of one ticket as one reader may know them."""

    dossier: Dossier
    rules: Rulebook
    telling: Telling
    told_at: Callable[[datetime], str]

    def newest(self) -> tuple[ShownEvent, ...]:
        """Give the newest lines, the newest first."""
        return tuple(self.line(event) for event in self.dossier.events[:MOST_SHOWN])

    def since(self, version: int) -> tuple[ShownEvent, ...]:
        """Give what happened after the ticket had a version, the newest first.

        Every change counts the version up by one and leaves one line; lines of what changes no row lie in
        between.
        """
        left = self.dossier.ticket.version - version
        lines: list[ShownEvent] = []
        for event in self.dossier.events:
            if left <= 0:
                break
            lines.append(self.line(event))
            left -= event.verb not in QUIET
        return tuple(lines)

    def line(self, event: Event) -> ShownEvent:
        """Word one event."""
        words, names = self.telling.words, self.dossier.names
        who = words.say("Hệ thống") if event.actor == SERVICE else names.get(event.actor, event.actor)
        tell = Values(names, self.rules, self.telling, self.told_at).tell
        writer = str(event.data.get("writer") or "")
        wrote = words.say("người soạn: %(name)s", name=names.get(writer, writer)) if writer else ""
        said = (
            wrote
            or step_words(words, event)
            or next((str(event.data[key]) for key in SAYING if event.data.get(key)), "")
        )
        return ShownEvent(
            at=event.at,
            who=who,
            what=words.say("duyệt và gửi thư trả lời") if writer else verb_words(words, event.verb),
            before=tell(event.verb, event.data.get("before")),
            after=tell(event.verb, value_after(event)),
            said=self.telling.text(said[:LONGEST]),
        )


def step_words(words: Words, event: Event) -> str:
    """Say at which step of an escalation somebody was told; empty for other events."""
    told = {
        Step.WARNING: words.say("đã 8 giờ làm việc chưa trả lời"),
        Step.OVERDUE: words.say("đã quá hạn"),
        Step.LATE: words.say("quá hạn đã lâu"),
    }
    step = event.data.get("step") if event.verb == ESCALATED else None
    return told.get(Step(step), "") if step in set(Step) else ""


def value_after(event: Event) -> Any:  # noqa: ANN401 - JSON holds anything
    """Give what stands since an event."""
    return event.data.get(_AFTER.get(event.verb, ""), event.data.get("after"))


def verb_words(words: Words, verb: str) -> str:
    """Give what somebody did, in words."""
    told = {
        "opened": words.say("mở phiếu, xếp vào"),
        "mail_added": words.say("nhận thêm thư của đơn vị"),
        "reopened": words.say("mở lại phiếu"),
        "assigned": words.say("giao xử lý"),
        "closed": words.say("đóng phiếu"),
        "note": words.say("ghi chú nội bộ"),
        "call": words.say("ghi cuộc gọi"),
        "rerouted": words.say("chuyển hàng đợi"),
        "handed_over": words.say("giao kho bạc xử lý"),
        "handed_back": words.say("trả phiếu về trung ương"),
        "fetched": words.say("thu phiếu về trung ương"),
        "categorised": words.say("đổi loại yêu cầu"),
        "prioritised": words.say("đổi mức ưu tiên"),
        "linked": words.say("liên quan phiếu"),
        "unlinked": words.say("bỏ liên quan phiếu"),
        "undone": words.say("hoàn tác thao tác vừa làm"),
        "released": words.say("bỏ tạm giữ thư"),
        "confirmed_impostor": words.say("xác nhận mạo danh"),
        "seen_again": words.say("dấu hiệu mạo danh có trong thư cũ"),
        "warned": words.say("gửi cảnh báo mạo danh tới"),
        "notice_withheld": words.say("không gửi thêm cảnh báo tới"),
        "letter_failed": words.say("thư không tới được"),
        "undelivered": words.say("thư trả lời không tới được"),
        "hold_set": words.say("lưu giữ theo yêu cầu pháp lý"),
        "hold_cleared": words.say("thôi lưu giữ theo yêu cầu pháp lý"),
        "exported": words.say("xuất dữ liệu cá nhân"),
        "erased": words.say("xóa dữ liệu cá nhân"),
        "read": words.say("đơn vị đã mở thư"),
        "bounce": words.say("thư của ta bị trả lại"),
        "auto_reply": words.say("nhận trả lời tự động"),
        "verification": words.say("nhận câu hỏi về mã phiếu"),
        "answered": words.say("trả lời đơn vị"),
        "proposed": words.say("gửi thư trả lời để duyệt"),
        "given_back": words.say("trả lại bản nháp chờ duyệt cho"),
        "withdrawn": words.say("rút bản nháp chờ duyệt"),
        "recalled": words.say("thu hồi thư"),
        "snoozed": words.say("tạm hoãn đến"),
        "woken": words.say("hết tạm hoãn"),
        "resumed": words.say("dời hạn vì đã chờ đơn vị"),
        "escalated": words.say("báo chậm trả lời tới"),
        "paged": words.say("báo cán bộ an toàn"),
        "held": words.say("tạm giữ phiếu"),
        "merged": words.say("gộp phiếu"),
        "unmerged": words.say("tách phiếu đã gộp"),
        "incident_joined": words.say("đưa phiếu vào sự cố"),
        "incident_left": words.say("tách phiếu khỏi sự cố"),
        "split": words.say("tách thư thành phiếu mới"),
    }
    return told.get(verb) or words.say("thao tác khác (%(verb)s)", verb=verb)
