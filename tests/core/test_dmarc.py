"""DMARC: records as they are published, alignment, and what a pass or a silence is worth."""

import pytest
from hypothesis import given, settings, strategies as st
from support.rulebook import shipped

from triage.core.authresults import MethodResult, Result
from triage.core.dmarc import (
    DmarcRecord,
    Published,
    choose_record,
    evaluate,
    is_aligned,
    parse_record,
)

NAMES = shipped().trust.names
REJECT = DmarcRecord("reject", "reject")


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("v=DMARC1; p=reject", REJECT),
        ("v=DMARC1;p=none;sp=quarantine;pct=20", DmarcRecord("none", "quarantine", 20)),
        (" v = DMARC1 ; P = Reject ; adkim=S; aspf = s;", DmarcRecord("reject", "reject", 100, True, True)),
        ("v=DMARC1; p=reject; pct=1000; x=y; ; =", REJECT),
        ("v=DMARC1; p=reject; pct=-1; adkim=strict", REJECT),
        ("v=DMARC1; p=odd; rua=mailto:a@b.example", DmarcRecord("none", "none")),
        ("v=DMARC1; p=reject; sp=odd; rua=mailto:a@b.example", DmarcRecord("none", "none")),
        ("v=DMARC1; p=odd", None),
        ("v=DMARC1", None),
        ("v=DMARC1; p=reject; sp=odd", None),
        ("v=dmarc1; p=reject", None),
        ("v=DMARC2; p=reject", None),
        ("p=reject; v=DMARC1", None),
        ("", None),
    ],
)
def test_a_record_is_read(text: str, record: DmarcRecord | None) -> None:
    assert parse_record(text) == record


def test_several_records_are_as_good_as_none_and_other_texts_do_not_count() -> None:
    assert choose_record(["google-site=1", "v=DMARC1; p=reject"]) == REJECT
    assert choose_record(["v=DMARC1; p=reject", "v=DMARC1; p=none"]) is None
    assert choose_record([]) is None


@pytest.mark.parametrize(
    ("published", "asked"),
    [
        (Published(DmarcRecord("reject", "none")), "reject"),
        (Published(DmarcRecord("reject", "none"), inherited=True), "none"),
        (Published(DmarcRecord("quarantine", "quarantine", 25)), "quarantine (25%)"),
        (Published(DmarcRecord("none", "none", 25)), "none"),
    ],
)
def test_the_owners_wish_depends_on_where_the_record_stands(published: Published, asked: str) -> None:
    assert published.asked == asked


@pytest.mark.parametrize(
    ("identity", "author", "relaxed", "strict"),
    [
        ("vst.gov.vn", "vst.gov.vn", True, True),
        ("mail.vst.gov.vn", "vst.gov.vn", True, False),
        ("vst.gov.vn", "mail.vst.gov.vn", True, False),
        ("a.vst.gov.vn", "b.vst.gov.vn", True, False),
        ("gov.vn", "vst.gov.vn", False, False),
        ("other.gov.vn", "vst.gov.vn", False, False),
        ("evilvst.gov.vn", "vst.gov.vn", False, False),
        ("hoacuc.edu.vn", "hoamai.edu.vn", False, False),
        ("vst.gov.vn.evil.example", "vst.gov.vn", False, False),
        ("", "vst.gov.vn", False, False),
        ("vst.gov.vn", "", False, False),
        ("", "", False, False),
    ],
)
def test_alignment(identity: str, author: str, relaxed: bool, strict: bool) -> None:  # noqa: FBT001 - columns of the table
    assert is_aligned(identity, author, NAMES.registrable, strict=False) is relaxed
    assert is_aligned(identity, author, NAMES.registrable, strict=True) is strict


US, SUB, EVIL = "vst.gov.vn", "mail.vst.gov.vn", "evil.example"
STRICT = Published(DmarcRecord("reject", "reject", 100, strict_dkim=True, strict_spf=True))
LOOSE = Published(REJECT)
SILENT = OSError("silent")


def dkim(result: Result, domain: str) -> MethodResult:
    return MethodResult("dkim", result, domain)


def spf(result: Result, domain: str) -> MethodResult:
    return MethodResult("spf", result, domain)


@pytest.mark.parametrize(
    ("policy", "proofs", "expected"),
    [
        (LOOSE, [dkim(Result.PASS, US)], Result.PASS),
        (LOOSE, [spf(Result.PASS, SUB)], Result.PASS),
        (STRICT, [spf(Result.PASS, SUB), dkim(Result.PASS, SUB)], Result.FAIL),
        (STRICT, [spf(Result.FAIL, US), dkim(Result.PASS, US)], Result.PASS),
        (LOOSE, [spf(Result.PASS, EVIL), dkim(Result.PASS, EVIL)], Result.FAIL),
        (LOOSE, [spf(Result.TEMPERROR, EVIL), dkim(Result.TEMPERROR, EVIL)], Result.FAIL),
        (LOOSE, [spf(Result.TEMPERROR, US), dkim(Result.FAIL, US)], Result.TEMPERROR),
        (LOOSE, [spf(Result.TEMPERROR, US), dkim(Result.PASS, US)], Result.PASS),
        (LOOSE, [], Result.FAIL),
        (None, [dkim(Result.PASS, US)], Result.NONE),
        (None, [dkim(Result.TEMPERROR, US)], Result.TEMPERROR),
        (None, [spf(Result.FAIL, EVIL)], Result.NONE),
        (SILENT, [dkim(Result.PASS, US)], Result.TEMPERROR),
        (SILENT, [spf(Result.FAIL, EVIL)], Result.TEMPERROR),
    ],
)
def test_the_answer(policy: Published | OSError | None, proofs: list[MethodResult], expected: Result) -> None:
    assert evaluate(US, policy, proofs, NAMES.registrable) == MethodResult("dmarc", expected, US)


def test_what_could_not_be_looked_at_is_no_failure() -> None:
    found = evaluate(US, LOOSE, [spf(Result.NONE, "")], NAMES.registrable, complete=False)
    assert found.result is Result.NONE


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="vVDMARC1=; pspctadkimrua:reject%\x00", max_size=80))
def test_any_text_is_read(text: str) -> None:
    parse_record(text)
    found = parse_record("v=DMARC1; p=reject;" + text)
    assert found is None or 0 <= found.percent <= 100
