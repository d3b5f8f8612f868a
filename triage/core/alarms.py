"""What wakes whoever runs the service, and when: once that something is wrong, once that it is well again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from triage.core.boxes import kept_as, parts_of


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that can be wrong: what it is and what to do, in Vietnamese and English.

    ``name`` is also that of its page in docs/runbook, save for what follows a colon: the mailbox.
    """

    name: str
    what: str
    what_en: str
    todo: str
    todo_en: str

    @property
    def page(self) -> str:
        """The name of its page in docs/runbook."""
        return parts_of(self.name)[0]


ALARMS = (
    Alarm(
        "database",
        "Cơ sở dữ liệu không dùng được",
        "The database cannot be used",
        "Kiểm tra máy chủ cơ sở dữ liệu, dung lượng đĩa, rồi chạy triage db check.",
        "Look at the database server and the free space, then run triage db check.",
    ),
    Alarm(
        "receive",
        "Không nhận được thư",
        "No mail is received",
        "Chạy triage doctor để thử hộp thư; kiểm tra mật khẩu, chứng chỉ và mạng tới máy chủ IMAP.",
        "Run triage doctor to try the mailbox; look at password, certificate and the way to the IMAP server.",
    ),
    Alarm(
        "process",
        "Thư đã nhận không được xử lý",
        "Mail that was received is not processed",
        "Đọc nhật ký dịch vụ quanh stage_failed, rồi khởi động lại dịch vụ.",
        "Read the service's log around stage_failed, then restart the service.",
    ),
    Alarm(
        "deliver",
        "Không gửi được thư trả lời",
        "Letters are not sent",
        "Chạy triage doctor để thử máy chủ SMTP; thư chờ sẽ tự gửi khi máy chủ trả lời.",
        "Run triage doctor to try the SMTP server; what waits goes out by itself once the server answers.",
    ),
    Alarm(
        "mailbox",
        "Máy chủ IMAP từ chối một phần",
        "The IMAP server refuses something",
        "Thường do thư mục lưu đã đầy; chạy triage healthcheck để xem câu trả lời của máy chủ.",
        "Mostly the processed folder is full; triage healthcheck repeats what the server says.",
    ),
    Alarm(
        "storage",
        "Kho lưu thư gốc chưa xóa những gì phải xóa",
        "The storage of raw mail has not removed what was erased",
        "Chạy triage storage tidy để xem kho trả lời gì; kiểm tra khóa, quyền xóa và đường tới kho.",
        "Run triage storage tidy to see what it says; look at keys, the right to delete and the way there.",
    ),
    Alarm(
        "folders",
        "Thư mục hàng đợi trên máy chủ thư không khớp với phiếu",
        "Folders of queues on the mail server are not in step",
        "Chạy triage doctor; kiểm tra dung lượng và quyền tạo thư mục. Việc nhận thư không bị ảnh hưởng.",
        "Run triage doctor; look at quota and the right to make folders. Receiving mail goes on as ever.",
    ),
    Alarm(
        "loss",
        "Có thư trên máy chủ chưa được lưu",
        "Mails on the server are not stored",
        "Chạy triage mails missed để xem từng UID và lý do, rồi xử lý thư đó trên máy chủ IMAP.",
        "Run triage mails missed for each UID and its reason, then deal with that mail on the IMAP server.",
    ),
    Alarm(
        "rules",
        "Bộ quy tắc mới bị từ chối",
        "The new rules were refused",
        "Chạy triage rules check, sửa tệp được nêu, rồi nạp lại bằng SIGHUP. Quy tắc trước vẫn đang dùng.",
        "Run triage rules check, mend the file, then send SIGHUP. The rules before are still in use.",
    ),
    Alarm(
        "mails-stuck",
        "Có thư đến bị kẹt",
        "Mails are stuck",
        "Xem triage mails list --stuck, sửa nguyên nhân, rồi chạy triage replay --stuck.",
        "See triage mails list --stuck, mend the cause, then run triage replay --stuck.",
    ),
    Alarm(
        "letters-failed",
        "Có thư trả lời không gửi được",
        "Letters failed for good",
        "Xem triage outbox list --state failed, rồi chạy triage outbox retry.",
        "See triage outbox list --state failed, then run triage outbox retry.",
    ),
    Alarm(
        "mails-waiting",
        "Thư đến chờ xử lý quá lâu",
        "Mails wait for too long",
        "Kiểm tra dịch vụ có chạy không và tải của máy; xem số thư chờ ở trang /operations.",
        "See whether the service runs and how busy the machine is; /operations shows how much waits.",
    ),
    Alarm(
        "letters-waiting",
        "Thư trả lời chờ gửi quá lâu",
        "Letters wait for too long",
        "Xem triage outbox list: cột cuối là câu trả lời của máy chủ thư.",
        "See triage outbox list: its last column is what the mail server answered.",
    ),
    Alarm(
        "paging",
        "Webhook báo việc an toàn thông tin không nhận tin",
        "The webhook for security matters takes no page",
        "Kiểm tra địa chỉ, khóa trong [paging] và máy nhận; tin chờ được gửi lại trong hai ngày.",
        "Look at address and key in [paging] and at the receiver; what waits is tried again for two days.",
    ),
    Alarm(
        "nobody-to-page",
        "Việc an toàn thông tin sẽ không đến được ai",
        "Security matters would reach nobody",
        "Thêm tài khoản cán bộ an toàn thông tin có địa chỉ thư, hoặc đặt webhook trong [paging].",
        "Add an account of a security officer with an address, or set webhook in [paging].",
    ),
    Alarm(
        "audit",
        "Chuỗi nhật ký kiểm toán bị đứt",
        "The chain of the audit is broken",
        "Chạy triage audit verify, giữ nguyên dữ liệu và báo cán bộ an toàn thông tin.",
        "Run triage audit verify, change nothing, and tell the security officer.",
    ),
)
"""Every alarm that there is; a test sees that each has its page."""

