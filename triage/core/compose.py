"""A finished message from a rendered letter: the same bytes for the same inputs, and nothing slipped in.

The headers are written here and not by ``EmailMessage``, which drops spaces where it folds Vietnamese text
and turns an encoded newline of a subject into a real header (CVE-2024-6923). Whatever a stranger had a hand
in is neutralised first, and the finished bytes are read back: they must hold the headers that were set and
no others.
"""

import hashlib
import quopri
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MultipartInvariantViolationDefect
from email.header import Header, decode_header, make_header
from email.parser import BytesHeaderParser
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from itertools import groupby

from triage.core.text import clean, one_line, without_unseen

CRLF = "\r\n"
MAX_REFERENCES = 20
"""Ids kept in References: the first (the root of the thread) and the latest ones, as RFC 5537 3.4.4 trims."""

MAX_LINE = 998
"""RFC 5322 2.1.1, without the line end."""

NO_CODE = "none"
"""What X-Triage-Ticket says in a letter that bears no ticket code."""

BY_A_PERSON = "no"
"""What Auto-Submitted says in a letter that a person wrote (RFC 3834 5)."""

_FOLD_AT = 76
_EMPTY_LINE = b"\r\n\r\n"
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,250}>")
_OUR_MESSAGE_ID = re.compile(rb"<letter\.[0-9a-f]{8}\.[0-9a-f]{24}@[a-z0-9.-]{1,255}>")
_ADDRESS = re.compile(
    r"[^\s<>()\[\]:;,\"\\\x00-\x20\x7f-\x9f@]{1,64}@[^\s<>()\[\]:;,\"\\\x00-\x20\x7f-\x9f@]{1,255}"
)
_DOMAIN = re.compile(
    r"(?=.{1,255}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_TOKEN = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/^_`{|}~-]{1,40}")
_PLAIN = re.compile(r"[ -~]{0,60}")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Everything about a message but its text.

    ``in_reply_to`` and ``references`` speak of the mail that is answered: its Message-ID, and its own
    References (or, where it has none, its In-Reply-To). ``date`` is aware. ``recipient`` is the one of the
    header; whoever delivers the message takes that of the SMTP envelope from the outbox, never from here.
    ``auto_submitted`` is the keyword of RFC 3834: ``auto-generated`` where no mail is answered, ``no`` in a
    letter that a person wrote, to which machines may answer that somebody is away. ``reply_to`` is where
    answers go, empty where they go to the sender.
    """

    sender_name: str
    sender_address: str
    recipient: str
    message_id: str
    in_reply_to: str
    references: Sequence[str]
    date: datetime
    letter: str
    ticket_code: str
    auto_submitted: str = "auto-replied"
    reply_to: str = ""


def compose(envelope: Envelope, *, subject: str, text: str, html: str) -> bytes:
    """Give the finished message: multipart/alternative, 7-bit, CRLF line ends.

    Raises ValueError where an input of ours is unfit (an address, an id, a token) or the bytes read back
    differ from what was set; a stranger's subject or ids never cause it.
    """
    _demand_fit(envelope)
    headline = safe_text(subject)
    boundary = _boundary(envelope.message_id)
    headers = (
        *_headers(envelope, headline),
        ("Content-Type", f'multipart/alternative;{CRLF} boundary="{boundary}"'),
    )
    raw = (_block(headers) + _body(boundary, text, html)).encode("utf-8")
    _demand_exactly(raw, headers, headline, envelope.recipient)
    return raw


def new_message_id(seed: str, domain: str) -> str:
    """Give the Message-ID that belongs to a seed: the same seed always gives the same id.

    The dots and the eight hexadecimal digits that stand alone keep clear of the shapes that SpamAssassin
    takes for bulk-mail tools (MSGID_RANDY and its kin). Raises ValueError where the domain is none.
    """
    if not _DOMAIN.fullmatch(domain):
        raise ValueError(f"{domain!r} cannot be the domain of a Message-ID")
    digest = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()
    return f"<letter.{digest[:8]}.{digest[8:32]}@{domain.lower()}>"


def can_stand_in_header(address: str) -> bool:
    """Ask whether an address can be written into a header as it is, without quotes, comments or encoding."""
    return bool(_ADDRESS.fullmatch(address)) and "=?" not in address and clean(address) == address


def letter_ids(raw: bytes) -> tuple[str, ...]:
    """Give the Message-IDs of our letters that stand anywhere in a mail's bytes, as a bounce quotes them."""
    return tuple(dict.fromkeys(found.decode("ascii") for found in _OUR_MESSAGE_ID.findall(raw)))


