"""Tell an alarm by mail and by webhook: in two languages, with what to do, and nothing of anybody's mail."""

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from triage.adapters import webhook
from triage.adapters.smtp import SmtpSender, SmtpSettings
from triage.core.alarms import Notice, Tell
from triage.errors import SmtpError
from triage.ports import Delivered, Herald


def by_mail(settings: SmtpSettings, recipients: Sequence[str]) -> Herald:
    """Give a herald that writes to these addresses over the outgoing server, on a connection of its own."""

    def tell(notice: Notice) -> None:
        sender = SmtpSender(settings)
        try:
            refused = [one for one in recipients if not _sent(sender, settings.from_address, one, notice)]
        finally:
            sender.close()
        if refused:
            named = ", ".join(refused)
            raise SmtpError(f"The mail server {settings.host} did not take the alarm for {named}.")

    return tell


def by_webhook(address: str) -> Herald:
    """Give a herald that posts JSON to an address."""

    def tell(notice: Notice) -> None:
        body = json.dumps(as_json(notice), ensure_ascii=False).encode("utf-8")
        webhook.post(address, body, "alarms")

    return tell


def as_json(notice: Notice) -> dict[str, str]:
    """Give what a webhook is told."""
    alarm = notice.alarm
    return {
        "alarm": alarm.name,
        "state": notice.tell.value,
        "what": alarm.what,
        "what_en": alarm.what_en,
        "todo": alarm.todo,
        "todo_en": alarm.todo_en,
        "found": notice.sentence,
        "runbook": _runbook(notice),
    }


def _sent(sender: SmtpSender, from_address: str, recipient: str, notice: Notice) -> bool:
    return isinstance(sender.send(recipient, _message(from_address, recipient, notice)), Delivered)


def _message(from_address: str, recipient: str, notice: Notice) -> bytes:
    alarm, well = notice.alarm, notice.tell is Tell.WELL
    message = EmailMessage()
    message["From"], message["To"] = from_address, recipient
    state, state_en = ("ĐÃ ỔN", "WELL AGAIN") if well else ("SỰ CỐ", "ALARM")
    message["Subject"] = f"[triage] {state}: {alarm.what} / {state_en}: {alarm.what_en}"
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{uuid.uuid4().hex}@{from_address.rpartition('@')[2]}>"
    # RFC 3834: no robot shall answer, and our own mailbox knows it as such where it ends up there.
    message["Auto-Submitted"] = "auto-generated"
    if well:
        text = f"{alarm.what}: nay đã ổn.\n\n{alarm.what_en}: this is well again.\n\n{notice.sentence}\n"
    else:
        text = (
            f"{alarm.what}.\nViệc cần làm: {alarm.todo}\n\n{alarm.what_en}.\nWhat to do: {alarm.todo_en}\n\n"
            f"{notice.sentence}\n{_runbook(notice)}\n"
        )
    message.set_content(text, cte="base64")
    return message.as_bytes()


def _runbook(notice: Notice) -> str:
    return f"docs/runbook/{notice.alarm.page}.md"