OF_A_MAILBOX = frozenset({"receive", "mailbox", "loss"})
"""Alarms of which each mailbox has its own."""


def alarms_for(boxes: Sequence[str]) -> tuple[Alarm, ...]:
    """Give the alarms of a service that reads these mailboxes; one of several is named."""

    def of(alarm: Alarm, box: str) -> Alarm:
        if len(boxes) == 1:
            return alarm
        return replace(
            alarm,
            name=kept_as(alarm.name, box),
            what=f"{alarm.what} (hộp thư {box})",
            what_en=f"{alarm.what_en} (mailbox {box})",
        )

    return tuple(
        one
        for alarm in ALARMS
        for one in ([of(alarm, box) for box in boxes] if alarm.name in OF_A_MAILBOX else [alarm])
    )


class Tell(StrEnum):
    """What is told of an alarm."""

    RAISED = "raised"
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told of an alarm; ``sentence`` says in English what was found."""

    alarm: Alarm
    tell: Tell
    sentence: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How long something must be wrong before it is told; how long it is quiet once it was well again."""

    patience: timedelta
    quiet: timedelta


@dataclass(frozen=True, slots=True)
class Standing:
    """How one alarm stands; without ``raised_at`` nothing is wrong and only the quiet is still kept."""

    raised_at: datetime | None = None
    told_at: datetime | None = None
    quiet_until: datetime | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What one look came to: ``after`` holds once ``tell`` was told, ``before`` where it could not be."""

    before: Standing | None
    after: Standing | None
    tell: Tell | None = None


def step(standing: Standing | None, wrong: str | None, now: datetime, pace: Pace) -> Step:
    """Work out what follows from what is wrong now, a sentence, or None where all is well."""
    known = standing or Standing()
    if wrong is not None:
        return _wrong(known, wrong, now, pace)
    if known.told_at:
        return Step(known, Standing(quiet_until=now + pace.quiet), Tell.WELL)
    quiet = known.quiet_until is not None and now < known.quiet_until
    rest = Standing(quiet_until=known.quiet_until) if quiet else None
    return Step(rest, rest)


def _wrong(known: Standing, wrong: str, now: datetime, pace: Pace) -> Step:
    raised = replace(known, raised_at=known.raised_at or now, sentence=wrong)
    lasted = raised.raised_at is not None and now - raised.raised_at >= pace.patience
    quiet = known.quiet_until is not None and now < known.quiet_until
    if known.told_at or not lasted or quiet:
        return Step(raised, raised)
    return Step(raised, replace(raised, told_at=now), Tell.RAISED)
