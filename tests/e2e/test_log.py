"""The log tells a mail's way by its number through all stages, and nothing that anybody wrote."""

import json
from email.message import EmailMessage
from pathlib import Path

import pytest
from support.catcher import SmtpCatcher
from support.commands import triage
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.office import request, write_config

SECRETS = ("Kbnn@2026xyz", "482913", "079183004512", "19034567890123")
WORDS = ("không đăng nhập", "Nguyễn Thị Bưởi", "hoamai", "Lỗi đặc biệt", "bien-ban-bi-mat")

BODY = """Kính gửi Đội hỗ trợ, đơn vị không đăng nhập được.
Mật khẩu: Kbnn@2026xyz
Mã OTP: 482913
Số CCCD: 079183004512
Số tài khoản: 19034567890123
Nguyễn Thị Bưởi
"""


def with_a_file() -> bytes:
    mail = EmailMessage()
    mail["From"] = "Nguyễn Thị Bưởi <buoi@thcs-hoamai.example>"
    mail["To"] = "hotrocntt@vst.gov.vn"
    mail["Subject"] = "[0010#DVC] Lỗi đặc biệt, mật khẩu: Kbnn@2026xyz"
    mail["Message-ID"] = "<file@thcs-hoamai.example>"
    mail.set_content(BODY)
    mail.add_attachment(BODY.encode(), maintype="text", subtype="plain", filename="bien-ban-bi-mat.txt")
    return bytes(mail)


def events(stderr: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in stderr.splitlines() if line.startswith("{")]


@pytest.fixture
def config(tmp_path: Path, pymap_server: ImapAccount, catcher: SmtpCatcher) -> Path:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    migrated(url).close()
    more = '[log]\nlevel = "debug"\nformat = "json"'
    return write_config(tmp_path, imap=pymap_server, smtp_port=catcher.port, database_url=url, more=more)


def test_every_mail_is_followed_by_its_number_and_nothing_it_says_is_told(
    config: Path, pymap_server: ImapAccount, catcher: SmtpCatcher
) -> None:
    pymap_server.append_all(
        [
            request(text=BODY, sender="Nguyễn Thị Bưởi <buoi@thcs-hoamai.example>"),
            with_a_file(),
            request(
                "[0010#DVC] Lỗi đặc biệt", number=3, text=BODY, content_type="text/plain; charset=no-such"
            ),
            b"From: x\r\nSubject: Kbnn@2026xyz\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
        ]
    )
    done = triage("--config", config, "run", "--once")
    assert len(catcher.messages) >= 3
    log = events(done.stderr)
    way = [(one["event"], one["mail_id"]) for one in log if "mail_id" in one]
    for number in (1, 2, 3):
        told = [event for event, mail in way if mail == number]
        assert told == ["mail_received", "mail_processed", "letter_sent"]
    assert [event for event, mail in way if mail == 4][:2] == ["mail_received", "mail_processed"]
    for hidden in (*SECRETS, *WORDS):
        assert hidden not in done.stderr
        assert json.dumps(hidden)[1:-1] not in done.stderr


def test_a_refused_letter_is_told_without_what_it_says(
    config: Path, pymap_server: ImapAccount, catcher: SmtpCatcher
) -> None:
    catcher.answer("rcpt", "550 no such user")
    pymap_server.append(request(text=BODY))
    done = triage("--config", config, "run", "--once")
    assert done.returncode == 1
    assert ("letter_failed", 1) in [(one["event"], one.get("mail_id")) for one in events(done.stderr)]
    for hidden in (*SECRETS, *WORDS):
        assert hidden not in done.stderr
