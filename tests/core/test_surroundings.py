import pytest
from support.office import OUR_ADDRESS, RULES, request

from triage.adapters.rulefiles import load_rulebook
from triage.core.decision import Kind
from triage.core.mailcards import Source
from triage.core.parse import read_mail
from triage.core.surroundings import MOST_COPIED, find_source, participants

OFFICE = load_rulebook(RULES).office
SOURCE = Source("Trạm Y tế", "Tram@xa.example", "", "", attached=False)


def test_who_stands_in_to_and_cc_is_told_but_not_we_the_writer_or_robots() -> None:
    copy = f"A <A@x.example>, a@x.example, noreply@x.example, ketoan@thcs-hoamai.example, {OUR_ADDRESS}"
    told = participants(read_mail(request(cc=copy)), SOURCE, OFFICE)
    assert told == {"cc": ["a@x.example"], "forwarded": ["tram@xa.example"]}


def test_nobody_else_makes_no_entry() -> None:
    assert participants(read_mail(request()), None, OFFICE) == {}


def test_a_mail_to_thousands_keeps_the_first() -> None:
    copy = ", ".join(f"a{number}@x.example" for number in range(500))
    assert len(participants(read_mail(request(cc=copy)), None, OFFICE)["cc"]) == MOST_COPIED


def forward(address: str) -> bytes:
    text = f"Xem giúp.\n\n---------- Forwarded message ---------\nTừ: A <{address}>\nDate: 10/11/2026\n\nLỗi."
    return request("Fwd: Lỗi", text=text)


@pytest.mark.parametrize(
    ("address", "kind", "told"),
    [
        ("tram@xa.example", Kind.REQUEST, True),
        ("tram@xa.example", Kind.FOLLOW_UP, True),
        ("tram@xa.example", Kind.IMPERSONATION_REPORT, False),
        ("tram@xa.example", Kind.BOUNCE, False),
        (OUR_ADDRESS, Kind.REQUEST, False),
        ("hotcrocntt@vst.gov.vn", Kind.REQUEST, False),
        ("KeToan@thcs-hoamai.example", Kind.REQUEST, False),
    ],
)
def test_only_a_third_person_is_the_source_of_a_request(address: str, kind: Kind, *, told: bool) -> None:
    assert (find_source(read_mail(forward(address)), kind, OFFICE) is not None) is told
