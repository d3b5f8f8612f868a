import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from triage.core.compose import (
    MAX_REFERENCES,
    Envelope,
    _demand_exactly,
    compose,
    new_message_id,
    safe_text,
    thread,
)

HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
    "X-Auto-Response-Suppress", "X-Triage-Letter", "X-Triage-Ticket", "MIME-Version", "Content-Type",
]  # fmt: skip

ENVELOPE = Envelope(
    sender_name="Đội hỗ trợ công nghệ thông tin Kho bạc Nhà nước",
    sender_address="hotro@kho-bac.example",
    recipient="ketoan@donvi.example",
    message_id="<letter.0a1b2c3d.4e5f@kho-bac.example>",
    in_reply_to="<goc@donvi.example>",
    references=("<dau@donvi.example>",),
    date=datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")),
    letter="acknowledgement",
    ticket_code="SD261123-000001",
)


def made(
    subject: str = "Re: x",
    envelope: Envelope = ENVELOPE,
    text: str = "Xin chào\n",
    html: str = "<p>Chào</p>\n",
) -> bytes:
    return compose(envelope, subject=subject, text=text, html=html)


def subject_read_by_a_client(raw: bytes) -> str:
    value = str(message_from_bytes(raw)["Subject"])
    return str(make_header(decode_header(re.sub(r"\r?\n(?=\s)", "", value))))


def names(raw: bytes) -> list[str]:
    """Read header names off the bytes themselves, without any library."""
    lines = raw.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
    return [line.split(b":", 1)[0].decode() for line in lines if not line.startswith((b" ", b"\t"))]


def test_the_headers_are_these_and_each_stands_once() -> None:
    raw = made()
    message = message_from_bytes(raw, policy=policy.default)
    assert names(raw) == HEADERS
    assert message["From"].addresses[0].display_name == ENVELOPE.sender_name
    assert message["From"].addresses[0].addr_spec == ENVELOPE.sender_address
    assert message["To"].addresses[0].addr_spec == ENVELOPE.recipient
    assert message["Date"].datetime == ENVELOPE.date
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert (message["X-Triage-Letter"], message["X-Triage-Ticket"]) == ("acknowledgement", "SD261123-000001")
    assert message["In-Reply-To"] == "<goc@donvi.example>"
    assert message["References"].split() == ["<dau@donvi.example>", "<goc@donvi.example>"]


@given(
    st.lists(
        st.sampled_from(["Đội", "hỗ trợ", "CNTT", "Kho", "bạc", "(Hà Nội)", "A.B", "x" * 50, "-", '"']),
        max_size=12,
    )
)
def test_a_display_name_comes_back_with_every_space(words: list[str]) -> None:
    name = " ".join(words)
    value = message_from_bytes(made(envelope=replace(ENVELOPE, sender_name=name)))["From"]
    shown, address = parseaddr(re.sub(r"\r?\n(?=\s)", "", value))
    assert (str(make_header(decode_header(shown))) if shown else "") == name
    assert address == ENVELOPE.sender_address


def test_both_parts_say_what_was_given_with_text_first() -> None:
    text, html = "Kính gửi Quý đơn vị,\n.\nFrom đâu đó = 100 %  \nhết\n", "<p>Kính gửi…</p>\n"
    message = message_from_bytes(made(text=text, html=html), policy=policy.default)
    plain, rich = message.iter_parts()
    assert message.get_content_type() == "multipart/alternative"
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")
    assert rich.get_content().replace("\r\n", "\n").rstrip("\n") == html.rstrip("\n")


@given(text=st.text(), html=st.text())
def test_any_text_comes_back_and_no_line_is_broken_or_too_long(text: str, html: str) -> None:
    raw = made(text=text, html=html)
    assert raw.isascii()
    assert b"\x00" not in raw
    lines = raw.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 78
    assert len(list(message_from_bytes(raw, policy=policy.default).iter_parts())) == 2


VIETNAMESE = st.text(
    "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
    " 0123456789[]#:.,?=_-ĐÁ"
)


@given(st.lists(VIETNAMESE, max_size=8).map(" ".join))
def test_a_vietnamese_subject_of_any_length_comes_back_exactly(words: str) -> None:
    subject = safe_text(f"Re: [SD261123-000001] {words}")
    raw = made(subject)
    assert subject_read_by_a_client(raw) == subject
    assert str(message_from_bytes(raw, policy=policy.default)["Subject"]) == subject


def test_a_subject_without_odd_characters_is_not_changed_at_all() -> None:
    subject = (
        "Re: [SD261123-000001] [0010#DVC] Không ký được hồ sơ chi lương tháng 11/2026, "
        "hệ thống báo lỗi “chứng thư số” " * 3
    )
    assert safe_text(subject) == subject.strip()
    assert subject_read_by_a_client(made(subject)) == subject.strip()


