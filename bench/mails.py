"""Makes support mails as budget units write them: seeded, so that every run measures the same bytes."""

import argparse
import base64
import quopri
import random
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime
from html import escape
from pathlib import Path
from urllib.parse import quote

import phrases

MEAN_BYTES = 52_000
"""Mean size of a mail on the wire; plain mails are small, so the attachments make it up."""

SEED = 964
RULES = Path(__file__).parents[1] / "rules" / "treasuries.toml"
CODES_OF_LETTERS = ("0010", "3110")
FIRST_DAY = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
SHARE_EXACT = 0.6
WITH_ATTACHMENT = frozenset({2, 5, 8})  # of each ten mails: 30 %
FOLLOW_UPS = frozenset({19, 41, 63, 86})  # of each hundred mails: 4 %
WITHOUT_TAG = frozenset({3, 14, 27, 34, 48, 57, 71, 90})  # of each hundred mails: 8 %


@dataclass(frozen=True, slots=True)
class BenchMail:
    """One generated mail and what a correct service makes of it."""

    raw: bytes
    sender: str
    message_id: str
    code: str | None
    follow_up: bool


@dataclass(frozen=True, slots=True)
class _Draft:
    index: int
    sender: str
    name: str
    message_id: str
    in_reply_to: str | None
    code: str | None
    subject: str
    paragraphs: tuple[str, ...]
    weight: float  # of its attachment among all attachments; nought where there is none


def make_mails(count: int, seed: int = SEED, *, first: int = 0) -> list[BenchMail]:
    """Give ``count`` mails of ``MEAN_BYTES`` on average; the same seed gives the same bytes.

    ``first``, a multiple of 100, is the number of the first one: other numbers are other units and mails.
    """
    rng = random.Random(seed + first)
    codes = known_codes()
    drafts: list[_Draft] = []
    for index in range(first, first + count):
        drafts.append(_draft(rng, index, codes, drafts))
    spare = max(0, MEAN_BYTES * count - sum(len(_assemble(draft, 0)) for draft in drafts))
    weights = sum(draft.weight for draft in drafts) or 1.0
    return [
        BenchMail(
            raw=_assemble(draft, round(spare * draft.weight / weights)),
            sender=draft.sender,
            message_id=draft.message_id,
            code=draft.code,
            follow_up=draft.in_reply_to is not None,
        )
        for draft in drafts
    ]


def known_codes() -> tuple[str, ...]:
    """Give the four-digit codes of rules/treasuries.toml, or those of two letters where it is absent."""
    text = RULES.read_text(encoding="utf-8") if RULES.exists() else ""
    found = re.findall(r'^\s*code\s*=\s*"(\d{4})"', text, re.MULTILINE)
    return tuple(dict.fromkeys(found)) or CODES_OF_LETTERS


def _draft(rng: random.Random, index: int, codes: tuple[str, ...], earlier: list[_Draft]) -> _Draft:
    trouble, opening = rng.choice(phrases.TROUBLES)
    code = None if index % 100 in WITHOUT_TAG else rng.choice(codes)
    unit = rng.choice(phrases.UNITS).format(n=index)
    name = " ".join(rng.choice(names) for names in (phrases.FAMILY, phrases.MIDDLE, phrases.GIVEN))
    contact = phrases.CONTACT.format(name=name, phone=f"09{rng.randrange(10**7, 10**8)}")
    draft = _Draft(
        index=index,
        sender=f"ketoan@donvi{index:05}.example",
        name=name,
        message_id=f"<{rng.getrandbits(64):016x}.{index}@donvi{index:05}.example>",
        in_reply_to=None,
        code=code,
        subject=f"{_tag(rng, code)}{trouble} - {unit}",
        paragraphs=(phrases.GREETING, f"{opening} Đơn vị: {unit}.", *_details(rng), contact),
        weight=rng.lognormvariate(0, 0.6) if index % 10 in WITH_ATTACHMENT else 0.0,
    )
    return _answering(draft, _unanswered(rng, earlier)) if earlier and index % 100 in FOLLOW_UPS else draft


def _unanswered(rng: random.Random, earlier: list[_Draft]) -> _Draft:
    """Choose a request that has no follow-up yet, so that nobody writes often enough to be capped."""
    answered = {draft.in_reply_to for draft in earlier}
    return rng.choice([one for one in earlier if one.in_reply_to is None and one.message_id not in answered])


def _tag(rng: random.Random, code: str | None) -> str:
    if code is None:
        return ""
    form = phrases.EXACT if rng.random() < SHARE_EXACT else rng.choice(phrases.SLOPPY)
    return form.format(code=code) + " "


def _details(rng: random.Random) -> list[str]:
    return [" ".join(rng.sample(phrases.DETAILS, rng.randint(2, 4))) for _ in range(rng.randint(2, 5))]


