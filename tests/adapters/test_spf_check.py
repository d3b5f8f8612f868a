"""SPF on policies that a real DNS serves; the limits of RFC 7208, section 4.6.4 hold."""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address

import pytest
from hypothesis import given, settings, strategies as st
from support.dns_server import BROKEN, SILENT, DnsServer

from triage.adapters.nameserver import read_name_server
from triage.adapters.resolver import DnsResolver
from triage.adapters.spf_check import LONGEST_RECORD, check_spf
from triage.core.authresults import MethodResult, Result
from triage.core.trace import Trace
from triage.ports import DnsAnswer, Found, RecordType

CLIENT, OTHER = "203.0.113.9", "198.51.100.1"
Records = Mapping[str, Sequence[str]]


def policy(text: str) -> Records:
    return {"TXT": [text]}


INCLUDES: dict[str, Records] = {f"i{n}.example": policy("v=spf1 ip4:192.0.2.1 ?all") for n in range(12)}

ZONES: list[tuple[str, Mapping[str, Records], Result]] = [
    ("the address is named", {"a.example": policy("v=spf1 ip4:203.0.113.0/24 -all")}, Result.PASS),
    ("it is not", {"a.example": policy(f"v=spf1 ip4:{OTHER} -all")}, Result.FAIL),
    ("it is not, softly", {"a.example": policy(f"v=spf1 ip4:{OTHER} ~all")}, Result.SOFTFAIL),
    ("nothing is said of it", {"a.example": policy(f"v=spf1 ip4:{OTHER}")}, Result.NEUTRAL),
    ("there is no policy", {"a.example": policy("hello")}, Result.NONE),
    ("there is no such name", {}, Result.NONE),
    ("there are two", {"a.example": {"TXT": ["v=spf1 -all", "v=spf1 +all"]}}, Result.PERMERROR),
    ("a slip in it", {"a.example": policy("v=spf1 ipv4:203.0.113.9 -all")}, Result.PERMERROR),
    ("a policy of 5,000 letters", {"a.example": policy("v=spf1 " + "a " * LONGEST_RECORD)}, Result.PERMERROR),
    ("no ASCII", {"a.example": policy("v=spf1 ip4:203.0.113.9 được -all")}, Result.PERMERROR),
    ("DNS is silent", {"a.example": SILENT}, Result.TEMPERROR),
    ("DNS is broken", {"a.example": BROKEN}, Result.TEMPERROR),
    (
        "a server of its mail",
        {
            "a.example": {"TXT": ["v=spf1 mx -all"], "MX": ["10 mx.a.example."]},
            "mx.a.example": {"A": [CLIENT]},
        },
        Result.PASS,
    ),
    (
        "eleven servers of its mail",
        {
            "a.example": {"TXT": ["v=spf1 mx -all"], "MX": [f"{n} m{n}.a.example." for n in range(11)]},
            "m0.a.example": {"A": [CLIENT]},
        },
        Result.PERMERROR,
    ),
    (
        "included",
        {"a.example": policy("v=spf1 include:b.example -all"), "b.example": policy("v=spf1 ip4:203.0.113.9")},
        Result.PASS,
    ),
    (
        "what is included has no policy",
        {"a.example": policy("v=spf1 include:b.example -all")},
        Result.PERMERROR,
    ),
    (
        "what is included is silent",
        {"a.example": policy("v=spf1 include:b.example -all"), "b.example": SILENT},
        Result.TEMPERROR,
    ),
    (
        "ten look-ups",
        {"a.example": policy("v=spf1" + "".join(f" include:i{n}.example" for n in range(10)) + " -all")}
        | INCLUDES,
        Result.FAIL,
    ),
    (
        "eleven look-ups",
        {"a.example": policy("v=spf1" + "".join(f" include:i{n}.example" for n in range(11)) + " -all")}
        | INCLUDES,
        Result.PERMERROR,
    ),
    ("a circle", {"a.example": policy("v=spf1 redirect=a.example")}, Result.PERMERROR),
    (
        "two look-ups without an answer",
        {"a.example": policy("v=spf1 a:n1.example a:n2.example ip4:203.0.113.9 -all")},
        Result.PASS,
    ),
    (
        "three look-ups without an answer",
        {"a.example": policy("v=spf1 a:n1.example a:n2.example a:n3.example ip4:203.0.113.9 -all")},
        Result.PERMERROR,
    ),
    (
        "the name of the client",
        {
            "a.example": policy("v=spf1 ptr:a.example -all"),
            "9.113.0.203.in-addr.arpa": {"PTR": ["out.a.example."]},
            "out.a.example": {"A": [CLIENT]},
        },
        Result.PASS,
    ),
    (
        "the silence of the client's own DNS is no excuse",
        {"a.example": policy("v=spf1 ptr:a.example -all"), "9.113.0.203.in-addr.arpa": SILENT},
        Result.FAIL,
    ),
    (
        "macros",
        {
            "a.example": policy("v=spf1 exists:%{ir}.%{l}._spf.%{d} -all"),
            "9.113.0.203.ketoan._spf.a.example": {"A": ["127.0.0.2"]},
        },
        Result.PASS,
    ),
]