def safe_text(text: str) -> str:
    """Make one line that is text and nothing else, for a header that a stranger had a hand in.

    ``=?`` is broken up: a client that decodes twice must find no encoded word inside a decoded one.
    """
    return one_line(without_unseen(clean(text))).replace("=?", "= ?")


def thread(in_reply_to: str, references: Sequence[str]) -> tuple[str, ...]:
    """Give the ids for References: whole, each once, the answered one last, at most MAX_REFERENCES.

    An id with ``=?`` in it is left out, since programs that rewrite mail decode it.
    """
    usable = [item for item in references if _is_message_id(item) and item != in_reply_to]
    parent = [in_reply_to] if _is_message_id(in_reply_to) else []
    ids = [*dict.fromkeys(usable), *parent]
    return tuple(ids if len(ids) <= MAX_REFERENCES else [ids[0], *ids[1 - MAX_REFERENCES :]])


def _is_message_id(text: str) -> bool:
    return bool(_MESSAGE_ID.fullmatch(text)) and "=?" not in text


def _demand_fit(envelope: Envelope) -> None:
    reply_to = (envelope.reply_to,) if envelope.reply_to else ()
    for address in (envelope.sender_address, envelope.recipient, *reply_to):
        if not can_stand_in_header(address):
            raise ValueError(f"{address!r} cannot stand in a header as an address")
    if not _is_message_id(envelope.message_id):
        raise ValueError(f"{envelope.message_id!r} is no Message-ID")
    for token in (envelope.letter, envelope.ticket_code, envelope.auto_submitted):
        if not _TOKEN.fullmatch(token):
            raise ValueError(f"{token!r} cannot stand in a header as a name")
    if envelope.date.tzinfo is None:
        raise ValueError("the date of a message needs a time zone")


def _headers(envelope: Envelope, headline: str) -> tuple[tuple[str, str], ...]:
    """Give the headers in their order, values folded.

    Auto-Submitted (RFC 3834) and X-Auto-Response-Suppress (Exchange) keep machines from answering. There is
    no Precedence: it was never standardised (RFC 2076 discourages it), responders that heed it heed one of
    the others too, and ``bulk`` makes some servers drop the bounces that we want to hear of.
    """
    ids = thread(envelope.in_reply_to, envelope.references)
    threading = (("References", f"{CRLF} ".join(ids)),) if ids else ()
    if _is_message_id(envelope.in_reply_to):
        threading = (("In-Reply-To", envelope.in_reply_to), *threading)
    return (
        ("From", _mailbox(envelope.sender_name, envelope.sender_address)),
        *((("Reply-To", envelope.reply_to),) if envelope.reply_to else ()),
        ("To", envelope.recipient),
        ("Subject", _encoded(headline, "Subject")),
        ("Date", format_datetime(envelope.date)),
        ("Message-ID", envelope.message_id),
        *threading,
        ("Auto-Submitted", envelope.auto_submitted),
        *((("X-Auto-Response-Suppress", "All"),) if envelope.auto_submitted != BY_A_PERSON else ()),
        ("X-Triage-Letter", envelope.letter),
        ("X-Triage-Ticket", envelope.ticket_code),
        ("MIME-Version", "1.0"),
    )


@lru_cache(maxsize=16)
def _mailbox(name: str, address: str) -> str:
    shown = safe_text(name)
    if not shown:
        return address
    if _PLAIN.fullmatch(shown):
        quoted = shown.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{address}>'
    return f"{CRLF} ".join((*_phrase(shown), f"<{address}>"))