def _answering(draft: _Draft, first: _Draft) -> _Draft:
    history = (
        phrases.QUOTING.format(name=first.name, sender=first.sender),
        *(f"> {line}" for line in first.paragraphs),
    )
    return replace(
        draft,
        sender=first.sender,
        name=first.name,
        in_reply_to=first.message_id,
        code=first.code,
        subject=f"Re: {first.subject}",
        paragraphs=(*draft.paragraphs[:3], *history),
    )


def _assemble(draft: _Draft, attachment_bytes: int) -> bytes:
    rng = random.Random(draft.message_id)
    head, boundary = _headers(rng, draft), f"----=_Part_{rng.getrandbits(48):012x}"
    if not draft.weight:
        return head + _multipart("alternative", boundary, _text_parts(draft))
    text = _multipart("alternative", f"{boundary}.alt", _text_parts(draft))
    return head + _multipart("mixed", boundary, (text, _attachment(rng, draft, attachment_bytes)))


def _headers(rng: random.Random, draft: _Draft) -> bytes:
    at = FIRST_DAY + timedelta(seconds=37 * draft.index)
    domain = draft.sender.partition("@")[2]
    hops = "".join(
        f"Received: from {host} ({host} [192.0.2.{rng.randrange(1, 255)}])\r\n"
        f"\tby {by} with ESMTPS id {rng.getrandbits(48):012X}\r\n"
        f"\tfor <hotrocntt@vst.gov.vn>; {format_datetime(at + timedelta(seconds=lag))}\r\n"
        for host, by, lag in ((f"mx.{domain}", "mx.vst.example", 3), (f"smtp.{domain}", f"mx.{domain}", 1))
    )
    subject = Header(draft.subject, "utf-8", header_name="Subject").encode(linesep="\r\n")
    reply = f"In-Reply-To: {draft.in_reply_to}\r\nReferences: {draft.in_reply_to}\r\n"
    return (
        f"Return-Path: <{draft.sender}>\r\n{hops}"
        f"From: {Header(draft.name, 'utf-8').encode()} <{draft.sender}>\r\n"
        "To: <hotrocntt@vst.gov.vn>\r\n"
        f"Subject: {subject}\r\n"
        f"Date: {format_datetime(at)}\r\nMessage-ID: {draft.message_id}\r\n"
        f"{reply if draft.in_reply_to else ''}"
        "MIME-Version: 1.0\r\nX-Mailer: Microsoft Outlook 16.0\r\n"
        "Thread-Index: AdnExampleThreadIndexOnly==\r\nContent-Language: vi\r\n"
    ).encode()


def _text_parts(draft: _Draft) -> tuple[bytes, bytes]:
    rows = "\n".join(
        f'<p class="MsoNormal" style="margin-bottom:6.0pt"><span lang="VI">{escape(line)}</span></p>'
        for line in draft.paragraphs
    )
    html = f"<html><head><style>\n{phrases.OUTLOOK_STYLE}</style></head>\n<body>\n{rows}\n</body></html>\n"
    encoded = _base64_part if draft.index % 2 else _quoted_part
    return encoded("plain", "\n\n".join(draft.paragraphs) + "\n"), encoded("html", html)


def _base64_part(subtype: str, text: str) -> bytes:
    head = f"Content-Type: text/{subtype}; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode() + _base64_lines(text.replace("\n", "\r\n").encode())


def _quoted_part(subtype: str, text: str) -> bytes:
    head = (
        f"Content-Type: text/{subtype}; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + quopri.encodestring(text.encode()).replace(b"\n", b"\r\n")


def _attachment(rng: random.Random, draft: _Draft, encoded_bytes: int) -> bytes:
    size = max(64, encoded_bytes * 57 // 78)  # 57 bytes make a line of 76 characters and CRLF
    if draft.index % 4:
        kind, name = "image/png", phrases.PICTURE_NAME.format(n=draft.index)
        content = b"\x89PNG\r\n\x1a\n" + rng.randbytes(size)
    else:
        kind, name = "application/pdf", phrases.LETTER_NAME.format(n=draft.index)
        content = b"%PDF-1.7\n" + rng.randbytes(size) + b"\n%%EOF\n"
    return (
        f"Content-Type: {kind}; name*=UTF-8''{quote(name)}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; filename*=UTF-8''{quote(name)}\r\n\r\n"
    ).encode() + _base64_lines(content)


def _base64_lines(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def _multipart(subtype: str, boundary: str, parts: tuple[bytes, ...]) -> bytes:
    line = f"--{boundary}".encode()
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode()
    return head + b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"


def main() -> None:
    """Write the mails as .eml files, for whoever wants to look at them."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mails", type=int, default=1000)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    mails = make_mails(args.mails)
    for number, mail in enumerate(mails):
        (args.folder / f"{number:05}.eml").write_bytes(mail.raw)
    print(f"{len(mails)} mails, {sum(len(mail.raw) for mail in mails) / len(mails):,.0f} bytes on average")


if __name__ == "__main__":
    main()
