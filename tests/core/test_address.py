import pytest
from email_validator import validate_email
from hypothesis import given, strategies as st

from triage.core.address import LONGEST_ADDRESS, PLAIN, can_be_answered, counted_address, read_addresses


def read(value: str) -> list[tuple[str, str]]:
    return [(item.name, item.address) for item in read_addresses(value, [])]


def defects_of(value: str) -> list[str]:
    defects: list[str] = []
    read_addresses(value, defects)
    return defects


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a@x.example", [("", "a@x.example")]),
        ("Trần Thị Lụa <a@x.example>", [("Trần Thị Lụa", "a@x.example")]),
        ('"Lụa, Trần" <a@x.example>', [("Lụa, Trần", "a@x.example")]),
        ("Lụa, Trần <a@x.example>", [("Lụa, Trần", "a@x.example")]),
        ("=?utf-8?Q?L=E1=BB=A5a,_Tr=E1=BA=A7n?= <a@x.example>", [("Lụa, Trần", "a@x.example")]),
        ('"=?utf-8?b?TOG7pWE=?=" <a@x.example>', [("Lụa", "a@x.example")]),
        ("=?utf-8?Q?L=E1=BB?= =?utf-8?Q?=A5a?= <a@x.example>", [("Lụa", "a@x.example")]),
        ("a@x.example (Trần (kế toán) Lụa)", [("Trần (kế toán) Lụa", "a@x.example")]),
        ("Trần Lụa (Kế toán) <a@x.example>", [("Trần Lụa (Kế toán)", "a@x.example")]),
        (
            "Trần Lụa (=?utf-8?Q?K=E1=BA=BF_to=C3=A1n?=) <a@x.example>",
            [("Trần Lụa (Kế toán)", "a@x.example")],
        ),
        ("(Kế toán) <a@x.example>", [("Kế toán", "a@x.example")]),
        ("Lụa <a@x.example> (Kế toán)", [("Lụa", "a@x.example")]),
        ("(Trần Lụa)", [("Trần Lụa", "")]),
        ("a@x.example, (Trần Lụa)", [("", "a@x.example")]),
        ("Lụa a@x.example", [("Lụa", "a@x.example")]),
        ("a@x.example <b@y.example>", [("a@x.example", "b@y.example")]),
        ('"a@x.example" <b@y.example>', [("a@x.example", "b@y.example")]),
        (
            "a@x.example, b@y.example; c@z.example",
            [("", "a@x.example"), ("", "b@y.example"), ("", "c@z.example")],
        ),
        ("A <a@x.example> B <b@y.example>", [("A", "a@x.example"), ("B", "b@y.example")]),
        ("Tổ kế toán: A <a@x.example>, b@y.example;", [("A", "a@x.example"), ("", "b@y.example")]),
        ("undisclosed-recipients:;", []),
        ("mailto:a@x.example", [("", "a@x.example")]),
        ("<@relay.example:a@x.example>", [("", "a@x.example")]),
        ("A < a@x.example >", [("A", "a@x.example")]),
        ("a @ x . example", [("", "a@x.example")]),
        ('"a b"@x.example', [("", '"a b"@x.example')]),
        ("'A' <'a@x.example'>", [("A", "a@x.example")]),
        ("", []),
        (" , ;,", []),
        ("Nguyen V. An <a@x.example>", [("Nguyen V. An", "a@x.example")]),
        ("A <a@x.example", [("A", "a@x.example")]),
        ('"A <a@x.example>', [("A", "a@x.example")]),
        ("Ban giám đốc", [("Ban giám đốc", "")]),
    ],
)
def test_addresses_are_read(value: str, expected: list[tuple[str, str]]) -> None:
    assert read(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            "<=?utf-8?q?hotrocntt=40vst.gov.vn?=@evil.example>",
            "=?utf-8?q?hotrocntt=40vst.gov.vn?=@evil.example",
        ),
        ("=?utf-8?q?hotrocntt?=@evil.example", "=?utf-8?q?hotrocntt?=@evil.example"),
    ],
)
def test_an_encoded_word_in_an_address_stays_literal_and_is_told(value: str, expected: str) -> None:
    assert read(value) == [("", expected)]
    assert "encoded-address: an encoded word inside an address" in defects_of(value)


@pytest.mark.parametrize(
    "value",
    ["=?utf-8?q?hotrocntt=40vst.gov.vn?=", "=?utf-8?q?hotrocntt=40vst.gov.vn=3E=2C?= <a@evil.example>"],
)
def test_what_is_an_address_only_once_decoded_is_a_name(value: str) -> None:
    name, address = read(value)[0]
    assert name.startswith("hotrocntt@vst.gov.vn")
    assert address in {"", "a@evil.example"}


@given(st.text(max_size=400) | st.text(alphabet='<>"(),;:@\\=? ab', max_size=400))
def test_any_text_gives_addresses_without_white_space_at_their_ends(value: str) -> None:
    for item in read_addresses(value, []):
        assert item.address == item.address.strip()
        assert item.name == item.name.strip()
        assert item.name or item.address


@given(st.lists(st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.example", fullmatch=True), max_size=9))
def test_a_plain_list_is_read_back(addresses: list[str]) -> None:
    assert [address for _, address in read(", ".join(addresses))] == addresses


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("ketoan@hoamai.example", True),
        ("a@mail.test", True),
        ("a@hoamai.invalid", True),
        ("a@may-chu.local", True),
        ("đơnvị@hoamai.example", True),
        ("a@thư.example", True),
        ("", False),
        ("ketoan", False),
        ("@hoamai.example", False),
        ("a@", False),
        ("a@localhost", False),
        ("a b@hoamai.example", False),
        ("a..b@hoamai.example", False),
        ("a@b@hoamai.example", False),
        ("a@hoamai.example\r\nBcc: b@evil.example", False),
        ("=?utf-8?q?a?=@hoamai.example", True),
        ("a@" + "x" * 300 + ".example", False),
        ("a@-x.example", False),
    ],
)
def test_form_alone_says_whether_an_address_can_be_answered(address: str, *, expected: bool) -> None:
    assert can_be_answered(address) is expected


@given(st.from_regex(PLAIN, fullmatch=True))
def test_a_plain_address_is_one_that_the_library_takes_too(address: str) -> None:
    if len(address) <= LONGEST_ADDRESS:
        validate_email(address, check_deliverability=False)


@given(st.text(max_size=300))
def test_any_text_can_be_asked_about(address: str) -> None:
    assert can_be_answered(address) in {True, False}


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("KeToan@Hoamai.example", "ketoan@hoamai.example"),
        (" ketoan+1@hoamai.example ", "ketoan@hoamai.example"),
        ("ketoan+a+b@hoamai.example", "ketoan@hoamai.example"),
        ("ketoan@hoa+mai.example", "ketoan@hoa+mai.example"),
        ("ketoan+1@xn--thu-9jz.example", "ketoan@thuế.example"),
        ("ketoan@thuế.example", "ketoan@thuế.example"),
        ("+84900000001@hoamai.example", "+84900000001@hoamai.example"),
        ("@hoamai.example", "@hoamai.example"),
        ("0\n\x08", "0"),
        ("ketoan", "ketoan"),
        ("", ""),
    ],
)
def test_letters_to_one_mailbox_are_counted_together(address: str, counted: str) -> None:
    assert counted_address(address) == counted


@given(st.text(max_size=60))
def test_counting_an_address_twice_changes_nothing(address: str) -> None:
    once = counted_address(address)
    assert counted_address(once) == once
