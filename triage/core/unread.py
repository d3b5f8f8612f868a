"""What of a mail lies beyond our limits: its ticket says so, since what is not read cannot be judged."""

from collections.abc import Iterable

from triage.core.decision import Finding, Severity
from triage.core.defects import Defect
from triage.core.mail import Mail
from triage.core.reasons import Reason

_LIMITS = {
    Defect.HEADERS_TOO_LONG: ("phần đầu thư", "its headers"),
    Defect.HEADER_TOO_LONG: ("một dòng tiêu đề", "a header"),
    Defect.TOO_MANY_WORDS: ("một dòng tiêu đề", "a header"),
    Defect.TOO_LONG_LIST: ("danh sách địa chỉ", "a list of addresses"),
    Defect.TOO_MANY_ADDRESSES: ("danh sách địa chỉ", "a list of addresses"),
    Defect.TOO_MANY_PARTS: ("những phần sau của thư", "its later parts"),
    Defect.TOO_DEEP: ("những phần lồng sâu nhất", "its deepest parts"),
    Defect.MAILS_TOO_DEEP: ("những thư lồng sâu nhất", "its deepest mails"),
    Defect.TEXT_TOO_LONG: ("đoạn sau của nội dung", "the end of its text"),
    Defect.HTML_TOO_LARGE: ("đoạn sau của bản HTML", "the end of its HTML"),
    Defect.WRAPPER_TOO_LARGE: ("phần được bọc", "what it is wrapped around"),
    Defect.WINMAIL_TOO_MANY: ("một số tệp trong winmail.dat", "some files in winmail.dat"),
    Defect.WINMAIL_TOO_DEEP: ("một số tệp trong winmail.dat", "some files in winmail.dat"),
}
_HIDING = frozenset({Defect.TOO_MANY_PARTS, Defect.TOO_DEEP})
"""Limits that no honest mail reaches: a file behind them is a file that nobody looked at."""


def _beyond(mail: Mail) -> tuple[Defect, ...]:
    codes = {defect.partition(":")[0] for defect in mail.defects}
    return tuple(limit for limit in _LIMITS if limit.value in codes)


def unread_reasons(mail: Mail) -> tuple[Reason, ...]:
    """Say what was not read, in one sentence; nothing where all was."""
    beyond = _beyond(mail)
    if not beyond:
        return ()
    vi, en = (", ".join(dict.fromkeys(_LIMITS[limit][at] for limit in beyond)) for at in (0, 1))
    return (
        Reason(
            "not_read_whole",
            f"Thư vượt giới hạn đọc nên chưa đọc {vi}; cần xem thư gốc.",
            f"The mail is beyond our limits: {en} was not read; look at the raw mail.",
        ),
    )


def unread_findings(mail: Mail) -> Iterable[Finding]:
    """Doubt a mail with more parts than any honest one: what lies behind them was judged by nobody."""
    hiding = [limit.value for limit in _beyond(mail) if limit in _HIDING]
    if hiding:
        yield Finding(
            "NOT_READ_WHOLE",
            Severity.MEDIUM,
            None,
            ", ".join(hiding),
            "Thư có quá nhiều phần nên không đọc hết; các tệp ở phần sau chưa được kiểm tra.",
            "The mail has too many parts to be read whole; the files in the later ones were not checked.",
        )
