from dataclasses import dataclass
from pathlib import Path

import pytest

from triage.core.identity import mail_key
from triage.core.parse import parts_of, read_mail

BROKEN = sorted((Path(__file__).parents[1] / "broken").glob("*.eml"))
LOI = "[0010#DVC] Loi ky so"


def named(name: str) -> bytes:
    return (Path(__file__).parents[1] / "broken" / f"{name}.eml").read_bytes()


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_broken_mail_is_read(path: Path) -> None:
    raw = path.read_bytes()
    mail = read_mail(raw)
    assert mail.size == len(raw)
    assert len(mail_key(mail, raw)) == 64
    for attachment, provide in parts_of(mail, raw):
        assert len(provide()) == attachment.size


def test_there_are_many_broken_mails_and_each_has_a_key_of_its_own_content() -> None:
    assert len(BROKEN) >= 40


@dataclass(frozen=True)
class Rescued:
    """What can still be read of a broken mail."""

    subject: str | None = LOI
    text: str = "noi dung"
    sender: str = "sen@hoasen.example"


RESCUED = {
    "no-headers": Rescued("", "em không đăng nhập được", ""),
    "no-body": Rescued(text=""),
    "no-empty-line": Rescued(text="Đơn vị em không đăng nhập được.\nXin giúp."),
    "missing-boundary-parameter": Rescued(text="Đơn vị không ký số được."),
    "wrong-boundary": Rescued(text="Đơn vị không ký số được."),
    "unclosed-multipart": Rescued(text="Đơn vị không ký số được."),
    "empty-boundary": Rescued(text="Đơn vị không ký số được."),
    "boundary-in-text": Rescued(text="--b khong phai ranh gioi"),
    "boundary-prefix-of-another": Rescued(text="mot"),
    "same-boundary-twice": Rescued(text="mot"),
    "two-hundred-levels": Rescued(text="day la noi dung"),
    "two-thousand-parts": Rescued(text="x"),
    "bare-cr": Rescued(text="mot\nhai"),
    "bare-lf": Rescued(text="mot\nhai"),
    "cr-cr-lf": Rescued(text="Đơn vị không ký số được."),
    "mbox-line": Rescued(),
    "bom": Rescued(),
    "nul-bytes": Rescued(),
    "unindented-fold": Rescued("[0010#DVC] Loi ky so tren token"),
    "unindented-parameter": Rescued(text="Đơn vị không ký số được."),
    "space-before-colon": Rescued(),
    "two-of-each-header": Rescued(),
    "utf8-declared-ascii": Rescued(text="Lỗi đăng nhập"),
    "cp1258-declared-utf8": Rescued(text="Đơn vị không đăng nhập được"),
    "cut-utf8": Rescued(text="Không ký đư\ufffd"),
    "unknown-charset": Rescued(text="Lỗi đăng nhập"),
    "charset-is-a-codec-of-bytes": Rescued(text="Lỗi đăng nhập"),
    "charset-without-end": Rescued(text="Lỗi đăng nhập"),
    "raw-headers-cp1258": Rescued("Lỗi đăng nhập", "x"),
    "encoded-word-cut-in-a-letter": Rescued("Lỗi ký", "x"),
    "encoded-newline": Rescued("Re: Loi Bcc: evil@attacker.example", "x"),
    "encoded-word-in-address": Rescued("", "x", "=?utf-8?q?x=00?=@evil.example"),
    "from-of-brackets": Rescued("", "x", ""),
    "from-unclosed-quote": Rescued(text="x"),
    "from-without-address": Rescued(text="x", sender=""),
    "from-group": Rescued("", "x", "a@hoasen.example"),
    "headers-300-kb": Rescued(),
    "base64-with-rubbish": Rescued(text="Kinh g"),
    "quoted-printable-broken": Rescued(text="Lỗi =ZZ"),
    "unknown-transfer-encoding": Rescued(),
    "content-type-of-nonsense": Rescued(),
    "parameters-by-thousands": Rescued(),
    "html-nested-deep": Rescued(),
    "html-unclosed": Rescued(text="Lỗi"),
    "html-style-of-a-million-blanks": Rescued(),
}


@pytest.mark.parametrize("name", RESCUED)
def test_what_can_be_read_of_a_broken_mail_is_read(name: str) -> None:
    wanted, mail = RESCUED[name], read_mail(named(name))
    assert mail.subject == wanted.subject
    assert mail.sender.address == wanted.sender
    assert wanted.text in mail.text
    assert bool(mail.text) or not wanted.text


TOLD = (
    "missing-boundary-parameter",
    "unclosed-multipart",
    "bare-cr",
    "unindented-fold",
    "unknown-charset",
    "cut-utf8",
    "encoded-words-by-thousands",
    "from-of-brackets",
    "to-ten-thousand",
    "date-of-nonsense",
    "encoded-word-cut-in-a-letter",
    "raw-headers-cp1258",
    "headers-300-kb",
)


@pytest.mark.parametrize("name", TOLD)
def test_what_was_repaired_or_left_out_is_told(name: str) -> None:
    assert read_mail(named(name)).defects


def test_one_mail_read_twice_is_the_same() -> None:
    for path in BROKEN:
        assert read_mail(path.read_bytes()) == read_mail(path.read_bytes())
