from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from support.contents import NAMES, rules

from triage.core.decision import Finding, Severity
from triage.core.linkchecks import bare_host_findings, form_findings, link_findings
from triage.core.links import find_links, urls_in
from triage.core.markup import read_markup

GRAVE = {Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL}


def findings(written: str) -> tuple[Finding, ...]:
    markup = read_markup(written) if "<" in written else None
    text = "" if markup else written
    links = find_links(text, "", markup, rules())
    forms = form_findings(markup.forms, NAMES, "thư") if markup else ()
    return (*link_findings(links, NAMES, rules()), *bare_host_findings(text, NAMES, own=True), *forms)


@pytest.mark.parametrize(
    ("written", "check"),
    [
        ('<a href="https://vst-gov.vn/dangnhap">https://vst.gov.vn</a>', "LINK_TEXT_MISMATCH"),
        ('<a href="https://vst-gov.vn/dangnhap">Bấm vào đây</a>', "LINK_LOOKALIKE"),
        ('<a href="mailto:hotrocntt.kbnn@webmail.example">hotrocntt@vst.gov.vn</a>', "LINK_TEXT_MISMATCH"),
        ('<a href="mailto:hotrocntt.kbnn@webmail.example">thư hỗ trợ</a>', "LINK_LOOKALIKE"),
        ('<a href="https://c.example/?u=https://vst.gov.vn">vst.gov.vn/khaosat</a>', "LINK_TEXT_MISMATCH"),
        ("https://vst-gov.vn/dang-nhap", "LINK_LOOKALIKE"),
        ("//vst-gov.vn/x", "LINK_LOOKALIKE"),
        ("xem www.vst-gov.vn.", "LINK_LOOKALIKE"),
        ("vào vst-gov.vn/dangnhap nhé", "BODY_LOOKALIKE_HOST"),
        ("https://vst.gov.vn:443@evil.example/", "LINK_USERINFO"),
        ("https://vst.gov.vn\\@evil.example/", "LINK_AMBIGUOUS"),
        ("http://3405803800/", "LINK_IP_HOST"),
        ("http://203.0.113.24/dvc/login.php", "LINK_IP_HOST"),
        ('<a href="http://203.0.113.24/">Công văn</a>', "LINK_IP_HOST"),
        ('<a href="javascript:alert(1)">Công văn</a>', "LINK_SCRIPT"),
        ('<a href="data:text/html;base64,PGgxPg==">Công văn</a>', "LINK_SCRIPT"),
        ("https://bit.ly/kbnn", "LINK_SHORTENER"),
        ("https://sites.google.com/view/kbnn", "LINK_FREE_HOST"),
        ("https://evil.example/vst.gov.vn/login", "LINK_NAME_IN_PATH"),
        ("https://evil.example/app.apk", "APK_LINK"),
        ('<a href="https://evil.example/caidat.exe">Tải về</a>', "EXE_LINK"),
        ("https://xn--khbac-kye.example/", "LINK_PUNYCODE"),
        ('<base href="https://vst-gov.vn/"><a href="login">đăng nhập</a>', "LINK_LOOKALIKE"),
        ('<form action="https://evil.example/p"><input type=password name=p></form>', "HTML_FORM"),
        ('<meta http-equiv=refresh content="0;url=https://vst-gov.vn/">', "LINK_LOOKALIKE"),
        ("https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fvst-gov.vn%2F", "LINK_LOOKALIKE"),
        ("https://www.google.com/url?q=https://vst-gov.vn/", "LINK_LOOKALIKE"),
    ],
)
def test_a_trick_is_found_and_weighs(written: str, check: str) -> None:
    found = [finding for finding in findings(written) if finding.severity in GRAVE]
    assert check in {finding.check for finding in found}
    assert all(finding.why and finding.why_en for finding in found)


