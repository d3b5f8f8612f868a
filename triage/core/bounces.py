"""Reports of mail that was not delivered, or not yet (RFC 3464, and what servers wrote before it)."""

import re
from collections.abc import Callable
from functools import lru_cache

from triage.core.latepattern import late_pattern
from triage.core.mail import Mail
from triage.core.reasons import Reason
from triage.core.text import fold, one_line

_FIRST_OF_TEXT = 2_000
_REPORT_TYPE = late_pattern(r"report-type\s*=\s*\"?([a-z-]+)", re.IGNORECASE)
_REPORTS = frozenset(("message/delivery-status", "message/global-delivery-status"))

_ROBOT = late_pattern(r"mailer-?daemon|mail-?daemon|bounces?\b|mail-?delivery|mail\.delivery", re.IGNORECASE)
_SYSTEM = late_pattern(
    r"(?:mailer-?daemon|post[-_]?master|mail-?system|mmdf|uucp|microsoftexchange[0-9a-f]{32}|mdaemon)\b",
    re.IGNORECASE,
)
_SYSTEM_NAMES = late_pattern(
    r"mail delivery|mailer.daemon|mail system|postmaster|delivery (?:service|system)|system administrator|"
    r"mail (?:administrator|router)"
)


def any_of(*phrases: str) -> re.Pattern[str]:
    """Make one pattern of phrases for folded text."""
    return late_pattern("|".join(phrases))


_SUBJECT = any_of(
    # Vietnamese
    "(?:thu|email|mail) (?:cua ban )?(?:khong (?:the )?(?:gui|chuyen|phat)(?: duoc)?|bi tra lai)",
    "khong the (?:gui|chuyen|phat)(?: thu)?:",
    "(?:gui|chuyen|phat) (?:thu|email|mail) khong thanh cong",
    "(?:thu|email|mail) (?:gui )?khong thanh cong",
    "khong (?:gui|chuyen|phat) duoc (?:thu|email|mail)",
    "gui (?:thu|email|mail) that bai",
    "(?:thu|email|mail) tra lai",
    "thong bao tra lai",
    "hop thu (?:da )?day",
    "loi gui thu",
    # English
    "undeliver",
    "not deliver",
    "non-?deliver",
    "delivery (?:status|failure|failed|error|report|has failed|delayed|notification|problem)",
    "delivery (?:unsuccessful|incomplete|warning)",
    "returned (?:mail|message|to sender)",
    "mail (?:delivery|could not|returned|failed|failure|system error)",
    "message (?:delayed|could not|not delivered|status)",
    "failed (?:mail|delivery)",
    "failure notice",
    "error sending",
    "could not (?:be delivered|send)",
    "unable to deliver",
    "rejected:",
    "warning: (?:could not|message)",
    "user unknown",
    "mailbox (?:is )?full",
)
_TEXT = any_of(
    r"\b[45]\.\d{1,2}\.\d{1,3}\b",
    r"\b(?:55[0-4]|45[0-2]|421)[ -]",
    # Vietnamese
    "khong gui duoc",
    "khong the (?:gui|chuyen|phat)",
    "(?:gui|chuyen|phat) khong thanh cong",
    "khong tim thay (?:dia chi|nguoi nhan|hop thu)",
    "khong ton tai",
    "hop thu (?:nguoi nhan )?da day",
    # English
    "(?:could|can)not be delivered",
    "could not be delivered",
    "was not delivered",
    "undeliver",
    "unable to deliver",
    "did not reach",
    "(?:user unknown|unknown user|no such user)",
    "mailbox (?:is )?(?:full|unavailable)",
    "over quota|quota exceeded",
    "host (?:unknown|not found)",
    "does not exist",
    "permanent (?:error|failure)",
    "delivery (?:failed|to the following|attempts)",
    "returned to sender",
    "recipient address rejected",
    "invalid final delivery",
    "(?:following|failed) addresses",
)


_PLAIN_TEXT = any_of(
    "could not be delivered to:? <",
    r"rcpt to: ?<",
    r"\b5\d\d[ -]5\.\d{1,2}\.\d{1,3}\b",
    "(?:khong the|khong) (?:gui|chuyen|phat) (?:duoc )?(?:thu )?(?:den|toi):? <",
)
"""What only a server writes: enough where the envelope has no sender, whatever the subject says."""


