"""Makes the rows of a desk that has been worked at for years: seeded, so that every run has the same ones."""

import json
import random
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import zstandard

from triage.core.decide import decide
from triage.core.document import document
from triage.core.facts import NO_FACTS
from triage.core.parse import read_mail
from triage.core.rules import Rulebook
from triage.core.searchentry import EntryKind, Said
from triage.db.searchindex import columns, day_of, vector
from triage.service.queues import all_queues

NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
"""Friday, 10:00 in Hanoi."""

YEARS = timedelta(days=3 * 365)
MAILS = 3
"""Mails of each ticket."""

TEXTS = 3000
"""Different texts; a number of its own makes each message differ from the others."""

SENDERS = 20_000
FRESH = 0.05
OPEN_OF_FRESH = 0.2
"""The newest tickets, and how many of them are open: one in a hundred of all."""

DOUBTED = 0.02
"""Tickets of senders that are doubted."""

_FIRST = "b c ch d đ g gh h kh l m n nh ng ph qu s t th tr v x".split()  # noqa: SIM905 - reads better
_RHYMES = "a an anh ao ay e em en i in inh iêu o oi on ong ô ôn ơ ơi u un ung ư ương".split()  # noqa: SIM905
_TONES = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
_SENTENCES = (
    "Đơn vị không đăng nhập được dịch vụ công từ sáng nay.",
    "Hệ thống báo mã lỗi 403 khi ký số chứng từ rút dự toán.",
    "Số liệu đối chiếu tài khoản dự toán không khớp với kho bạc.",
    "Kính đề nghị hỗ trợ cấp lại mật khẩu cho kế toán trưởng.",
    "Chứng thư số hết hạn, đơn vị đã gia hạn nhưng chưa dùng được.",
    "Đính kèm ảnh chụp màn hình và ủy nhiệm chi tháng tám.",
)
STATUSES = ("new", "in_progress", "waiting", "snoozed", "held")
STATUS_WEIGHTS = (40, 30, 20, 5, 5)
CATEGORIES = ("login", "password", "signature", "certificate", "dossier", "reconcile", "guidance", "other")

Row = Sequence[Any]


