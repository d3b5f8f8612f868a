"""Encryption, credentials, and what is never let through to the server."""

import base64
import logging
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from support.certificates import Certificates, make_certificates
from support.imaprounds import SECRET, settings
from support.imapserver import ImapAccount
from support.scripted_imap import ScriptedImap

from triage.adapters.imap import ImapMailbox
from triage.adapters.imap_gate import Gate
from triage.adapters.imap_login import connect
from triage.adapters.tokens import token_from_command, token_from_file
from triage.errors import ConfigError, MailboxError, MailboxLoginError


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A certificate of another authority, for another name."""
    return make_certificates(tmp_path_factory.mktemp("tls"), "DNS:mail.example")


@pytest.mark.dovecot
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_mailbox_is_read_over_tls(dovecot: ImapAccount, tls: str) -> None:
    dovecot.append(b"Subject: 1\r\n\r\n")
    port = dovecot.tls_port if tls == "implicit" else dovecot.port
    box = ImapMailbox(dovecot.settings(tls=tls, port=port, ca_file=dovecot.ca_file))
    box.open()
    uids = box.waiting()
    box.settle(uids)
    assert not box.wait(0.1)
    box.close()
    assert len(dovecot.raw_mails("Processed")) == 1


@pytest.mark.dovecot
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_of_an_unknown_authority_is_refused(
    dovecot: ImapAccount, stranger: Certificates, tls: str
) -> None:
    port = dovecot.tls_port if tls == "implicit" else dovecot.port
    for ca_file in (None, stranger.authority):
        box = ImapMailbox(dovecot.settings(tls=tls, port=port, ca_file=ca_file))
        with pytest.raises(MailboxError, match=r"not trusted \(.*set \[mailbox\] ca_file"):
            box.open()


def test_a_certificate_for_another_name_is_refused(stranger: Certificates) -> None:
    with ScriptedImap(capabilities="IMAP4rev1 STARTTLS", tls=stranger.server_context()) as server:
        box = ImapMailbox(settings(server, tls="starttls", ca_file=stranger.authority))
        with pytest.raises(MailboxError, match=r"not trusted .* as host"):
            box.open()
    assert not any("LOGIN" in command for command in server.commands)


@pytest.mark.parametrize("capabilities", ["IMAP4rev1", "IMAP4rev1 STARTTLS"], ids=["not-offered", "refused"])
def test_starttls_is_never_done_without(capabilities: str) -> None:
    with ScriptedImap(capabilities=capabilities) as server:
        server.tell("^STARTTLS", "{tag} NO not today")
        with pytest.raises(MailboxError, match="STARTTLS") as caught:
            ImapMailbox(settings(server, tls="starttls")).open()
    assert not isinstance(caught.value, MailboxLoginError)
    assert not any(SECRET in command for command in server.commands)


def test_a_server_that_claims_to_know_us_before_starttls_is_not_believed() -> None:
    with (
        ScriptedImap(capabilities="IMAP4rev1 STARTTLS", greeting="* PREAUTH welcome") as server,
        pytest.raises(MailboxError),
    ):
        ImapMailbox(settings(server, tls="starttls")).open()
    assert not any(SECRET in command or "SELECT" in command for command in server.commands)


def test_a_ca_file_that_cannot_be_read_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    with ScriptedImap() as server, pytest.raises(ConfigError, match=r"mailbox\.ca_file .*nowhere\.pem"):
        ImapMailbox(settings(server, tls="implicit", ca_file=tmp_path / "nowhere.pem")).open()


def test_xoauth2_sends_exactly_the_bytes_of_the_protocol() -> None:
    with ScriptedImap() as server:
        box = ImapMailbox(settings(server, password=None, token=lambda: "ya29.token"))
        box.open()
        box.close()
    assert server.sasl == [
        base64.b64encode(b"user=hotro@mail.example\x01auth=Bearer ya29.token\x01\x01").decode()
    ]


def test_each_login_asks_for_a_fresh_token() -> None:
    tokens = iter(["first", "second"])
    with ScriptedImap() as server:
        box = ImapMailbox(settings(server, password=None, token=lambda: next(tokens)))
        for _ in range(2):
            box.open()
            box.close()
    assert [base64.b64decode(each).split(b"\x01")[1] for each in server.sasl] == [
        b"auth=Bearer first",
        b"auth=Bearer second",
    ]


def test_a_refused_token_is_a_login_error_and_its_second_challenge_gets_an_empty_line() -> None:
    with ScriptedImap() as server:
        server.tell(
            "^AUTHENTICATE", "+ \r\n+ eyJzdGF0dXMiOiI0MDAifQ==\r\n{tag} NO AUTHENTICATE failed", times=1
        )
        with pytest.raises(MailboxLoginError) as caught:
            ImapMailbox(settings(server, password=None, token=lambda: SECRET)).open()
    assert SECRET not in str(caught.value)
    assert "" in server.commands


def test_a_password_beyond_ascii_is_sent_as_utf8() -> None:
    with ScriptedImap() as server:
        box = ImapMailbox(settings(server, password="mật-khẩu"))
        box.open()
        box.close()
    assert server.sasl == [base64.b64encode("\0hotro@mail.example\0mật-khẩu".encode()).decode()]


def test_names_and_passwords_are_quoted() -> None:
    with ScriptedImap() as server:
        box = ImapMailbox(settings(server, username='VST\\ho "tro"', password='a"b\\c'))
        box.open()
        box.close()
    assert server.commands[1] == 'LOGIN "VST\\\\ho \\"tro\\"" "a\\"b\\\\c"'


@pytest.mark.parametrize(
    ("answer", "is_login_error"),
    [
        ("NO [AUTHENTICATIONFAILED] wrong", True),
        ("NO wrong", True),
        ("BAD [EXPIRED] old", True),
        ("NO [UNAVAILABLE] the directory is down", False),
        ("NO [INUSE] busy", False),
    ],
)
def test_only_refused_credentials_are_a_login_error(answer: str, is_login_error: bool) -> None:  # noqa: FBT001 - a parameter
    with ScriptedImap() as server:
        server.tell("^LOGIN", "{tag} " + answer)
        with pytest.raises(MailboxError) as caught:
            ImapMailbox(settings(server)).open()
    assert isinstance(caught.value, MailboxLoginError) is is_login_error
    assert answer.split(" ", 1)[1].rsplit("]", maxsplit=1)[-1].strip() in str(caught.value)


def test_a_connection_that_breaks_during_login_is_no_login_error() -> None:
    with ScriptedImap() as server:
        server.tell("^LOGIN", "drop")
        with pytest.raises(MailboxError) as caught:
            ImapMailbox(settings(server)).open()
    assert not isinstance(caught.value, MailboxLoginError)


def test_a_password_is_not_sent_in_the_clear_to_a_server_that_forbids_it() -> None:
    with (
        ScriptedImap(capabilities="IMAP4rev1 LOGINDISABLED STARTTLS AUTH=PLAIN") as server,
        pytest.raises(MailboxError, match="no login without TLS"),
    ):
        ImapMailbox(settings(server)).open()
    assert not any(word in command for command in server.commands for word in ("LOGIN", "AUTHENTICATE"))


def test_a_server_that_repeats_the_secret_does_not_get_it_into_the_error() -> None:
    with ScriptedImap() as server:
        server.tell("^LOGIN", f"{{tag}} NO the password {SECRET} is wrong")
        with pytest.raises(MailboxLoginError) as caught:
            ImapMailbox(settings(server)).open()
    assert SECRET not in str(caught.value)
    assert "*** is wrong" in str(caught.value)


def test_the_debug_log_of_a_whole_session_holds_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with ScriptedImap() as server:
        for credentials in ({}, {"password": None, "token": lambda: SECRET}, {"password": SECRET + "ạ"}):
            box = ImapMailbox(settings(server, **credentials))
            box.open()
            box.close()
    encoded = base64.b64encode(SECRET.encode()).decode().rstrip("=")[:-1]
    assert "LOGIN" in caplog.text
    assert SECRET not in caplog.text
    assert encoded not in caplog.text


def test_settings_do_not_print_their_secret() -> None:
    with ScriptedImap() as server:
        assert SECRET not in repr(settings(server))


@pytest.mark.parametrize("key", ["host", "username", "password", "folder", "processed_folder"])
@pytest.mark.parametrize("hostile", ["a\r\nA1 DELETE INBOX", "a\n", "a\r", "a\0b"])
def test_a_line_break_in_the_settings_is_refused(key: str, hostile: str) -> None:
    with ScriptedImap() as server, pytest.raises(ConfigError, match=rf"mailbox\.{key}"):
        settings(server, **{key: hostile})


def test_settings_that_could_never_work_are_refused() -> None:
    with ScriptedImap() as server:
        with pytest.raises(ConfigError, match=r"mailbox\.password"):
            settings(server, password=None)
        with pytest.raises(ConfigError, match=r"mailbox\.processed_folder"):
            settings(server, processed_folder="INBOX")


@pytest.fixture(scope="module")
def watched_gate() -> Iterator[tuple[Gate, ScriptedImap]]:
    """One signed-in connection for all examples of a property, and the server that notes its commands."""
    with ScriptedImap({1: b"a"}) as server:
        gate = connect(settings(server))
        gate.select("INBOX")
        yield gate, server
        gate.logout()


@given(
    before=st.text(max_size=5),
    breach=st.sampled_from("\r\n\0"),
    after=st.sampled_from(["", "X1 LOGOUT", "\nX1 DELETE INBOX", "x"]),
)
def test_no_argument_with_a_line_break_reaches_the_wire(
    watched_gate: tuple[Gate, ScriptedImap], before: str, breach: str, after: str
) -> None:
    gate, server = watched_gate
    hostile = before + breach + after
    sent = len(server.commands)
    for attempt in (
        lambda: gate.select(hostile),
        lambda: gate.search(hostile),
        lambda: gate.fetch([1], [hostile]),
        lambda: gate.add_flag([1], hostile),
        lambda: gate.copy([1], hostile),
        lambda: gate.move([1], hostile),
        lambda: gate.create(hostile),
        lambda: gate.subscribe(hostile),
        lambda: gate.folders(hostile),
        lambda: gate.login(hostile, "x"),
        lambda: gate.login("x", hostile),
    ):
        with pytest.raises(MailboxError):
            attempt()
    gate.changes()
    assert server.commands[sent:] == ["NOOP"]


@pytest.mark.parametrize(
    "criteria",
    [
        'HEADER Message-ID "x"',
        "SUBJECT x",
        "BODY x",
        "UNDELETED SUBJECT x",
        "UNDELETED UNKEYWORD $Other",
        "",
        " ",
        "UID x",
    ],
)
def test_a_search_for_anything_but_flags_and_uids_is_not_made(criteria: str) -> None:
    with ScriptedImap({1: b"a"}) as server:
        gate = connect(settings(server))
        gate.select("INBOX")
        with pytest.raises(MailboxError, match="not one that this service makes"):
            gate.search(criteria)
        gate.logout()
    assert not any("SEARCH" in command for command in server.commands)


def test_a_token_comes_from_a_program_without_a_shell(tmp_path: Path) -> None:
    program = tmp_path / "token program; echo x"
    program.write_text(f"#!{sys.executable}\nimport sys\nprint(sys.argv[1])\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    assert token_from_command([str(program), "$HOME;`id`"])() == "$HOME;`id`"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("raise SystemExit(3)", "ended with 3"),
        ("print()", "gives no access token"),
        ("print('two words')", "gives no access token"),
        ("print('two'); print('lines')", "gives no access token"),
        ("import sys; sys.stdout.buffer.write(b'\\xff')", "cannot be run"),
    ],
)
def test_a_token_program_that_fails_is_named_without_its_arguments(code: str, sentence: str) -> None:
    with pytest.raises(MailboxError, match=sentence) as caught:
        token_from_command([sys.executable, "-c", code, SECRET])()
    assert sys.executable in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_token_program_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(MailboxError, match="nothing-here"):
        token_from_command([str(tmp_path / "nothing-here")])()


def test_a_token_file_is_read_anew_each_time(tmp_path: Path) -> None:
    path = tmp_path / "token"
    token = token_from_file(path)
    with pytest.raises(MailboxError, match="cannot be read"):
        token()
    for text in ("first", "second"):
        path.write_text(text + "\n")
        assert token() == text
    path.write_text(" \n")
    with pytest.raises(MailboxError, match="gives no access token"):
        token()
