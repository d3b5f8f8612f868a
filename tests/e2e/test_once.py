"""triage run --once on real servers: all that waits becomes tickets and letters, once."""

from pathlib import Path

import pytest
import typer
from support.catcher import SmtpCatcher
from support.commands import triage
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.office import request, write_config
from support.surge_texts import ERRORS
from support.surges import CODES
from typer.main import get_command

from triage.adapters.readers import ReaderPool
from triage.cli.context import app_of
from triage.core.parse import read_mail
from triage.db import mails, tickets
from triage.db.engine import Database

BAIT = "Đề nghị đơn vị gửi mật khẩu và mã OTP qua Zalo 0987 654 321. Tổng đài 02462764300."


def with_mails(account: ImapAccount, count: int) -> None:
    account.append_all(
        [request(f"[0010#DVC] Lỗi {n}", number=n, sender=f"a{n}@unit.example") for n in range(count)]
    )


@pytest.fixture
def config(tmp_path: Path, any_imap: ImapAccount, catcher: SmtpCatcher, database_url: str) -> Path:
    path = write_config(tmp_path, imap=any_imap, smtp_port=catcher.port, database_url=database_url)
    migrated(database_url).close()
    return path


def test_all_that_waits_becomes_tickets_and_letters_and_the_second_run_adds_nothing(
    config: Path, any_imap: ImapAccount, catcher: SmtpCatcher, database_url: str
) -> None:
    with_mails(any_imap, 12)
    first = triage("--config", config, "run", "--once")
    assert first.returncode == 0, first.stderr
    assert "12 mails received, 12 processed (12 tickets opened), 0 stuck." in first.stdout
    assert "12 letters sent" in first.stdout
    assert len(catcher.messages) == 12
    assert (any_imap.raw_mails(), len(any_imap.raw_mails("Processed"))) == ([], 12)

    second = triage("--config", config, "run", "--once")
    assert second.returncode == 0, second.stderr
    assert "0 mails received, 0 processed, 0 stuck." in second.stdout
    assert len(catcher.messages) == 12

    database = Database(database_url)
    with database.read() as connection:
        assert len(tickets.listed(connection)) == 12
        assert mails.count_by_state(connection) == {"processed": 12}
    database.close()


def test_mails_that_stay_in_the_folder_are_not_taken_twice(
    tmp_path: Path, any_imap: ImapAccount, catcher: SmtpCatcher
) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    config = write_config(tmp_path, imap=any_imap, smtp_port=catcher.port, database_url=url, after="flag")
    migrated(url).close()
    with_mails(any_imap, 3)
    for received in (3, 0, 0):
        done = triage("--config", config, "run", "--once")
        assert f"{received} mails received" in done.stdout, done.stderr
    assert len(any_imap.raw_mails()) == 3
    assert len(catcher.messages) == 3


def test_the_answer_to_our_letter_finds_its_ticket(
    config: Path, any_imap: ImapAccount, catcher: SmtpCatcher
) -> None:
    with_mails(any_imap, 1)
    triage("--config", config, "run", "--once")
    [message] = catcher.messages
    letter = read_mail(message.raw)
    any_imap.append(
        request(f"Re: {letter.subject}", number=77, sender="a0@unit.example", in_reply_to=letter.message_id)
    )
    done = triage("--config", config, "run", "--once")
    assert "1 processed (1 mail added to a ticket)" in done.stdout, done.stderr
    shown = triage("--config", config, "tickets", "list")
    assert len(shown.stdout.splitlines()) == 2


def test_a_dead_smtp_server_loses_no_letter_and_is_told(
    config: Path, any_imap: ImapAccount, catcher: SmtpCatcher
) -> None:
    with_mails(any_imap, 2)
    port = catcher.port
    catcher.stop()
    done = triage("--config", config, "run", "--once")
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "2 processed" in done.stdout
    assert "0 letters sent, 2 deferred, 0 failed for good." in done.stdout
    listed = triage("--config", config, "outbox", "list", "--state", "queued")
    assert len(listed.stdout.splitlines()) == 3
    with SmtpCatcher() as again:
        done = triage("--config", config, "run", "--once", TRIAGE__SMTP__PORT=str(again.port))
        assert (done.returncode, len(again.messages)) == (0, 2), done.stderr


def test_a_renumbered_folder_gives_duplicates_and_no_second_ticket(
    tmp_path: Path, dovecot: ImapAccount, catcher: SmtpCatcher
) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    config = write_config(tmp_path, imap=dovecot, smtp_port=catcher.port, database_url=url, after="flag")
    config.write_text(config.read_text().replace('after = "flag"', 'after = "flag"\nfolder = "Support"'))
    migrated(url).close()
    for round_number in range(2):
        with dovecot.client() as client:
            if round_number:
                client.delete_folder("Support")
            client.create_folder("Support")
        for number in range(3):
            dovecot.append(request(number=number, sender=f"a{number}@unit.example"), folder="Support")
        done = triage("--config", config, "run", "--once")
        outcome = "3 duplicates" if round_number else "3 tickets opened"
        assert f"3 processed ({outcome})" in done.stdout, done.stderr
    assert len(catcher.messages) == 3


def test_one_error_from_three_provinces_and_one_impostor_are_seen_in_one_pass(
    tmp_path: Path, pymap_server: ImapAccount, catcher: SmtpCatcher
) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    config = write_config(tmp_path, imap=pymap_server, smtp_port=catcher.port, database_url=url)
    migrated(url).close()
    said = next(iter(ERRORS.values()))
    told = [
        request(f"[{code}#DVC] {one.subject}", number=n, sender=f"a{n}@don{n}.example", text=one.text)
        for n, (code, one) in enumerate(zip(CODES, said, strict=False))
    ]
    posing = [
        request(
            "[0010#DVC] Thông báo", number=n, sender=f"Hỗ trợ Kho bạc <h{n}@kbnn-hotro.example>", text=BAIT
        )
        for n in (11, 12)
    ]
    pymap_server.append_all([*told, *posing])
    assert triage("--config", config, "run", "--once").returncode == 0
    assert len(triage("--config", config, "incidents", "list", "--json").stdout.splitlines()) == 1
    assert len(triage("--config", config, "campaigns", "list", "--json").stdout.splitlines()) == 1


def test_the_process_that_reads_ahead_ends_with_the_command(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.adapters.processors.cores", lambda: 2)
    with app_of(typer.Context(get_command(typer.Typer(callback=lambda: None)), obj=config)) as service:
        readers = service.means.readers
        assert isinstance(readers, ReaderPool)
        assert readers.begin({1: request("[0010#DVC] Lỗi")}).result()[1] is not None
        [process] = readers._free
    assert not process.lives()
