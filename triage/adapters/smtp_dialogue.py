"""The words of one SMTP delivery: what is said to the server, and its answers (RFC 5321)."""

import re
import smtplib
import socket
from dataclasses import dataclass
from typing import Literal

from triage.core.text import one_line

Stage = Literal["MAIL", "RCPT", "DATA", "end of data"]

_LONGEST_RESPONSE = 500
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said to one command."""

    stage: Stage
    code: int
    text: str

    @property
    def is_yes(self) -> bool:
        """Whether the server agrees (2xx)."""
        return 200 <= self.code < 300  # noqa: PLR2004 - RFC 5321 4.2.1

    @property
    def is_not_now(self) -> bool:
        """Whether it refuses for now (4xx)."""
        return 400 <= self.code < 500  # noqa: PLR2004 - RFC 5321 4.2.1

    @property
    def is_no(self) -> bool:
        """Whether it refuses for good (5xx)."""
        return 500 <= self.code < 600  # noqa: PLR2004 - RFC 5321 4.2.1

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


def propose(smtp: smtplib.SMTP, sender: str, recipient: str, raw: bytes) -> Answer:
    """Say MAIL, RCPT and DATA; smtplib's own ``rcpt`` reads the address once more and may change it."""
    options = _options(smtp, sender + recipient, raw)
    smtp.command_encoding = "utf-8" if "SMTPUTF8" in options else "ascii"
    answer = Answer("MAIL", *said(smtp.docmd("MAIL", " ".join((f"FROM:<{sender}>", *options)))))
    if answer.is_yes:
        answer = Answer("RCPT", *said(smtp.docmd("RCPT", f"TO:<{recipient}>")))
    if answer.is_yes:
        answer = Answer("DATA", *said(smtp.docmd("DATA")))
    return answer


def _options(smtp: smtplib.SMTP, addresses: str, raw: bytes) -> tuple[str, ...]:
    options = {
        f"SIZE={len(raw)}": smtp.has_extn("size"),
        "BODY=8BITMIME": smtp.has_extn("8bitmime") and not raw.isascii(),
        "SMTPUTF8": smtp.has_extn("smtputf8") and not addresses.isascii(),
    }
    return tuple(name for name, wanted in options.items() if wanted)


def on_the_wire(raw: bytes) -> bytes:
    """Give the bytes of DATA: CRLF everywhere and dots doubled, so that nothing inside ends the message."""
    lines = _LINE_ENDS.sub(b"\r\n", raw)
    whole = lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    return _LEADING_DOT.sub(b"..", whole) + b".\r\n"


def own_name(smtp: smtplib.SMTP) -> str:
    """Give the name for EHLO: the host's own where it is a full one, else its address (RFC 5321 4.1.4)."""
    name = socket.gethostname()
    if "." in name.strip("."):
        return name
    address = smtp.sock.getsockname()[0] if smtp.sock else "127.0.0.1"
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def said(reply: tuple[int, bytes | str]) -> tuple[int, str]:
    """Give what smtplib got for an answer as code and one line of text."""
    code, text = reply
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return code, one_line(words)[:_LONGEST_RESPONSE]


def told_by(error: Exception) -> str:
    """Give what an error says, on one line and never empty."""
    if isinstance(error, smtplib.SMTPResponseException):
        code, text = said((error.smtp_code, error.smtp_error))
        return f"{code} {text}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return one_line(words) or type(error).__name__
