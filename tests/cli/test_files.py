"""Attachments from a terminal: listed, and written to disk under a name that can do no harm."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.archives import zipped
from support.imapserver import ImapAccount
from support.office import Office, open_office, write_config
from support.pictures import png
from support.rawmail import multipart, part, raw_mail
from support.winmail import Packed, package
from typer.testing import CliRunner

from triage.cli.root import app
from triage.errors import NotFoundError, RefusalError, TriageError

Triage = Callable[..., bytes]
ARCHIVE = zipped({"a.exe": b"x"})


def encoded(content: str, body: bytes) -> bytes:
    return part(content, base64.encodebytes(body), "Content-Transfer-Encoding: base64")


@pytest.fixture
def triage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Triage]:
    """Run a command beside a database with one mail; give what it prints."""
    raw = multipart(
        "mixed",
        part("text/plain; charset=utf-8", "Lỗi đăng nhập".encode()),
        encoded('image/png; name="../../loi\u202e.png"', png(5, 5)),
        encoded("application/ms-tnef", package(Packed("Bảng kê.zip", ARCHIVE))),
    )
    monkeypatch.chdir(tmp_path)
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office:
        office.store(raw)
        yield runner(office, tmp_path)


def runner(office: Office, folder: Path) -> Triage:
    nowhere = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")
    config = write_config(folder, imap=nowhere, smtp_port=1, database_url=str(office.database.engine.url))

    def run(*arguments: str) -> bytes:
        done = CliRunner().invoke(app, ["--config", str(config), "mails", "attachment", *arguments])
        if isinstance(done.exception, TriageError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.stdout_bytes

    return run


def test_without_a_number_the_files_are_listed(triage: Triage) -> None:
    lines = triage("1").decode().splitlines()
    assert lines[1].split("\t")[2:] == ["ảnh PNG", str(len(png(5, 5))), "picture"]
    assert "Bảng kê.zip\ttệp nén ZIP" in lines[2]
    assert "from winmail.dat; [a.exe]" in lines[2]
    assert "ZIP archive" in triage("1", "--english").decode()


def test_a_file_is_written_beside_us_under_a_harmless_name(triage: Triage, tmp_path: Path) -> None:
    triage("1", "1")
    assert (tmp_path / "loi.png").read_bytes() == png(5, 5)


def test_a_file_goes_where_it_is_told_to(triage: Triage, tmp_path: Path) -> None:
    folder = tmp_path / "thu-muc"
    folder.mkdir()
    triage("1", "2", "--out", str(folder))
    triage("1", "2", "--out", str(tmp_path / "x.bin"))
    assert (folder / "Bảng kê.zip").read_bytes() == (tmp_path / "x.bin").read_bytes() == ARCHIVE
    assert triage("1", "2", "--out", "-") == ARCHIVE


def test_nothing_is_written_over_unless_somebody_insists(triage: Triage, tmp_path: Path) -> None:
    there = tmp_path / "loi.png"
    there.write_bytes(b"cu")
    with pytest.raises(RefusalError, match="--force"):
        triage("1", "1")
    assert there.read_bytes() == b"cu"
    triage("1", "1", "--force")
    assert there.read_bytes() == png(5, 5)


def test_a_link_is_not_followed(triage: Triage, tmp_path: Path) -> None:
    (tmp_path / "loi.png").symlink_to(tmp_path / "noi-khac")
    with pytest.raises(RefusalError):
        triage("1", "1")
    assert not (tmp_path / "noi-khac").exists()


@pytest.mark.parametrize(("arguments", "told"), [(("9", "1"), "no mail 9"), (("1", "9"), "no file 9")])
def test_what_is_not_there_is_said(triage: Triage, arguments: tuple[str, ...], told: str) -> None:
    with pytest.raises(NotFoundError, match=told):
        triage(*arguments)


def test_a_folder_that_is_not_there_is_said(triage: Triage) -> None:
    with pytest.raises(RefusalError, match="cannot be written"):
        triage("1", "1", "--out", "khong/co/tep.png")


def explained(folder: Path, *options: str) -> str:
    done = CliRunner().invoke(app, ["explain", *options, str(folder / "thu.eml")])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_explain_tells_of_attachments_in_words_and_in_json(triage: Triage, tmp_path: Path) -> None:
    del triage
    files = (
        encoded('application/octet-stream; name="ho-so.pdf"', ARCHIVE),
        part("message/rfc822", b"From: Ke toan <a@hoacuc.example>\r\nSubject: Hoi\r\n\r\nx"),
    )
    (tmp_path / "thu.eml").write_bytes(multipart("mixed", part("text/plain", b"x"), *files))
    words = explained(tmp_path)
    assert "file 1    ho-so.pdf, tệp nén ZIP" in words
    assert "[a.exe]; Tên hoặc loại tệp nói là tài liệu PDF, nội dung là tệp nén ZIP." in words
    assert "Hoi — Ke toan <a@hoacuc.example>" in words
    assert "The name or type says PDF document" in explained(tmp_path, "--english")
    first, second = json.loads(explained(tmp_path, "--json"))["mail"]["attachments"]
    assert {"name", "type", "size", "inline"} <= first.keys() & second.keys()
    assert (first["detected"], first["role"], first["inside"]) == ("zip", "archive", ["a.exe"])
    assert first["note"][0]["code"] == "file_is_not_what_it_says"
    assert (second["detected"], second["about"]) == ("eml", "Hoi — Ke toan <a@hoacuc.example>")


def test_explain_parts_what_a_mail_says_from_what_only_an_attached_mail_says(tmp_path: Path) -> None:
    inner = raw_mail("Em không ký được, mật khẩu của em là Abc@12345".encode())
    (tmp_path / "thu.eml").write_bytes(multipart("mixed", part("message/rfc822", inner)))
    told = json.loads(explained(tmp_path, "--json"))["mail"]
    assert told["text"] == ""
    assert told["attached_text"].startswith("---------- Thư đính kèm")
    assert "Em không ký được" in told["new_text"]
    hidden = explained(tmp_path, "--json", "--mask")
    assert "attached_text" in hidden
    assert "Abc@12345" not in hidden
