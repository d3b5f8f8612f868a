"""Hosts: what is flagged, as what, and what never is."""

import pytest
from support.protected_names import shipped

from triage.core.decision import Severity, Verdict
from triage.core.lookalike import check_domain, check_text
from triage.core.weights import verdict_of

FLAGGED = {Verdict.SUSPICIOUS, Verdict.IMPERSONATION}
NAMES = shipped()


def checks(host: str) -> set[str]:
    return {each.check for each in check_domain(host, NAMES)}


@pytest.mark.parametrize(
    ("host", "check", "resembles"),
    [
        ("xst.gov.vn.evil.com", "DOMAIN_SUFFIX_FOLD", "gov.vn"),
        ("mail.vst.gov.vn.cloudbox.net", "DOMAIN_EMBED", "vst.gov.vn"),
        ("foo-vst.gov.vn-bar.com", "DOMAIN_EMBED", "vst.gov.vn"),
        ("vst-gov.vn", "DOMAIN_EMBED", "vst.gov.vn"),
        ("vstgovvn-foo.com", "DOMAIN_EMBED", "vst.gov.vn"),
        ("vst.g0v.vn", "DOMAIN_HOMOGLYPH", "vst.gov.vn"),
        ("ｖｓｔ．ｇｏｖ．ｖｎ", "DOMAIN_HOMOGLYPH", "vst.gov.vn"),
        ("vst。gov。vn", "DOMAIN_HOMOGLYPH", "vst.gov.vn"),
        ("ѵst.gov.vn", "DOMAIN_HOMOGLYPH", "vst.gov.vn"),
        ("vst.gоv.vn", "DOMAIN_SUFFIX_FOLD", "gov.vn"),
        ("khobаc.com", "DOMAIN_HOMOGLYPH", "khobac"),
        ("xn--khbac-kye.vn", "DOMAIN_HOMOGLYPH", "khobac"),
        ("khobạc.vn", "DOMAIN_HOMOGLYPH", "khobac"),
        ("vst.goov.vn", "DOMAIN_SUFFIX_SWAP", "vst.gov.vn"),
        ("vst.gov.co", "DOMAIN_SUFFIX_SWAP", "vst.gov.vn"),
        ("kbnn.gov.nv", "DOMAIN_SUFFIX_SWAP", "kbnn.gov.vn"),
        ("qxgovn.cc", "DOMAIN_SUFFIX_FOLD", "gov.vn"),
        ("dichvucong.qwgov.com", "DOMAIN_BRAND_SUBDOMAIN", "dichvucong"),
        ("gdtqgov.life", "DOMAIN_SUFFIX_FOLD", "gov.vn"),
        ("viet.qgov.com", "DOMAIN_SUFFIX_FOLD", "gov.vn"),
        ("khobacnhanuoc.xyz", "DOMAIN_TLD_SWAP", "khobacnhanuoc"),
        ("kbnn-otp.net", "DOMAIN_COMBO", "kbnn"),
        ("loginkhobac.org", "DOMAIN_COMBO", "khobac"),
        ("vst-xacthuc.com", "DOMAIN_COMBO", "vst"),
        ("vst.io.vn", "DOMAIN_TLD_SWAP", "vst"),
        ("hotro.cntt.vn", "DOMAIN_COMBO", "hotrocntt"),
        ("hotrocntt.mailer9.net", "DOMAIN_BRAND_SUBDOMAIN", "hotrocntt"),
        ("dichjvujcoong.vn", "DOMAIN_TLD_SWAP", "dichvucong"),
        ("khobac5nha2nuoc.com", "DOMAIN_TLD_SWAP", "khobacnhanuoc"),
        ("kbnhanuoc.net", "DOMAIN_TLD_SWAP", "khobacnhanuoc"),
        ("khobqc.net", "DOMAIN_TYPO", "khobac"),
        ("dichvuocng.com", "DOMAIN_TYPO", "dichvucong"),
        ("kbbn.vn", "DOMAIN_TYPO", "kbnn"),
        ("vneid-capnhat.com", "DOMAIN_OTHER_BODY", "vneid"),
        ("kb-nn-capnhat.com", "DOMAIN_COMBO", "kbnn"),
        ("kho-bacj-nhaf-nuwowcs.net", "DOMAIN_TLD_SWAP", "khobacnhanuoc"),
        ("dvc.qxgov.net", "DOMAIN_SUFFIX_FOLD", "gov.vn"),
        ("nangcapdvc.net", "DOMAIN_COMBO", "dvc"),
        ("khobachanoi.net", "DOMAIN_COMBO", "khobac"),
        ("hoadondientu-gdt.net", "DOMAIN_OTHER_BODY", "hoadondientu"),
    ],
)
def test_a_fake_is_found_as_what_it_is(host: str, check: str, resembles: str) -> None:
    found = check_domain(host, NAMES)
    assert (check, resembles) in {(each.check, each.resembles) for each in found}
    assert verdict_of(found) in FLAGGED


