"""Mails at and beyond the limits of reading, each decided in a process of its own that is measured.

Run as a program it takes the name of a group and prints one line of JSON a mail: the seconds of processor
time, the bytes that deciding added to the process, and what the decision said.
"""

import base64
import json
import os
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from support.archives import gzip_bomb, overlapping_zip, zip_of_bombs
from support.rulebook import shipped

from triage.core.decide import decide
from triage.core.document import explanation
from triage.core.facts import NO_FACTS
from triage.core.identity import mail_key
from triage.core.parse import parts_of, read_mail
from triage.core.safe_html import safe_html
from triage.core.veil import veil_of

MOST_SECONDS = 30
"""Processor time after which the system kills the process."""

MEGA = 1_000_000
BIG = 50 * MEGA
HEADER = 10 * MEGA

_SUBJECT = b"Subject: [0010#DVC] loi ky so"
_FROM = b"From: Nguyen Thi Men <ketoan@hoamai.example>"
_ID = b"Message-ID: <mot@hoamai.example>\r\n"
_HEAD = b"\r\n".join(
    (
        _FROM,
        b"To: hotrocntt@vst.gov.vn",
        _SUBJECT,
        b"Message-ID: <mot@hoamai.example>",
        b"Date: Mon, 10 Jan 2022 08:40:00 +0700",
        b"",
    )
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of one mail; ``added`` counts bytes, ``killed`` is the signal that ended it, 0 for none."""

    name: str
    size: int
    seconds: float
    added: int
    outcome: str
    told: tuple[str, ...]
    findings: tuple[str, ...]
    killed: int = 0


def text(body: bytes, content: str = "text/plain; charset=utf-8", head: bytes = _HEAD) -> bytes:
    """Make a mail of one text."""
    return head + f"Content-Type: {content}\r\n\r\n".encode() + body


def page(body: bytes) -> bytes:
    """Make a mail of one page of HTML."""
    return text(body, "text/html; charset=utf-8")


def many(parts: list[bytes]) -> bytes:
    """Make a mail of parts that bring their own headers."""
    cut = b"".join(b"--b\r\n%b\r\n" % part for part in parts)
    return _HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + cut + b"--b--\r\n"


def filled(words: str, size: int = MEGA) -> bytes:
    """Repeat words up to so many bytes."""
    once = words.encode()
    return (once * (size // len(once) + 1))[:size]


def with_header(line: bytes) -> bytes:
    """Make a short mail with one more header."""
    return text(b"xin chao", head=_HEAD + line + b"\r\n")


def with_file(name: str, data: bytes) -> bytes:
    """Make a mail with one file."""
    head = f"Content-Type: application/octet-stream; name={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return many([b"Content-Type: text/plain\r\n\r\nxin chao", head.encode() + base64.encodebytes(data)])


def nested(depth: int) -> bytes:
    """Put multiparts into one another."""
    levels = b"".join(
        b'--b%d\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (level, level + 1)
        for level in range(depth)
    )
    last = b"--b%d\r\nContent-Type: text/plain\r\n\r\nxin chao\r\n" % depth
    return _HEAD + b'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n' + levels + last


def attached(depth: int) -> bytes:
    """Attach mails to one another."""
    return _HEAD + b"Content-Type: message/rfc822\r\n\r\n" * (depth + 1) + b"Subject: x\r\n\r\nxin chao"


SIZES: dict[str, Callable[[], bytes]] = {
    "50 MB of text": lambda: text(filled("Em khong ky duoc chung tu, mong giup do.\r\n", BIG)),
    "50 MB of HTML": lambda: page(filled("<p>Em khong ky <a href='http://a.example'>day</a></p>\n", BIG)),
    "50 MB of empty lines": lambda: _HEAD.replace(_ID, b"") + b"\r\n" + b"\n" * BIG + b"xin chao",
    "50 MB of one file": lambda: with_file("a.pdf", b"%PDF-1.7\n" + bytes(36 * MEGA)),
    "10,000 files": lambda: many([b"Content-Type: text/plain; name=a.txt\r\n\r\nxin chao"] * 10_000),
    "10,000 texts": lambda: many([b"Content-Type: text/plain\r\n\r\nxin chao"] * 10_000),
    "10,000 mails": lambda: many(
        [b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nxin chao"] * 10_000
    ),
    "1,000 multiparts deep": lambda: nested(1_000),
    "1,000 mails deep": lambda: attached(1_000),
    "10 MB of subject": lambda: text(
        b"xin chao", head=_HEAD.replace(_SUBJECT, _SUBJECT + filled(" loi ky so", HEADER))
    ),
    "10 MB of encoded words": lambda: text(
        b"xin chao", head=_HEAD.replace(_SUBJECT, b"Subject: " + filled("=?utf-8?q?l=E1=BB=97i?= ", HEADER))
    ),
    "10 MB of senders": lambda: text(
        b"xin chao", head=_HEAD.replace(_FROM, _FROM + filled(", a@b.example", HEADER))
    ),
    "10 MB of comments": lambda: text(
        b"xin chao", head=_HEAD.replace(_FROM, b"From: " + filled("(", HEADER) + b"a@b.example")
    ),
    "10 MB of References": lambda: with_header(b"References: " + filled("<a@b.example> ", HEADER)),
    "10 MB of Received": lambda: with_header(
        filled("Received: from a by b; Mon, 10 Jan 2022\r\n", HEADER) + b"X: y"
    ),
    "10 MB of parameters": lambda: with_header(b"Content-Disposition: inline; " + filled("a=b; ", HEADER)),
    "10 MB of results": lambda: with_header(
        b"Authentication-Results: mx.vst.gov.vn; " + filled("dkim=pass header.d=a.example; ", HEADER)
    ),
    "a zip of zips of zips": lambda: with_file("a.zip", zip_of_bombs(16, 4)),
    "a zip that shares its bytes": lambda: with_file("a.zip", overlapping_zip(2_000)),
    "a gzip of gigabytes": lambda: with_file("a.gz", gzip_bomb(2_000)),
}
"""Mails as large, wide and deep as mails can be made; most of each lies beyond a limit."""

BAITS: dict[str, Callable[[], bytes]] = {
    "headers that end in carriage returns": lambda: _HEAD.replace(_ID, b"") + b"\r" * MEGA + b"x",
    **{
        f"a line of {words!r}": (lambda words=words: text(filled(words)))  # type: ignore[misc]
        for words in (
            *("loi", " ", "“", ">", "-", "a@", "0123456789", "\u200b"),
            *("> ", "[0010#", "[0010#DVC] ", "SD211208-123456 ", "0912 345 678 "),
            *("http://", "Vào lúc 10:00 ngày 1/1/2022 ", "Họ và tên: "),
            *("mật khẩu của em là ", "mật khẩu: Abc@12345 ", "Số: 12/CV-KBNN V/v ", "a" + "\u0301" * 200),
            *("cài ultraviewer và cho mật khẩu ", "chuyển khoản 100.000.000 đồng vào tài khoản mới "),
        )
    },
    **{
        f"lines of {words!r}": (lambda words=words: text(filled(words + "\r\n")))  # type: ignore[misc]
        for words in (
            *("", ">", "-- ", "Từ: a@b.example\r\nNgày: 1/1/2022", "Vào 10:00, A <a@b.example> đã viết:"),
            *("begin 644 a", "-----BEGIN PGP SIGNED MESSAGE-----", "Họ và tên: Nguyễn Thị Mận"),
        )
    },
    **{
        f"a page of {words!r}": (lambda words=words: page(filled(words)))  # type: ignore[misc]
        for words in (
            *("<", "<!--", "<div>", "<table><tr><td>", "<ul><li>", "&#x41"),
            *("<a style='a:b;c:url(", "<form action=http://a.example><input type=password>"),
        )
    },
}
"""A million characters each of what a search with a careless pattern would never get through."""

GROUPS = {"sizes": SIZES, "baits": BAITS}


def measure(name: str, raw: bytes) -> Measured:
    """Do with a mail all that the service and its pages do with what was read."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    mail = read_mail(raw)
    mail_key(mail, raw)
    parts = parts_of(mail, raw)
    decision = decide(mail, NO_FACTS, shipped(), datetime(2026, 11, 12, tzinfo=UTC), parts)
    veil_of(mail).over(explanation(name, mail, decision, parts))
    safe_html(mail.html, {})
    after = resource.getrusage(resource.RUSAGE_SELF)
    return Measured(
        name=name,
        size=len(raw),
        seconds=after.ru_utime - before.ru_utime,
        added=1024 * (after.ru_maxrss - before.ru_maxrss),
        outcome=type(decision.outcome).__name__,
        told=tuple(reason.code for reason in decision.reasons),
        findings=tuple(finding.check for finding in decision.sender.findings),
    )


def main(group: str) -> None:
    """Measure each mail of a group in a process of its own, which the system kills when it takes too long.

    The mail is made before the process is, so that what making it took is not counted.
    """
    # what is read and compiled once is so before the processes part, and counts for none of the mails
    measure("warm", text(b"xin chao, mat khau: Abc@12345"))
    measure("warm", page(b"<p>xin chao</p>"))
    for name, make in GROUPS[group].items():
        raw = make()
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
            _say(measure(name, raw))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            killed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else -1
            _say(Measured(name, len(raw), 0.0, 0, "", (), (), killed))


def _say(one: Measured) -> None:
    sys.stdout.write(json.dumps(asdict(one)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