@pytest.mark.parametrize(
    "subject",
    [
        "Lỗi=?UTF-8?Q?=0A?=Bcc: evil@x.example",
        "=?utf-8?B?DQpCY2M6IGV2aWxAeC5leGFtcGxl?=",
        "x\r\nBcc: evil@x.example",
        "x\nBcc: evil@x.example\n\nbody",
        "x\rBcc: evil@x.example",
        "x\u2028Bcc: evil@x.example",
        "x\x85Bcc: evil@x.example",
        "x\x0bBcc: evil\x0c@x.example\x1c\x1d\x1e",
        "=\u200b?UTF-8?Q?=0ABcc:_evil@x.example?=",
        "\ud800\udfff lone",
        "x" * 5000,
        "Lỗi " * 2000,
        "",
        "   ",
        "\x00",
    ],
)
def test_no_subject_becomes_a_header_or_fails(subject: str) -> None:
    raw = made(subject)
    assert names(raw) == HEADERS
    modern = message_from_bytes(raw, policy=policy.default)
    assert modern["Bcc"] is None
    assert subject_read_by_a_client(raw) == safe_text(subject)
    # a client that decodes once more, or a program that writes the message anew, finds nothing to decode
    assert "=?" not in subject_read_by_a_client(raw)
    assert message_from_bytes(modern.as_bytes(), policy=policy.default)["Bcc"] is None


PIECES = [
    "=?", "?=", "UTF-8", "?Q?", "?B?", "=0A", "\r\n", "\n", "\r", "Bcc:", " ", "\t", "\u200b", "\u2028",
    "\x85", "à", "\ud800", "<a@b>", '"', "\\",
]  # fmt: skip
HOSTILE = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=40).map("".join)


@given(
    subject=HOSTILE,
    name=HOSTILE,
    ids=st.lists(HOSTILE | HOSTILE.map("<{}>".format), max_size=5),
    parent=HOSTILE,
)
def test_nothing_that_strangers_write_adds_a_header(
    subject: str, name: str, ids: list[str], parent: str
) -> None:
    raw = made(subject, replace(ENVELOPE, sender_name=name, in_reply_to=parent, references=ids))
    found = names(raw)
    assert [item for item in HEADERS if item in found] == found
    assert set(HEADERS) - set(found) <= {"In-Reply-To", "References"}
    message = message_from_bytes(raw, policy=policy.default)
    assert list(message.keys()) == found
    assert subject_read_by_a_client(raw) == safe_text(subject)


SET = [("Subject", "x"), ("To", "a@b.example"), ("Content-Type", "multipart/alternative; boundary=b")]
WHOLE = (
    b"Subject: x\r\nTo: a@b.example\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
    b"--b\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--\r\n"
)


def test_a_message_that_is_as_it_was_set_passes_the_reading_back() -> None:
    _demand_exactly(WHOLE, SET, "x", "a@b.example")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\r\nTo:", b"\r\nBcc: c@d.example\r\nTo:"),
        (b"\r\nTo:", b"\r\nSubject: x\r\nTo:"),
        (b"To: a@b.example\r\n", b""),
        (b"Subject: x", b"Subject: y"),
        (b"Subject: x", b"subject: x"),
        (b"a@b.example", b"a@b.example, c@d.example"),
        (b"--b\r\n\r\ny", b"--b\r\n\r\nz\r\n--b\r\n\r\ny"),
        (b"--b--", b""),
        (b"y\r\n", b"y\n"),
        (b"y\r\n", b"y\r\r\n"),
        (b"y\r\n", b"y" * 999 + b"\r\n"),
    ],
)
def test_a_message_that_is_not_as_it_was_set_is_an_error(old: bytes, new: bytes) -> None:
    raw = WHOLE.replace(old, new, 1)
    assert raw != WHOLE
    with pytest.raises(ValueError, match=r"the message|the subject|the recipient"):
        _demand_exactly(raw, SET, "x", "a@b.example")


def test_a_subject_that_would_decode_to_another_is_an_error() -> None:
    hidden = "=?utf-8?q?y?="
    raw = WHOLE.replace(b"Subject: x", f"Subject: {hidden}".encode())
    with pytest.raises(ValueError, match="the subject read back"):
        _demand_exactly(raw, [("Subject", hidden), *SET[1:]], hidden, "a@b.example")


def test_the_same_inputs_give_the_same_bytes() -> None:
    assert made() == made()
    other = replace(ENVELOPE, message_id="<letter.ffffffff.4e5f@kho-bac.example>")
    assert made(envelope=other) != made()


