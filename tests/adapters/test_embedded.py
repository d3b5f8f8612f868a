"""The servers of the demo, seen from outside by plain clients."""

import smtplib
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy
from hypothesis import given, strategies as st
from support.certificates import make_certificates
from support.migrated import empty

from triage.adapters.catcher import SmtpCatcher
from triage.adapters.embedded import EmbeddedImap
from triage.adapters.imap import ImapMailbox, ImapSettings

MAIL = b"From: a@x.example\r\nSubject: x\r\n\r\n.dot\r\n..\r\n\r\n"


def send(catcher: SmtpCatcher, raw: bytes = MAIL, *recipients: str) -> None:
    with smtplib.SMTP(catcher.host, catcher.port, timeout=20) as client:
        client.sendmail("a@x.example", recipients or ("b@y.example",), raw)


@pytest.fixture(scope="module")
def lasting() -> Iterator[SmtpCatcher]:
    """One catcher for all examples of a property."""
    with SmtpCatcher() as server:
        yield server


def test_the_embedded_imap_server_serves_a_mailbox() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    with EmbeddedImap("hotro", "secret") as server:
        server.append(MAIL, moment)
        box = ImapMailbox(ImapSettings(server.host, server.port, "none", "hotro", "secret"))
        box.open()
        (batch,) = box.fetch(box.waiting())
        box.close()
    assert [(each.raw, each.received_at) for each in batch.mails] == [(MAIL, moment)]


def test_two_embedded_servers_share_nothing() -> None:
    with EmbeddedImap("a", "1") as one, EmbeddedImap("a", "1") as other:
        one.append(MAIL)
        assert one.port != other.port
        box = ImapMailbox(ImapSettings(other.host, other.port, "none", "a", "1"))
        box.open()
        assert list(box.waiting()) == []
        box.close()


def test_a_stopped_server_is_gone_and_may_be_stopped_again() -> None:
    server = EmbeddedImap("a", "1")
    with server:
        box = ImapMailbox(ImapSettings(server.host, server.port, "none", "a", "1"))
        box.open()
        server.stop()
    server.stop()
    box.close()
    with pytest.raises(ConnectionRefusedError), smtplib.SMTP(server.host, server.port, timeout=20):
        pass


def test_the_catcher_keeps_envelope_and_bytes_in_order(catcher: SmtpCatcher) -> None:
    send(catcher, MAIL, "b@y.example", "c@y.example")
    send(catcher, b"Subject: two\r\n\r\n\xe1\xbb\x97\r\n")
    first, second = catcher.messages
    assert (first.envelope_from, first.recipients) == ("a@x.example", ("b@y.example", "c@y.example"))
    assert first.raw == MAIL
    assert second.raw == b"Subject: two\r\n\r\n\xe1\xbb\x97\r\n"
    catcher.clear()
    assert catcher.messages == ()


@given(st.lists(st.binary(max_size=60).map(lambda line: line.translate(None, b"\r\n")), max_size=8))
def test_the_catcher_gives_back_any_lines(lasting: SmtpCatcher, lines: list[bytes]) -> None:
    raw = b"Subject: x\r\n\r\n" + b"".join(line + b"\r\n" for line in lines)
    lasting.clear()
    send(lasting, raw)
    assert [each.raw for each in lasting.messages] == [raw]


def test_a_null_sender_is_kept_as_an_empty_one(catcher: SmtpCatcher) -> None:
    with smtplib.SMTP(catcher.host, catcher.port, timeout=20) as client:
        client.sendmail("", ["b@y.example"], MAIL)
    assert catcher.messages[0].envelope_from == ""


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("code", [451, 550])
def test_scripted_answers_are_given_so_many_times(catcher: SmtpCatcher, stage: str, code: int) -> None:
    catcher.answer(stage, f"{code} 4.3.0 as told", times=2)  # type: ignore[arg-type]  # from the table above
    for _ in range(2):
        with pytest.raises(smtplib.SMTPException) as caught:
            send(catcher)
        assert str(code) in str(caught.value)
    send(catcher)
    assert len(catcher.messages) == 1


