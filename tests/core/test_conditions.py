"""Conditions of routing rules hold for what they say and for nothing else, and never raise."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from triage.core.conditions import FIELDS, All, AnyOf, Case, Condition, Ends, Given, Is, Not, Says
from triage.core.decision import Form, Kind, SubjectReading
from triage.core.parse import read_mail
from triage.core.units import UnitBy, UnitFact, UnitSort

RAW = """\
From: "Kế toán" <lan@phong.hoacuc.example>
To: hotrocntt@vst.gov.vn, khac@hoacuc.example
Subject: =?utf-8?b?TOG7l2kga8O9IHPhu5E=?=
Message-ID: <1@hoacuc.example>
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Đơn vị không ký được hồ sơ trên hệ thống.
--x
Content-Type: application/pdf; name=giay.PDF
Content-Disposition: attachment; filename=giay.PDF

%PDF
--x--
""".encode()

UNIT = UnitFact(1, "1234567", "Công ty Kết Nối", "0010", UnitSort.CONNECTING, "SoftKT", UnitBy.DOMAIN)
CASE = Case(
    read_mail(RAW),
    SubjectReading(None, "0010", "DVC", Form.EXACT, None, (), "", ()),
    Kind.REQUEST,
    "signing",
    None,
    UNIT,
)


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (Says("subject", ("lỗi ký số",)), "Lỗi ký số"),
        (Says("text", ("khong ky duoc",)), "không ký được"),
        (Says("text", ("ký đượ",)), None),
        (Is("kind", ("request",)), "request"),
        (Is("category", ("login", "SIGNING")), "signing"),
        (Is("tag", ("3110",)), None),
        (Is("unit_class", ("connecting",)), "connecting"),
        (Is("unit_software", ("softkt",)), "SoftKT"),
        (Is("to", ("khac@hoacuc.example",)), "khac@hoacuc.example"),
        (Ends("from_domain", ("hoacuc.example",)), "phong.hoacuc.example"),
        (Ends("from_domain", ("cuc.example",)), None),
        (Ends("from_address", ("cuc.example",)), "lan@phong.hoacuc.example"),
        (Is("attachment_ending", ("pdf",)), "pdf"),
        (Given("attachment", given=True), "giay.PDF"),
        (Given("cc", given=False), "không có cc"),
        (Given("cc", given=True), None),
        (Given("verdict", given=True), None),
        (Not(Is("tag", ("3110",))), "điều kiện loại trừ không gặp"),
        (Not(Is("tag", ("0010",))), None),
        (All((Is("tag", ("0010",)), Is("service", ("dvc",)))), "0010, DVC"),
        (All((Is("tag", ("0010",)), Is("service", ("x",)))), None),
        (AnyOf((Is("tag", ("3110",)), Is("service", ("dvc",)))), "DVC"),
        (AnyOf((Is("tag", ("3110",)),)), None),
    ],
)
def test_a_condition_tells_what_decided(condition: Condition, told: str | None) -> None:
    assert condition.holds(CASE) == told


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_can_be_asked_of_a_mail_that_has_nothing(field: str) -> None:
    nothing = Case(read_mail(b""), SubjectReading(None, None, None, Form.NONE, None, (), "", ()))
    assert Given(field, given=True).holds(nothing) is None
    assert Is(field, ("x",)).holds(nothing) is None


@given(st.sampled_from(sorted(FIELDS)), st.text(), st.lists(st.text(), min_size=1, max_size=3))
def test_no_condition_raises_on_any_text(field: str, text: str, values: list[str]) -> None:
    mail = replace(CASE.mail, subject=text, new_text=text, text=text)
    case = replace(CASE, mail=mail)
    for condition in (Says(field, tuple(values)), Is(field, tuple(values)), Ends(field, tuple(values))):
        told = condition.holds(case)
        assert told is None or isinstance(told, str)
        assert (Not(condition).holds(case) is None) == (told is not None)