@dataclass(frozen=True)
class Text:
    """One text that many messages share, packed, cut into words, decided."""

    said: Said
    raw: bytes

    @cached_property
    def packed(self) -> bytes:
        """The mail as it is kept."""
        return zstandard.ZstdCompressor().compress(self.raw)

    @cached_property
    def head(self) -> "Text":
        """What is indexed of a ticket by itself: no words of its mails."""
        return Text(replace(self.said, recipients="", files="", body=""), b"")

    @cached_property
    def vector(self) -> str:
        """Its words for PostgreSQL."""
        return vector(self.said)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Its words for SQLite, field by field."""
        return tuple(columns(self.said).values())


class Years:
    """The rows of so many tickets, table by table; ids count from 1 in the order of time.

    With one mail a ticket (``mails``) texts and decisions are short too, and of a ticket by itself only its
    subject is indexed, so that ten million tickets find room on a disk. ``numbers`` are the tickets whose
    rows are made, all of them at first.
    """

    def __init__(self, count: int, rules: Rulebook, seed: int = 964, *, mails: int = MAILS) -> None:
        self.count = count
        self.mails = mails
        self.numbers = range(1, count + 1)
        self.rules = rules
        self.rng = random.Random(seed)
        self.queues = all_queues(rules)
        self.weights = [1 / (place + 8) for place in range(len(self.queues))]
        self.texts = [self._text(number) for number in range(min(TEXTS, count))]
        self.document = json.dumps(self._document(), ensure_ascii=False)

    def of(self, numbers: range) -> "Years":
        """Give the same years with the rows of some tickets only."""
        some = copy(self)
        some.numbers = numbers
        return some

    def tables(self) -> Iterator[tuple[str, Iterator[Row]]]:
        """Give each table with its rows, in an order that no foreign key minds."""
        yield "tickets", self._tickets()
        yield "ticket_parties", ((n, self._sender(n), "writer") for n in self.numbers)
        yield "mails", self._mails()
        yield "raw_mails", ((m, "zstd", self._text_of(m).packed) for m in self._mail_numbers())
        yield "decisions", self._decisions()
        yield "ticket_events", self._events()
        yield "outbox", self._letters()
        yield "search_entries", self._entries()

    def words(self, *, sqlite: bool) -> Iterator[Row]:
        """Give the words of each entry, as ``search_words`` of one database holds them."""
        for number in self.numbers:
            code = self.code(number).lower().split("-")
            text = self._text_of(number * self.mails)
            head = text if self.mails > 1 else text.head
            entry, opened = self._first_entry(number), self._opened_at(number)
            days = [] if sqlite else [day_of(opened + timedelta(hours=place)) for place in range(self.mails)]
            yield (entry, *self._with(head, code, sqlite=sqlite, head=True), *days[:1])
            for place in range(self.mails):
                text = self._text_of((number - 1) * self.mails + place + 1)
                own = (f"ref{(number - 1) * self.mails + place + 1}",)
                words = self._with(text, own, sqlite=sqlite, head=False)
                yield (entry + 1 + place, *words, *days[place : place + 1])

    def code(self, number: int) -> str:
        """Give the code of a ticket."""
        return f"SD{self._opened_at(number):%y%m%d}-{number % 1_000_000:06}"

    def _with(self, text: Text, own: Sequence[str], *, sqlite: bool, head: bool) -> tuple[str, ...]:
        if sqlite:
            subject, sender, recipients, files, body, toned = text.columns
            if head:
                return subject, f"{sender} {' '.join(own)}", "", "", "", toned
            return subject, sender, recipients, files, f"{body} {' '.join(own)}", toned
        more = " ".join(f"'{word}':9000D" for word in own)
        return (f"{text.vector} {more}",)

    def _mail_numbers(self) -> range:
        return range((self.numbers.start - 1) * self.mails + 1, (self.numbers.stop - 1) * self.mails + 1)

    def _text_of(self, number: int) -> Text:
        return self.texts[number * 7919 % len(self.texts)]

    def _sender(self, number: int) -> str:
        return f"ketoan{number * 31 % SENDERS}@truong{number * 31 % SENDERS // 3}.example"

    def _opened_at(self, number: int) -> datetime:
        return NOW - YEARS * ((self.count - number + 1) / self.count)

    def _first_entry(self, number: int) -> int:
        return (number - 1) * (self.mails + 1) + 1

    def _tickets(self) -> Iterator[Row]:
        rng = random.Random(1)
        for number in self.numbers:
            opened = self._opened_at(number)
            is_open = number > self.count * (1 - FRESH) and rng.random() < OPEN_OF_FRESH
            status = rng.choices(STATUSES, STATUS_WEIGHTS)[0] if is_open else "closed"
            queue = "security" if status == "held" else rng.choices(self.queues, self.weights)[0]
            closed_at = None if is_open else opened + timedelta(days=2)
            verdict = "suspicious" if rng.random() < DOUBTED else "ordinary"
            assignee = f"agent{rng.randrange(20)}" if status != "new" else None
            due = opened + timedelta(days=rng.randrange(1, 4)) if not is_open else NOW + _spread(rng)
            subject = self._text_of(number * self.mails).said.subject
            yield (
                *(number, self.code(number), queue, None, status, subject, "Kế toán", self._sender(number)),
                *(rng.choice(CATEGORIES), rng.randrange(1, 6), verdict, assignee, opened, due),
                *(closed_at or min(NOW, opened + timedelta(hours=3)), closed_at, 3, subject[:200], ""),
                *(None, "solved" if closed_at else None, None, None),
            )

    def _mails(self) -> Iterator[Row]:
        for mail in self._mail_numbers():
            ticket, place = (mail - 1) // self.mails + 1, (mail - 1) % self.mails
            at = self._opened_at(ticket) + timedelta(hours=place)
            text = self._text_of(mail)
            yield (
                *(mail, "INBOX", 1, mail, at, at, len(text.raw), "processed", 0, 0, None, None, None),
                *(f"key{mail}", f"<{mail}@truong.example>", "Kế toán", self._sender(ticket)),
                *(text.said.subject, "request", ticket, None, None),
            )

    def _decisions(self) -> Iterator[Row]:
        digest = self.rules.digest
        for mail in self._mail_numbers():
            at = self._opened_at((mail - 1) // self.mails + 1)
            yield mail, mail, f"key{mail}", True, digest, 1, at, "{}", self.document

    def _events(self) -> Iterator[Row]:
        for ticket in self.numbers:
            at, first = self._opened_at(ticket), (ticket - 1) * self.mails + 1
            happened = [
                ("triage", "opened", first, '{"queue":"0010","status":"new"}'),
                ("agent1", "assigned", None, '{"after":"agent1","before":null}'),
                *(("triage", "mail_added", first + place, "{}") for place in range(1, self.mails)),
            ]
            event = (ticket - 1) * len(happened) + 1
            for place, (actor, verb, mail, data) in enumerate(happened):
                yield event + place, ticket, at + timedelta(hours=place), actor, verb, mail, data

    def _letters(self) -> Iterator[Row]:
        content = b"Subject: x\r\n\r\nx\r\n"
        for ticket in self.numbers:
            at, address = self._opened_at(ticket), self._sender(ticket)
            yield (
                *(ticket, (ticket - 1) * self.mails + 1, ticket, "acknowledgement", address, address),
                *(address.rpartition("@")[2], "Đã nhận", f"<l{ticket}@vst.gov.vn>", content, "sent", 1, 0),
                *(None, None, at, at, "250 OK", None),
            )

    def _entries(self) -> Iterator[Row]:
        for number in self.numbers:
            at, entry = self._opened_at(number), self._first_entry(number)
            head = self._text_of(number * self.mails).said
            sender = f"{self._sender(number)} {self.code(number)}"
            yield entry, number, "ticket", number, at, False, head.subject, sender, "", "", ""
            for place in range(self.mails):
                mail = (number - 1) * self.mails + place + 1
                said = self._text_of(mail).said
                yield (
                    *(entry + 1 + place, number, "mail", mail, at + timedelta(hours=place)),
                    *(bool(said.files), said.subject, self._sender(number), said.recipients, said.files),
                    f"{said.body} ref{mail}",
                )

    def _text(self, number: int) -> Text:
        rng = self.rng
        syllables = [f"{rng.choice(_FIRST)}{_toned(rng)}" for _ in range(40 if self.mails > 1 else 6)]
        told = rng.sample(_SENTENCES, 2)
        body = f"Kính gửi Đội hỗ trợ,\n{told[0]}\n{' '.join(syllables)}.\n{told[1]}\nTrân trọng."
        if self.mails == 1:
            body = f"{told[0]}\n{' '.join(syllables)}."
        subject = f"{told[0].rstrip('.')} {' '.join(syllables[:3])}"
        files = "man_hinh.png" if number % 3 == 0 else ""
        said = Said(EntryKind.MAIL, 0, NOW, subject, "Kế toán", "hotrocntt@vst.gov.vn", files, body)
        head = f"From: Ke toan <a@truong.example>\r\nTo: hotrocntt@vst.gov.vn\r\nSubject: {subject}\r\n"
        kind = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        return Text(said.bounded(), f"{head}{kind}{body}\r\n".encode())

    def _document(self) -> dict[str, Any]:
        mail = read_mail(self.texts[0].raw)
        full = document(decide(mail, NO_FACTS, self.rules, NOW))
        return full if self.mails > 1 else full | {"reasons": []}


def _toned(rng: random.Random) -> str:
    rhyme = rng.choice(_RHYMES)
    # common syllables are far more common than rare ones, as in any language
    return rhyme[0] + _TONES[min(int(rng.expovariate(0.7)), 5)] + rhyme[1:]


def _spread(rng: random.Random) -> timedelta:
    return timedelta(hours=rng.randrange(-48, 72))