@pytest.mark.parametrize(
    "host",
    [
        "vst.gov.vn",
        "mail2.vst.gov.vn",
        "dvc.vst.mof.gov.vn",
        "dichvucong.gov.vn",
        "khobac.danang.gov.vn",
        "mst.gov.vn",
        "dichvucong.angiang.gov.vn",
        "chinhphu.vn",
        "mof.gov.cn",
        "home.treasury.gov",
        "treasury.gov.au",
        "kyivstar.ua",
        "vst4free.com",
        "yougov.com",
        "denvergov.org",
        "zoomgov.com",
        "azuregov-dns.us",
        "advstatistics.com",
        "dichvucongnghe.vn",
        "khobactrangsuc.vn",
        "sotaichinh.hanoi.gov.vn",
        "baotaichinh.vn",
        "vnexpress.net",
        "misa.com.vn",
        "localhost",
        "example.test",
        "foo.gov.com",
        "tax.mygov.com",
        "khobai.vn",
        "khobaobi.com.vn",
        "khobacninh.vn",
        "khobac-nam.com",
        "khobacdan.com",
        "silver-khobac.com",
        "phobac.vn",
        "dichvucongvien.com",
        "dichvucongkenh.vn",
        "vstone.com.vn",
        "vstcloud.com",
        "vst-group.net",
        "hoadondientu.com",
    ],
)
def test_an_honest_host_is_never_flagged(host: str) -> None:
    assert verdict_of(check_text(host, NAMES)) not in FLAGGED


@pytest.mark.parametrize(
    "host", ["vst.vn", "vst.net", "dvc.org", "mof.com", "khobac.shop", "vst-plugins.net", "hotrokythuat.vn"]
)
def test_a_name_that_may_be_honest_is_never_called_an_impersonation(host: str) -> None:
    assert verdict_of(check_domain(host, NAMES)) is not Verdict.IMPERSONATION


@pytest.mark.parametrize(
    ("authenticated", "severity"), [(None, Severity.LOW), (False, Severity.MEDIUM), (True, None)]
)
def test_a_near_name_below_gov_vn_counts_only_where_the_mail_failed(
    *, authenticated: bool | None, severity: Severity | None
) -> None:
    found = check_domain("vts.gov.vn", NAMES, authenticated=authenticated)
    assert [each.severity for each in found] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("host", "whole"),
    [
        ("mail.vst.gov.vn.cloudbox.net", True),
        ("vst.gov.vn.cloudbox.net", True),
        ("foo-vst.gov.vn-bar.com", True),
        ("vst-gov.vn", False),
        ("vstgov.vn", False),
        ("vst.govvn", False),
        ("vst-gov-vn.cloudbox.net", False),
    ],
)
def test_a_name_is_said_to_stand_whole_in_another_only_where_it_does(host: str, whole: bool) -> None:  # noqa: FBT001
    [found] = [each for each in check_domain(host, NAMES) if each.check == "DOMAIN_EMBED"]
    assert ("chứa nguyên vst.gov.vn" in found.why) is whole
    assert ("carries all of vst.gov.vn" in found.why_en) is whole
    assert ("dấu chấm bị bỏ hoặc bị thay" in found.why) is not whole
    assert ("dots left out or replaced" in found.why_en) is not whole
    assert "{" not in found.why + found.why_en


def test_every_finding_speaks_both_languages_and_names_what_was_written() -> None:
    for each in check_domain("hotro.vst-gov.vn", NAMES):
        assert each.why
        assert each.why_en
        assert "{" not in each.why + each.why_en
        assert "hotro.vst-gov.vn" in each.evidence


def test_an_allowed_host_and_what_lies_below_it_are_left_alone() -> None:
    allowing = NAMES.allowing(["kbnn-portal.example"])
    assert check_domain("kbnn-portal.example", NAMES)
    assert check_domain("mail.kbnn-portal.example", allowing) == ()
    assert check_domain("xkbnn-portal.example", allowing)
