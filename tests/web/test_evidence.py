"""The evidence about a ticket: what the file holds, whether its hashes are right, who may have it."""

import hashlib
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from support.deskserver import DeskServer, desk_of
from support.office import open_office, request

from triage.core.evidence import header_of
from triage.db import mails

CODE = "SD261116-000001"
PATH = f"/tickets/{CODE}/evidence.zip"
RAW = request("[0010#DVC] Cập nhật tài khoản", sender="Hỗ trợ <hotrocntt@vst-gov.vn>")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, desk_of(office) as server:
        server.person("an", "security")
        office.store(RAW)
        office.process()
        yield server


def unpacked(desk: DeskServer) -> dict[str, bytes]:
    answer = desk.let_in("an").get(PATH)
    assert answer.headers["content-type"] == "application/zip"
    assert f"''{CODE}.zip" in answer.headers["content-disposition"]
    with ZipFile(BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_it_holds_the_very_mail_its_header_the_judgement_and_the_history(desk: DeskServer) -> None:
    files = unpacked(desk)
    assert files["mail-1.eml"] == RAW
    assert files["mail-1.headers.txt"] == header_of(RAW)
    assert RAW.startswith(files["mail-1.headers.txt"])
    judged = json.loads(files["judgements.json"])["1"]
    assert judged["verdict"] == "impersonation"
    assert judged["findings"]
    assert json.loads(files["timeline.json"])[0]["what"] == "opened"
    manifest = json.loads(files["manifest.json"])
    assert (manifest["ticket"], manifest["made_by"]) == (CODE, "an")
    assert manifest["mails"][0]["sha256"] == hashlib.sha256(RAW).hexdigest()


def test_every_other_file_stands_in_the_sums_with_its_hash(desk: DeskServer) -> None:
    files = unpacked(desk)
    lines = files.pop("SHA256SUMS").decode().splitlines()
    assert dict(reversed(line.split("  ")) for line in lines) == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }


def test_a_mail_whose_bytes_are_gone_is_told(desk: DeskServer) -> None:
    with desk.office.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM raw_mails")
        assert mails.contents(connection, [1]) == []
    files = unpacked(desk)
    assert "mail-1.eml" not in files
    assert json.loads(files["manifest.json"])["mails"][0]["erased"] is True


@pytest.mark.parametrize(
    ("role", "status"), [("agent", 403), ("auditor", 403), ("admin", 403), ("security", 200)]
)
def test_only_whoever_may_read_raw_mails_has_it(desk: DeskServer, role: str, status: int) -> None:
    desk.person("ai", role)
    browser = desk.let_in("ai")
    assert browser.get(PATH).status_code == status
    assert ("Tải hồ sơ bằng chứng" in browser.get("/security").text) is (status == 200)


def test_the_password_is_asked_for_again_and_the_audit_knows(desk: DeskServer) -> None:
    assert desk.let_in("an", confirmed_minutes_ago=11).get(PATH).url.path == "/account/confirm"
    desk.let_in("an").get(PATH)
    with desk.office.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT actor, action FROM audit WHERE object = ?", (PATH,)).all()
    assert {tuple(row) for row in rows} == {("an", "view")}


def test_a_ticket_that_there_is_not_answers_as_such(desk: DeskServer) -> None:
    assert desk.let_in("an").get("/tickets/SD261116-000009/evidence.zip").status_code == 404


@pytest.mark.parametrize(
    ("raw", "header"),
    [
        (b"A: 1\r\nB: 2\r\n\r\nx", b"A: 1\r\nB: 2\r\n"),
        (b"A: 1\nB: 2\n\nx", b"A: 1\nB: 2\n"),
        (b"A: 1", b"A: 1"),
        (b"", b""),
    ],
)
def test_a_header_ends_at_the_first_empty_line(raw: bytes, header: bytes) -> None:
    assert header_of(raw) == header