def check(
    zone: Mapping[str, Records], *, sender: str = "ketoan@a.example", helo: str = "mail.a.example"
) -> tuple[MethodResult, list[str]]:
    with DnsServer(zone) as server:
        resolver = DnsResolver([read_name_server(server.address)]).budget(0.5)
        return check_spf(Trace(ip_address(CLIENT), helo, sender), resolver), server.asked


@pytest.mark.parametrize(("zone", "result"), [one[1:] for one in ZONES], ids=[one[0] for one in ZONES])
def test_a_policy_is_evaluated(zone: Mapping[str, Records], result: Result) -> None:
    assert check(zone)[0] == MethodResult("spf", result, "a.example")


def test_the_null_sender_is_judged_by_its_greeting() -> None:
    found, _ = check({"mail.a.example": policy("v=spf1 ip4:203.0.113.9 -all")}, sender="")
    assert found == MethodResult("spf", Result.PASS, "mail.a.example")


@pytest.mark.parametrize("helo", ["", "localhost", "[203.0.113.9]x", "a..b", "x" * 300])
def test_a_greeting_that_is_no_name_proves_nothing(helo: str) -> None:
    found, asked = check({}, sender="", helo=helo)
    assert (found.result, len(asked) <= 1) == (Result.NONE, True)


def test_the_owners_explanation_is_never_fetched() -> None:
    found, asked = check({"a.example": policy("v=spf1 -all exp=why.a.example")})
    assert (found.result, asked) == (Result.FAIL, ["TXT a.example"])


class OnePolicy:
    """Answers every question for texts with one policy, and all others with the client's address."""

    def __init__(self, text: str) -> None:
        self.text, self.asked = text, 0

    def look_up(self, name: str, kind: RecordType) -> DnsAnswer:
        del name
        self.asked += 1
        return Found((self.text,) if kind is RecordType.TXT else (OTHER,))


TERMS = st.sampled_from(
    ["a", "mx", "ptr", "all", "include:%{d}", "exists:%{i}", "redirect=b.example", "ip4:1/2", "%{", "a:/%{p}",
     "ip6:::1/0", "?a//0", "a/33", "mx:x", "exp=%{x}", "=", "-", "include:b.example", "a:b.example/8"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.lists(TERMS, max_size=20).map(" ".join) | st.text(max_size=60), st.sampled_from(["", "x@a.example"])
)
def test_any_policy_gives_an_answer_after_a_bounded_number_of_questions(terms: str, sender: str) -> None:
    resolver = OnePolicy("v=spf1 " + terms)
    found = check_spf(Trace(ip_address(CLIENT), "mail.a.example", sender), resolver)
    assert isinstance(found.result, Result)
    assert resolver.asked < 200