@pytest.mark.parametrize("stage", ["ehlo", "mail", "rcpt", "data"])
def test_a_dropped_connection_is_felt_at_once(catcher: SmtpCatcher, stage: str) -> None:
    catcher.drop(stage)  # type: ignore[arg-type]  # from the table above
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(catcher)
    assert catcher.messages == ()
    send(catcher)
    assert len(catcher.messages) == 1


def test_a_message_can_be_taken_and_its_confirmation_lost(catcher: SmtpCatcher) -> None:
    catcher.drop("data", keep=True)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(catcher)
    assert [each.raw for each in catcher.wait_for(1)] == [MAIL]


def test_a_login_is_demanded_and_judged() -> None:
    with SmtpCatcher(username="hotro", password="secret") as catcher:
        with pytest.raises(smtplib.SMTPSenderRefused, match="530"):
            send(catcher)
        with smtplib.SMTP(catcher.host, catcher.port, timeout=20) as client:
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("hotro", "wrong")
            client.login("hotro", "secret")
            client.sendmail("a@x.example", ["b@y.example"], MAIL)
        # A client goes on to the next mechanism, so that one refusal is not enough.
        catcher.answer("auth", "454 4.7.0 Temporary failure", times=2)
        with (
            smtplib.SMTP(catcher.host, catcher.port, timeout=20) as client,
            pytest.raises(smtplib.SMTPAuthenticationError) as caught,
        ):
            client.login("hotro", "secret")
        assert caught.value.smtp_code == 454
        assert len(catcher.messages) == 1


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_the_catcher_speaks_tls(tmp_path_factory: pytest.TempPathFactory, tls: str) -> None:
    made = make_certificates(tmp_path_factory.mktemp("tls"))
    context = ssl.create_default_context(cafile=made.authority)
    with SmtpCatcher(tls=tls, context=made.server_context()) as catcher:  # type: ignore[arg-type]
        client: smtplib.SMTP
        if tls == "implicit":
            client = smtplib.SMTP_SSL("localhost", catcher.port, context=context, timeout=20)
        else:
            client = smtplib.SMTP("localhost", catcher.port, timeout=20)
            client.starttls(context=context)
        with client:
            client.sendmail("a@x.example", ["b@y.example"], MAIL)
        assert len(catcher.messages) == 1


@pytest.mark.parametrize(
    ("library", "start"),
    [("pymap", 'EmbeddedImap("a", "b").__enter__()'), ("aiosmtpd", "SmtpCatcher().__enter__()")],
)
def test_a_missing_library_is_told_in_one_sentence(library: str, start: str) -> None:
    code = f"""
import sys
sys.modules[{library!r}] = None
from triage.adapters.embedded import EmbeddedImap, SmtpCatcher
from triage.errors import ConfigError
try:
    {start}
except ConfigError as error:
    print(error)
"""
    done = subprocess.run(
        (sys.executable, "-c", code), capture_output=True, text=True, check=True, timeout=60
    )
    assert library in done.stdout
    assert "pip install 'triage[demo]'" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("flag", ["error", "default"])
def test_a_user_sees_no_notices_of_the_libraries(flag: str) -> None:
    code = """
import smtplib
from imapclient import IMAPClient
from triage.adapters.embedded import EmbeddedImap, SmtpCatcher
with EmbeddedImap("a", "b") as imap, SmtpCatcher(username="a", password="b") as smtp:
    client = IMAPClient(imap.host, imap.port, ssl=False)
    client.login("a", "b")
    client.logout()
    with smtplib.SMTP(smtp.host, smtp.port) as sender:
        sender.login("a", "b")
        sender.sendmail("a@x.example", ["b@y.example"], b"Subject: x\\r\\n\\r\\n")
    print(len(smtp.messages))
"""
    done = subprocess.run(
        (sys.executable, f"-W{flag}", "-c", code), capture_output=True, text=True, check=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_every_database_is_new(database_url: str) -> None:
    engine = sqlalchemy.create_engine(empty(database_url))
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE mails (id integer)"))
    engine.dispose()