@pytest.mark.parametrize(
    "written",
    [
        '<a href="mailto:hotrocntt@vst.gov.vn">hotrocntt@vst.gov.vn</a>',
        '<a href="https://vst.gov.vn">vst.gov.vn</a>',
        '<a href="https://dvc.vst.gov.vn/x">vst.gov.vn</a>',
        '<a href="https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fvst.gov.vn">https://vst.gov.vn</a>',
        '<a href="https://www.google.com/url?q=https://vst.gov.vn">vst.gov.vn</a>',
        '<a href="https://t.news.example/c/1">https://news.example/bai</a>',
        '<a href="https://files.example/1">Ảnh lỗi DVC KBNN.png</a>',
        '<a href="tel:0900000111">0900 000 111</a>',
        "https://bit.ly/3xYzAbC",
        "http://10.0.0.5:8080/dvc/login",
        "https://www.google.com/search?q=vst.gov.vn",
        "https://docs.google.com/spreadsheets/d/1abc/edit",
        "bảng kê.kbnn.xlsx và ketoan@hoacuc.example",
        "https://caky.vn/setup.exe",
        '<form action="https://vst.gov.vn/tim"><input name=q></form>',
        '<form action="https://forms.example/"><input name=hoten></form>',
    ],
)
def test_an_honest_link_does_not_weigh(written: str) -> None:
    assert [finding for finding in findings(written) if finding.severity in GRAVE] == []


def test_a_link_in_quoted_words_weighs_little() -> None:
    markup = read_markup('Em hỏi<blockquote><a href="https://vst-gov.vn/">x</a></blockquote>')
    (finding,) = link_findings(find_links("", "", markup, rules()), NAMES, rules())
    assert (finding.check, finding.severity) == ("LINK_LOOKALIKE", Severity.LOW)


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("Xem https://a.example/x, rồi (https://b.example).", ("https://a.example/x", "https://b.example")),
        ("[chữ](https://a.example/x)", ("https://a.example/x",)),
        ("hxxps://a.example và https://a[.]example", ()),
        ("www.a.example", ("https://www.a.example",)),
        ("Vào Www.A.example", ("https://Www.A.example",)),
        ("WWW.A.EXAMPLE", ("https://WWW.A.EXAMPLE",)),
        ("HTTPS:\\\\a.example", ("HTTPS:\\\\a.example",)),
        ("http:\u200b/\u200b/a.example", ("http://a.example",)),
        ("//a.example/x", ("//a.example/x",)),
        ("ngày 02/11/2026, 8:30", ()),
        ("a//b.example c:d", ()),
        ("“https://a.example”", ("https://a.example",)),
    ],
)
def test_addresses_are_cut_out_of_sentences(text: str, urls: tuple[str, ...]) -> None:
    assert urls_in(text) == urls


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["http://", "a", ".", "/", "@", "vn", "<a href=", ">", "\\", ":", "vst.gov.vn", " ", "%"]
        ),
        max_size=30,
    ).map("".join)
)
def test_any_link_is_judged(text: str) -> None:
    for finding in findings(text):
        assert finding.why
        assert finding.why_en


REFERENCE = Path(__file__).parents[3] / "shared" / "lookalike" / "links.tsv"


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data is not here")
def test_the_reference_links_are_all_told_apart() -> None:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 - needed with the reference data only

    from triage.adapters.protectedfile import load_protected  # noqa: PLC0415 - same
    from triage.core.namechecks import name_checks  # noqa: PLC0415 - same

    names = name_checks(
        load_protected(Path(__file__).parents[2] / "rules" / "protected.toml"), PublicSuffixList()
    )
    for line in REFERENCE.read_text(encoding="utf-8").splitlines():
        written, label = line.split("\t")[:2]
        markup = read_markup(written) if "<" in written else None
        links = find_links("" if markup else written, "", markup, rules())
        grave = [finding for finding in link_findings(links, names, rules()) if finding.severity in GRAVE]
        assert bool(grave) == (label != "legit"), written
