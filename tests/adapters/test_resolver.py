"""DNS is asked for real, on the loopback: what exists, what does not and what is silent differ."""

from collections.abc import Iterator

import pytest
from support.dns_server import BROKEN, SILENT, DnsServer

from triage.adapters.nameserver import NameServer, read_name_server
from triage.adapters.resolver import (
    MOST_LOOKUPS,
    DnsResolver,
)
from triage.ports import DnsAnswer, Found, NoSuchName, NoSuchRecord, RecordType, Silent

LONG = "v=DKIM1; k=rsa; p=" + "A" * 700
ZONE = {
    "hoacuc.example": {
        "TXT": ["v=spf1 -all", "ghi chú"],
        "A": ["192.0.2.7", "192.0.2.8"],
        "AAAA": ["2001:db8::7"],
        "MX": ["20 b.hoacuc.example.", "10 A.hoacuc.example."],
    },
    "s1._domainkey.hoacuc.example": {"TXT": [LONG]},
    "7.2.0.192.in-addr.arpa": {"PTR": ["mail.hoacuc.example."]},
    "im-lang.example": SILENT,
    "hong.example": BROKEN,
}


@pytest.fixture
def server() -> Iterator[DnsServer]:
    with DnsServer(ZONE) as server:
        yield server


@pytest.fixture
def resolver(server: DnsServer) -> DnsResolver:
    return DnsResolver([read_name_server(server.address)])


@pytest.mark.parametrize(
    ("kind", "name", "values"),
    [
        (RecordType.TXT, "hoacuc.example", {"v=spf1 -all", "ghi chú"}),
        (RecordType.TXT, "s1._domainkey.HOACUC.example.", {LONG}),
        (RecordType.A, "hoacuc.example", {"192.0.2.7", "192.0.2.8"}),
        (RecordType.AAAA, "hoacuc.example", {"2001:db8::7"}),
        (RecordType.PTR, "7.2.0.192.in-addr.arpa", {"mail.hoacuc.example"}),
    ],
)
def test_every_kind_is_looked_up(
    resolver: DnsResolver, kind: RecordType, name: str, values: set[str]
) -> None:
    answer = resolver.ask(name, kind, within=5)
    assert isinstance(answer, Found)
    assert set(answer.values) == values


def test_servers_of_mail_come_in_the_order_of_preference(resolver: DnsResolver) -> None:
    answer = resolver.ask("hoacuc.example", RecordType.MX, within=5)
    assert answer == Found(("a.hoacuc.example", "b.hoacuc.example"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("khong-co.example", NoSuchName),
        ("s1._domainkey.hoacuc.example", NoSuchRecord),
        ("im-lang.example", Silent),
        ("hong.example", Silent),
        ("a..example", NoSuchName),
        ("x" * 64 + ".example", NoSuchName),
        (".".join(["abc"] * 100), NoSuchName),
        ("\ud800.example", NoSuchName),
    ],
)
def test_absence_and_silence_are_told_apart(
    resolver: DnsResolver, name: str, expected: type[DnsAnswer]
) -> None:
    assert isinstance(resolver.ask(name, RecordType.A, within=0.3), expected)


def test_a_server_that_is_not_there_is_silent() -> None:
    assert isinstance(
        DnsResolver([NameServer("127.0.0.1", 1)]).ask("a.example", RecordType.A, within=0.3), Silent
    )


def test_what_was_answered_is_not_asked_again(server: DnsServer, resolver: DnsResolver) -> None:
    for _ in range(3):
        resolver.ask("hoacuc.example", RecordType.A, within=5)
    assert server.asked == ["A hoacuc.example"]


def test_when_the_time_for_a_mail_is_used_up_nobody_is_asked(
    server: DnsServer, resolver: DnsResolver
) -> None:
    moments = iter([0.0, 4.0, 5.5])
    mail = resolver.budget(5, clock=lambda: next(moments))
    assert isinstance(mail.look_up("hoacuc.example", RecordType.A), Found)
    assert isinstance(mail.look_up("hoacuc.example", RecordType.TXT), Silent)
    assert server.asked == ["A hoacuc.example"]


def test_questions_for_a_mail_are_counted(server: DnsServer, resolver: DnsResolver) -> None:
    mail = resolver.budget(60)
    answers = [mail.look_up("hoacuc.example", RecordType.A) for _ in range(MOST_LOOKUPS + 2)]
    assert [isinstance(answer, Found) for answer in answers] == [True] * MOST_LOOKUPS + [False] * 2
    assert server.asked == ["A hoacuc.example"]


def test_what_was_silent_once_is_not_asked_again_for_this_mail(
    server: DnsServer, resolver: DnsResolver
) -> None:
    mail = resolver.budget(60)
    first = mail.look_up("hong.example", RecordType.A)
    questions = len(server.asked)
    assert isinstance(first, Silent)
    assert mail.look_up("hong.example", RecordType.A) == first
    assert len(server.asked) == questions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.53", NameServer("192.0.2.53", 53)),
        ("192.0.2.53:5353", NameServer("192.0.2.53", 5353)),
        ("2001:db8::53", NameServer("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", NameServer("2001:db8::53", 5353)),
    ],
)
def test_a_name_server_is_given_by_its_address(text: str, expected: NameServer) -> None:
    assert read_name_server(text) == expected


@pytest.mark.parametrize("text", ["", "dns.example", "192.0.2.53:0", "192.0.2.53:x", "192.0.2.53:70000"])
def test_what_is_no_address_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"name server|port"):
        read_name_server(text)