def _phrase(name: str) -> list[str]:
    """Give a display name as encoded words with the plain words of it between them.

    Readers built on Python's newer parser show one space too many between two encoded words of a name, so
    these stand side by side only where a run without any plain word is too long for one.
    """
    runs = groupby(name.split(" "), key=lambda word: bool(_ATOM.fullmatch(word)))
    return [" ".join(run) if plain else _encoded_words(" ".join(run), "From") for plain, run in runs]


def _encoded(text: str, name: str) -> str:
    """Give short ASCII as it is, anything else as encoded words of whole characters (RFC 2047)."""
    if _PLAIN.fullmatch(text):
        return text
    return _encoded_words(text, name)


def _encoded_words(text: str, name: str) -> str:
    return Header(text, "utf-8", maxlinelen=_FOLD_AT, header_name=name).encode(linesep=CRLF)


def _boundary(message_id: str) -> str:
    # "=_" cannot occur in quoted-printable text, where hexadecimal digits or a line end follow every "=".
    return f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}"


def _block(headers: Sequence[tuple[str, str]]) -> str:
    return "".join(f"{name}: {value}{CRLF}" for name, value in headers) + CRLF


def _body(boundary: str, text: str, html: str) -> str:
    return (
        f"--{boundary}{CRLF}{_part('plain', text)}{CRLF}"
        f"--{boundary}{CRLF}{_part('html', html)}{CRLF}"
        f"--{boundary}--{CRLF}"
    )


def _part(subtype: str, text: str) -> str:
    # Quoted-printable and not base64: filters count base64 text against a mail, and people can read this.
    headers = (
        ("Content-Type", f'text/{subtype}; charset="utf-8"'),
        ("Content-Transfer-Encoding", "quoted-printable"),
    )
    lines = quopri.encodestring(_unix(text).encode("utf-8")).decode("ascii")
    return _block(headers) + lines.replace("\n", CRLF)


def _unix(text: str) -> str:
    return clean(text).replace("\r\n", "\n").replace("\r", "\n")


def _demand_exactly(raw: bytes, headers: Sequence[tuple[str, str]], headline: str, recipient: str) -> None:
    """Read the bytes back as a receiver would and compare: no header more, none less, none twice."""
    head, _, body = raw.partition(_EMPTY_LINE)
    message = BytesHeaderParser().parsebytes(head + _EMPTY_LINE)
    found = [(name, _as_received(value)) for name, value in message.raw_items()]
    if found != [(name, _unfolded(value)) for name, value in headers]:
        raise ValueError("the message read back does not hold exactly the headers that were set")
    values = dict(found)
    if str(make_header(decode_header(values["Subject"]))) != headline:
        raise ValueError("the subject read back is not the one that was set")
    if parseaddr(values["To"])[1] != recipient:
        raise ValueError("the recipient read back is not the one that was set")
    # Only the headers were read; some releases of Python 3.11 call it a defect that the parts were not.
    defects = [one for one in message.defects if not isinstance(one, MultipartInvariantViolationDefect)]
    if defects or not _has_two_parts(body, str(message.get_boundary()).encode()):
        raise ValueError("the message read back does not hold exactly its two parts")
    if not _is_sendable(raw):
        raise ValueError("the message holds a line that SMTP does not allow")


def _has_two_parts(body: bytes, boundary: bytes) -> bool:
    """Look for the lines that part a body (RFC 2046 5.1.1); any that only resembles one is too many."""
    delimiter = b"--" + boundary
    found = [line for line in body.split(b"\r\n") if line.startswith(delimiter)]
    return found == [delimiter, delimiter, delimiter + b"--"] and body.startswith(delimiter)


def _is_sendable(raw: bytes) -> bool:
    """Ask whether all lines end in CRLF, with neither half of it anywhere else, and none is too long."""
    lines = raw.split(b"\r\n")
    ends = len(lines) - 1
    return raw.count(b"\r") == raw.count(b"\n") == ends and max(map(len, lines)) <= MAX_LINE


def _as_received(value: str) -> str:
    # The parser keeps bytes beyond ASCII (an address as RFC 6532 writes it) as surrogates.
    return _unfolded(value.encode("utf-8", "surrogateescape").decode("utf-8"))


def _unfolded(value: str) -> str:
    return re.sub(r"\r?\n(?=[ \t])", "", value)
