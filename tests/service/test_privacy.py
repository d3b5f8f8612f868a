"""What a person gave away by mistake stands in the raw mail and nowhere else."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, inspect, text
from support.office import Office, open_office, request
from support.rawmail import raw_mail
from support.signing import ENTITY, enveloped

from triage.core.parse import read_mail
from triage.db import mails, outbox
from triage.service import desk, replay

SECRETS = ("Hoamai@2024x", "87654321", "001085009999", "9523.3.1054321", "4812 9956")


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def everything_but_raw(connection: Connection) -> str:
    """Give every cell of every table as text, but for the raw mails and the finished letters."""
    pieces: list[str] = []
    for table in inspect(connection).get_table_names():
        if table != "raw_mails":
            query = text(f'select * from "{table}"')  # noqa: S608 - names of our own tables
            pieces += [str(tuple(row)) for row in connection.execute(query)]
    return "\n".join(pieces)


LEAK = (
    "Không vào được DVC. Đề nghị cung cấp mật khẩu giúp. Mật khẩu của em: Hoamai@2024x, "
    "mã PIN token: 87654321.\n"
    "CCCD 001085009999, tài khoản 9523.3.1054321, mã OTP: 4812 9956.\nĐT 0900 000 001, mã ĐVQHNS 1012345"
)


def test_a_secret_is_stored_in_the_raw_mail_alone(office: Office) -> None:
    office.store(request("[0010#DVC] Lỗi đăng nhập, mật khẩu: Hoamai@2024x", text=LEAK))
    office.store(request("Nhờ vào giúp bằng Hoamai@2024x", number=2, text=LEAK))
    office.process()
    with office.database.read() as connection:
        stored = everything_but_raw(connection)
        raw = mails.raw_of(connection, 1)
        letters = [outbox.content_of(connection, row.id) for row in outbox.listed(connection)]
    for secret in SECRETS:
        assert secret not in stored
        assert not any(
            secret in read_mail(letter).text + read_mail(letter).subject for letter in letters if letter
        )
    assert raw
    assert "Hoamai@2024x" in read_mail(raw[1]).text
    assert "••••" in stored
    assert "1012345" in stored
    assert "0900000001" in stored


NAMED = (
    "From: Mat khau Zebra@2024x <ketoan@hoamai.example>\r\nTo: hotrocntt@vst.gov.vn\r\n"
    'Cc: "pass Bongbong@77z" <sen@hoasen.example>\r\nSubject: [0010#DVC] Loi, da thu Bongbong@77z\r\n'
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nKhông vào được, 0900 000 001\r\n--b\r\n"
    'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n'
    "MZ\r\n--b--\r\n"
)


@pytest.mark.parametrize(
    "name", ["mat khau Zebra@2024x.exe", "mat khau Zebra@2024x.pdf.exe", "mk 778123.exe"]
)
def test_a_secret_in_a_name_is_stored_nowhere_else(office: Office, name: str) -> None:
    office.store(NAMED.format(name=name).encode())
    office.process()
    with office.database.read() as connection:
        stored = everything_but_raw(connection)
    assert "ATTACH_" in stored
    assert not any(secret in stored for secret in ("Zebra@2024x", "Bongbong@77z", "778123"))


def test_a_decision_under_the_veil_replays_without_a_difference(office: Office) -> None:
    office.store(request("[0010#DVC] Lỗi, mật khẩu: Hoamai@2024x", text=LEAK))
    office.process()
    assert list(replay.compare(office.database, office.means, [1])) == []


def test_a_note_hides_the_secret_that_somebody_types_into_it(office: Office) -> None:
    office.store(request("[0010#DVC] Lỗi"))
    office.process()
    desk.note(office.database, office.means.clock, "SD261116-1", "đã thử mật khẩu: Hoamai@2024x", actor="Hà")
    with office.database.read() as connection:
        stored = everything_but_raw(connection)
    assert "đã thử mật khẩu: ••••" in stored
    assert "Hoamai" not in stored


def test_the_sender_is_told_to_change_what_he_gave_away(office: Office) -> None:
    office.store(
        request("[0010#DVC] Lỗi", text="Mật khẩu của em: Hoamai@2024x, mã PIN: 87654321. ĐT 0900 000 001")
    )
    office.store(request("[0010#DVC] Không ký được", number=2, text="Token không nhận. ĐT 0900 000 002"))
    office.process()
    with office.database.read() as connection:
        told, other = (read_mail(outbox.content_of(connection, number) or b"").text for number in (1, 2))
    assert "Thư của Quý đơn vị có ghi mật khẩu và mã PIN." in told
    assert "phải được coi là đã lộ" in told
    assert "phải được coi là đã lộ" not in other


@pytest.mark.parametrize(
    ("text", "told", "not_told"),
    [
        ("Mật khẩu: Hoamai@2024x", ("đổi ngay mật khẩu.",), ("không dùng lại", "phiên")),
        ("mã OTP: 482913", ("không dùng lại mã OTP đó.",), ("đổi ngay", "phiên")),
        (
            "UltraViewer ID: 123 456 789 pass: 4821",
            ("không dùng lại mã truy cập máy tính từ xa đó và kết thúc phiên điều khiển từ xa nếu đang mở.",),
            ("đổi ngay",),
        ),
        (
            "mã PIN: 87654321, mã OTP: 482913",
            ("đổi ngay mã PIN.", "không dùng lại mã OTP đó."),
            ("phiên",),
        ),
        ("CCCD 001085009999", (), ("đổi ngay", "không dùng lại", "phải được coi là đã lộ")),
    ],
)
def test_each_kind_of_secret_has_its_own_advice(
    office: Office, text: str, told: tuple[str, ...], not_told: tuple[str, ...]
) -> None:
    office.store(request("[0010#DVC] Không ký được", text=f"Không ký được. {text}\nĐT 0900 000 001"))
    office.process()
    with office.database.read() as connection:
        letter = read_mail(outbox.content_of(connection, 1) or b"")
    for words in (letter.text, letter.html):
        assert all(one in " ".join(words.split()) for one in told)
        assert not any(one in words for one in (*not_told, "được che"))


def test_a_doubtful_sender_learns_nothing_of_what_was_noticed(office: Office) -> None:
    office.means = replace(
        office.means,
        rules=replace(
            office.means.rules, replies=replace(office.means.rules.replies, acknowledge_suspicious=True)
        ),
    )
    office.store(request("[0010#DVC] Lỗi", text=LEAK))
    office.process()
    with office.database.read() as connection:
        [told] = [read_mail(outbox.content_of(connection, 1) or b"").text]
    assert "phải được coi là đã lộ" not in told


def test_the_stored_decision_names_contact_secrets_and_flag(office: Office) -> None:
    office.store(request("[0010#DVC] Lỗi", text=LEAK))
    office.process()
    with office.database.read() as connection:
        stored = connection.execute(text("select document from decisions")).scalar_one()
    document = json.loads(stored) if isinstance(stored, str) else stored
    assert document["secrets"] == ["password", "pin", "otp"]
    assert document["contact"]["phones"] == ["0900000001"]
    assert document["contact"]["budget_code"] == "1012345"
    assert document["official_letter"] is False


def test_whoever_writes_an_encrypted_mail_is_asked_for_it_in_the_clear(office: Office) -> None:
    head = b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64"
    office.store(raw_mail(base64.encodebytes(enveloped(ENTITY)), content=head))
    office.process()
    with office.database.read() as connection:
        letter = read_mail(outbox.content_of(connection, 1) or b"")
    for words in (letter.text, letter.html):
        assert "gửi lại dưới dạng không mã hóa" in " ".join(words.split())
        assert "Ảnh chụp màn hình" not in words