def test_a_text_that_looks_like_our_boundary_stays_text() -> None:
    boundary = re.search(rb'boundary="([^"]+)"', made())
    assert boundary
    text = f"--{boundary.group(1).decode()}--\nhết\n"
    (plain, _) = message_from_bytes(made(text=text), policy=policy.default).iter_parts()
    assert plain.get_content() == text.replace("\n", "\r\n")


@pytest.mark.parametrize(
    "address", ["kế.toán@đơnvị.example", "o'brien+x/y=z@donvi.example", "a" * 64 + "@donvi.example"]
)
def test_unusual_addresses_stand_in_the_header_as_they_are(address: str) -> None:
    raw = made(envelope=replace(ENVELOPE, recipient=address))
    assert f"\r\nTo: {address}\r\n".encode() in raw


@pytest.mark.parametrize(
    "change",
    [
        {"recipient": "a@b.example, c@d.example"},
        {"recipient": "a@b.example\r\nBcc: c@d.example"},
        {"recipient": "A <a@b.example>"},
        {"recipient": "a=?utf-8?q?x?=@b.example"},
        {"recipient": ""},
        {"sender_address": "khong phai dia chi"},
        {"message_id": "letter@x.example"},
        {"message_id": "<a b@x.example>"},
        {"letter": "a\r\nb"},
        {"ticket_code": ""},
        {"date": datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None)},
    ],
)
def test_an_unfit_value_of_ours_is_an_error(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        made(envelope=replace(ENVELOPE, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parent", "references", "expected"),
    [
        ("<p@x>", (), ("<p@x>",)),
        ("<p@x>", ("<a@x>", "<p@x>", "<a@x>", "<b@x>"), ("<a@x>", "<b@x>", "<p@x>")),
        ("", ("<a@x>",), ("<a@x>",)),
        ("no id", ("also none", "<has space@x>", "<two><ids>", "<é@x>", "<=?utf-8?q?=0A?=@x>"), ()),
        ("<p@x>", (f"<{'long' * 100}@x>",), ("<p@x>",)),
    ],
)
def test_references_hold_whole_ids_once(
    parent: str, references: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert thread(parent, references) == expected


def test_references_keep_the_first_and_the_latest() -> None:
    ids = [f"<{number}@x>" for number in range(100)]
    kept = thread("<p@x>", ids)
    assert len(kept) == MAX_REFERENCES
    assert (kept[0], kept[-2:]) == ("<0@x>", ("<99@x>", "<p@x>"))


def test_a_mail_without_usable_ids_gets_a_letter_without_threading_headers() -> None:
    found = names(made(envelope=replace(ENVELOPE, in_reply_to="", references=())))
    assert found == [name for name in HEADERS if name not in {"In-Reply-To", "References"}]


# shapes that SpamAssassin's 20_head_tests.cf takes for tools of bulk mailers
SPAM_SHAPES = {
    "RANDY": r"<[a-z\d][a-z\d\$-]{10,29}[a-z\d]@[a-z\d][a-z\d.]{3,12}[a-z\d]>",
    "LETTERS": r"<[a-z]{5,}@(\S+\.)+\S+>",
    "CAPS": r"^\s*<?[A-Z]+@",
    "ALPHA_NUM": r"<[A-Z]{7}-000[0-9]{10}@[a-z]*>",
    "DOLLARS": r"<\w{4,}\$\w{4,}\$",
    "NO_HOST": r"@>(?:$|\s)",
    "SHORT": r"^.{1,15}$|<.{0,4}@",
    "32HEX": r"<[a-f0-9]{32}@",
}


@given(st.text(), st.sampled_from(["vst.gov.vn", "kho-bac.example", "a.vn"]))
def test_message_ids_look_like_those_of_honest_programs(seed: str, domain: str) -> None:
    made_id = new_message_id(seed, domain)
    assert made_id == new_message_id(seed, domain)
    assert not [name for name, shape in SPAM_SHAPES.items() if re.search(shape, made_id)]
    assert re.search(r"\b[a-f\d]{8}\b", made_id)
    assert re.fullmatch(rf"<letter\.[a-f\d.]+@{re.escape(domain)}>", made_id)


def test_different_seeds_give_different_ids() -> None:
    assert len({new_message_id(f"{number}", "x.example") for number in range(2000)}) == 2000


@pytest.mark.parametrize("domain", ["", "a b", "x>\r\nBcc: y", "-a.example", "a..b", "đơnvị.example"])
def test_a_domain_that_is_none_is_an_error(domain: str) -> None:
    with pytest.raises(ValueError, match="cannot be the domain"):
        new_message_id("seed", domain)