def find_bounce(mail: Mail) -> Reason | None:
    """Say by what a mail shows itself to be a report of failed or late delivery; None where it does not."""
    return next((reason for check in _CHECKS if (reason := check(mail))), None)


def is_from_mail_system(mail: Mail) -> bool:
    """Say whether the envelope, or From, is that of a mail system: no person sends with the null sender.

    Where the mailbox keeps no envelope, the form of a report has to be enough.
    """
    if mail.return_path is None and mail.content_type == "multipart/report":
        return True
    return mail.return_path == "" or bool(_robot_named(mail)) or _is_system(mail)


def report_type(mail: Mail) -> str:
    """Give what a multipart/report reports on (RFC 6522), lower case; empty for any other mail."""
    if mail.content_type != "multipart/report":
        return ""
    match = _REPORT_TYPE.search(mail.header("Content-Type") or "")
    return match[1].lower() if match else ""


def start_of(mail: Mail) -> str:
    """Give the beginning of the text, folded, as one line."""
    return _folded(mail.text[:_FIRST_OF_TEXT])


@lru_cache(maxsize=4)
def _folded(text: str) -> str:
    """Fold the beginning of a text; checks for bounces and automatic answers look at it in turn."""
    return fold(one_line(text))


def _by_report(mail: Mail) -> Reason | None:
    """Take a report for one where the whole mail is it, or a mail system sent it: people attach them, too."""
    carried = any(attachment.type in _REPORTS for attachment in mail.attachments)
    whole = report_type(mail) == "delivery-status" or (carried and mail.content_type == "multipart/report")
    if not whole and not (carried and is_from_mail_system(mail)):
        return None
    return _reason(
        "report", "thư mang báo cáo chuyển phát (RFC 3464)", "it carries a delivery report (RFC 3464)"
    )


def _by_header(mail: Mail) -> Reason | None:
    if mail.header("X-Failed-Recipients") is None:
        return None
    return _reason("failed_recipients", "có X-Failed-Recipients", "it has X-Failed-Recipients")


def _by_robot(mail: Mail) -> Reason | None:
    """Take the word of a mailer-daemon that says what failed, in From or as sender of the envelope."""
    robot = _robot_named(mail)
    if not robot or not (_worded(mail) or _reported(mail)):
        return None
    return _reason("sender", f"người gửi là {robot}", f"its sender is {robot}")


def _by_signs(mail: Mail) -> Reason | None:
    """Weigh who sends it against what it says: people write of mail that was not delivered, too."""
    null_sender, system = mail.return_path == "", _is_system(mail)
    if not (null_sender or system):
        return None  # whatever it says
    worded, reported = _worded(mail), _reported(mail)
    signs = null_sender + system + bool(worded) + reported
    plainly = null_sender and (worded or _PLAIN_TEXT.search(start_of(mail)))
    if signs < _ENOUGH_SIGNS and not plainly:
        return None
    if worded:
        return _reason("wording", f"tiêu đề viết “{worded}”", f"its subject says {worded!r}")
    return _reason(
        "text", "hệ thống thư viết rằng không chuyển được", "a mail system says that it could not deliver"
    )


_ENOUGH_SIGNS = 3
_CHECKS: tuple[Callable[[Mail], Reason | None], ...] = (_by_report, _by_header, _by_robot, _by_signs)


def _worded(mail: Mail) -> str:
    match = _SUBJECT.search(fold(mail.subject))
    return match.group() if match else ""


def _reported(mail: Mail) -> bool:
    return bool(_TEXT.search(start_of(mail)))


def _robot_named(mail: Mail) -> str:
    named = (_local_part(mail.sender.address), mail.sender.name)
    robot = next((name for name in named if _ROBOT.match(name)), "")
    if not robot and (mail.return_path or "").lower().startswith("mailer-daemon"):
        return "MAILER-DAEMON"
    return robot


def _is_system(mail: Mail) -> bool:
    local, name = _local_part(mail.sender.address), fold(mail.sender.name)
    if not local and not name:
        return True
    return bool(_SYSTEM.match(local) or _SYSTEM_NAMES.search(name))


def _local_part(address: str) -> str:
    return address.partition("@")[0]


def _reason(code: str, vi: str, en: str) -> Reason:
    return Reason(
        f"kind.bounce_{code}", f"Thư báo không chuyển được: {vi}.", f"A report of failed delivery: {en}."
    )
