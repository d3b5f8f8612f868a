import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from support.catcher import SmtpCatcher
from support.certificates import Certificates, make_certificates

from triage.adapters.smtp import SmtpSender, SmtpSettings
from triage.errors import SmtpError, SmtpLoginError
from triage.ports import Deferred, Delivered, Refused

FROM = "hotro@kho-bac.example"
TO = "ketoan@donvi.example"
RAW = b"From: a@kho-bac.example\r\nTo: someone-else@donvi.example\r\nSubject: x\r\n\r\nXin ch=C3=A0o\r\n"


def settings_for(server: SmtpCatcher, **changes: object) -> SmtpSettings:
    known = {
        "host": server.host,
        "port": server.port,
        "from_address": FROM,
        "tls": "none",
        "timeout_seconds": 5,
    }
    return SmtpSettings(**(known | changes))  # type: ignore[arg-type]


@pytest.fixture
def sender(catcher: SmtpCatcher) -> Iterator[SmtpSender]:
    made = SmtpSender(settings_for(catcher))
    yield made
    made.close()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"), "DNS:localhost")


def test_a_message_arrives_byte_by_byte_at_the_named_recipient_only(
    catcher: SmtpCatcher, sender: SmtpSender
) -> None:
    result = sender.send(TO, RAW)
    assert isinstance(result, Delivered)
    assert result.response.startswith("250 ")
    (caught,) = catcher.messages
    assert (caught.envelope_from, caught.recipients, caught.raw) == (FROM, (TO,), RAW)


def test_many_messages_share_one_connection(catcher: SmtpCatcher, sender: SmtpSender) -> None:
    assert all(isinstance(sender.send(TO, RAW), Delivered) for _ in range(5))
    assert (len(catcher.messages), catcher.connections) == (5, 1)


@pytest.mark.parametrize(
    ("stage", "reply", "expected"),
    [
        ("mail", "451 4.3.0 Try later", Deferred),
        ("mail", "452 4.3.1 Disk full", Deferred),
        ("mail", "552 5.3.4 Too large", Refused),
        ("rcpt", "450 4.2.1 Mailbox busy", Deferred),
        ("rcpt", "421 4.7.0 Too many recipients", Deferred),
        ("rcpt", "550 5.1.1 No such user", Refused),
        ("rcpt", "554 5.7.1 Relay denied", Refused),
        ("data", "451 4.7.1 Greylisted", Deferred),
        ("data", "421 4.3.2 Shutting down", Deferred),
        ("data", "554 5.6.0 Content refused", Refused),
    ],
)
def test_an_answer_is_told_word_for_word_and_the_next_message_goes_through(
    catcher: SmtpCatcher, sender: SmtpSender, stage: str, reply: str, expected: type
) -> None:
    catcher.answer(stage, reply)  # type: ignore[arg-type]
    result = sender.send(TO, RAW)
    assert result == expected(reply)
    assert catcher.messages == ()
    assert isinstance(sender.send(TO, RAW), Delivered)
    assert len(catcher.messages) == 1


def test_a_refusal_of_our_own_address_blames_no_message(catcher: SmtpCatcher, sender: SmtpSender) -> None:
    catcher.answer("mail", "550 5.7.1 Sender not allowed")
    with pytest.raises(SmtpError, match=r"refuses mail from hotro@kho-bac\.example: 550 5\.7\.1"):
        sender.send(TO, RAW)
    assert isinstance(sender.send(TO, RAW), Delivered)


@pytest.mark.parametrize("stage", ["mail", "rcpt"])
@pytest.mark.parametrize("how", ["drop", "421"])
def test_a_kept_connection_that_ends_is_replaced_and_the_message_goes_once(
    catcher: SmtpCatcher, sender: SmtpSender, stage: str, how: str
) -> None:
    assert isinstance(sender.send(TO, RAW), Delivered)
    if how == "drop":
        catcher.drop(stage)  # type: ignore[arg-type]
    else:
        catcher.answer(stage, "421 4.4.2 Idle too long")  # type: ignore[arg-type]
    assert isinstance(sender.send(TO, RAW), Delivered)
    assert (len(catcher.messages), catcher.connections) == (2, 2)


def test_a_new_connection_that_ends_before_the_message_is_an_error(
    catcher: SmtpCatcher, sender: SmtpSender
) -> None:
    catcher.drop("mail")
    with pytest.raises(SmtpError, match="before it was given the message"):
        sender.send(TO, RAW)
    assert isinstance(sender.send(TO, RAW), Delivered)


def test_a_server_that_keeps_ending_connections_is_tried_twice_and_no_more(
    catcher: SmtpCatcher, sender: SmtpSender
) -> None:
    sender.send(TO, RAW)
    catcher.drop("rcpt", times=5)
    with pytest.raises(SmtpError):
        sender.send(TO, RAW)
    assert catcher.connections == 2


def test_silence_after_the_message_is_never_followed_by_a_second_sending(
    catcher: SmtpCatcher, sender: SmtpSender
) -> None:
    sender.send(TO, RAW)
    catcher.drop("data", keep=True)
    with pytest.raises(SmtpError, match="fell silent before it said whether it took"):
        sender.send(TO, RAW)
    assert len(catcher.messages) == 2
    assert isinstance(sender.send(TO, RAW), Delivered)
    assert len(catcher.messages) == 3


@pytest.mark.parametrize(
    "recipient", ["a@b.example>\r\nRCPT TO:<c@d.example", "a b@c.example", "<>", "a\x00@b.example", ""]
)
def test_an_address_that_could_be_read_as_a_command_is_refused_before_it_is_sent(
    catcher: SmtpCatcher, sender: SmtpSender, recipient: str
) -> None:
    assert isinstance(sender.send(recipient, RAW), Refused)
    assert catcher.connections == 0


def test_an_address_is_passed_on_exactly_as_it_is(catcher: SmtpCatcher, sender: SmtpSender) -> None:
    address = "o'brien+x/y=z@Don-Vi.example"
    sender.send(address, RAW)
    assert catcher.messages[0].recipients == (address,)


def test_an_address_beyond_ascii_goes_out_where_the_server_offers_smtputf8(
    catcher: SmtpCatcher, sender: SmtpSender
) -> None:
    assert isinstance(sender.send("kế.toán@đơnvị.example", RAW), Delivered)
    assert isinstance(sender.send(TO, RAW), Delivered)
    assert [message.recipients for message in catcher.messages] == [("kế.toán@đơnvị.example",), (TO,)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(st.binary(max_size=20), max_size=6),
    end=st.sampled_from([b"", b".", b"\r\n.\r\n", b"\n.\n", b"\r.\r"]),
)
def test_nothing_inside_a_message_can_end_it(
    catcher: SmtpCatcher, sender: SmtpSender, lines: list[bytes], end: bytes
) -> None:
    catcher.clear()
    body = b"\r\n".join([b".", b"..", *lines, b"MAIL FROM:<x@y.example>"]) + end
    assert isinstance(sender.send(TO, b"Subject: x\r\n\r\n" + body), Delivered)
    (caught,) = catcher.messages
    normal = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    assert caught.raw == b"Subject: x\r\n\r\n" + (normal if normal.endswith(b"\r\n") else normal + b"\r\n")


# -- logging in and TLS


def test_a_login_is_made_once_and_a_wrong_one_is_told() -> None:
    with SmtpCatcher(username="hotro", password="đúng rồi".encode("ascii", "ignore").decode()) as server:
        good = SmtpSender(settings_for(server, username="hotro", password="ng ri"))
        assert isinstance(good.send(TO, RAW), Delivered)
        good.close()
        bad = SmtpSender(settings_for(server, username="hotro", password="wrong"))
        with pytest.raises(SmtpLoginError, match="refuses our login: 535") as told:
            bad.send(TO, RAW)
        assert "wrong" not in str(told.value)
        none = SmtpSender(settings_for(server))
        with pytest.raises(SmtpLoginError, match="wants a login: 530"):
            none.send(TO, RAW)
        none.close()


def test_an_access_token_signs_in_and_is_asked_for_anew_each_time() -> None:
    tokens = iter(["token-1", "stale", "token-1"])
    with SmtpCatcher(username="hotro", token="token-1") as server:
        sender = SmtpSender(settings_for(server, username="hotro", token=lambda: next(tokens)))
        assert isinstance(sender.send(TO, RAW), Delivered)
        sender.close()
        with pytest.raises(SmtpLoginError, match="refuses our login: 535") as told:
            sender.send(TO, RAW)
        assert "stale" not in str(told.value)
        assert isinstance(sender.send(TO, RAW), Delivered)
        sender.close()
    assert len(server.messages) == 2


def test_a_token_is_never_shown_to_a_server_that_takes_none() -> None:
    with SmtpCatcher(username="hotro", password="x") as server:
        sender = SmtpSender(settings_for(server, username="hotro", token=lambda: "token-1"))
        with pytest.raises(SmtpLoginError, match="offers no login that we can do"):
            sender.send(TO, RAW)


def test_a_login_that_fails_for_now_is_no_wrong_password() -> None:
    with SmtpCatcher(username="hotro", password="x") as server:
        server.answer("auth", "454 4.7.0 Temporary authentication failure", times=5)
        sender = SmtpSender(settings_for(server, username="hotro", password="x"))
        with pytest.raises(SmtpError) as told:
            sender.send(TO, RAW)
        assert not isinstance(told.value, SmtpLoginError)


def test_the_password_never_shows_in_the_settings() -> None:
    assert "secret" not in repr(SmtpSettings("h", 25, FROM, username="u", password="secret"))


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_is_verified(certificates: Certificates, tls: str) -> None:
    with SmtpCatcher(tls=tls, context=certificates.server_context()) as server:  # type: ignore[arg-type]
        known = settings_for(server, tls=tls, host="localhost", ca_file=str(certificates.authority))
        good = SmtpSender(known)
        assert isinstance(good.send(TO, RAW), Delivered)
        good.close()
        unknown = SmtpSender(settings_for(server, tls=tls, host="localhost"))
        with pytest.raises(SmtpError, match=r"certificate that is not trusted \(.*set \[smtp\] ca_file"):
            unknown.send(TO, RAW)
        other_name = SmtpSender(
            settings_for(server, tls=tls, host="127.0.0.1", ca_file=str(certificates.authority))
        )
        with pytest.raises(SmtpError, match=r"not trusted .* as host"):
            other_name.send(TO, RAW)
        assert len(server.messages) == 1


def test_a_server_that_hides_starttls_gets_nothing_in_clear(catcher: SmtpCatcher) -> None:
    with pytest.raises(SmtpError, match="does not offer STARTTLS"):
        SmtpSender(settings_for(catcher, tls="starttls", username="u", password="p")).send(TO, RAW)
    assert catcher.messages == ()


def test_a_missing_file_of_authorities_is_named(catcher: SmtpCatcher, tmp_path: Path) -> None:
    with pytest.raises(SmtpError, match=r"smtp\.ca_file .*absent\.pem cannot be used: No such file"):
        SmtpSender(settings_for(catcher, tls="implicit", ca_file=str(tmp_path / "absent.pem"))).send(TO, RAW)


# -- servers that aiosmtpd cannot play: each is a script of what is said on the first connection


@contextlib.contextmanager
def scripted(play: Callable[[socket.socket], None]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                play(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(timeout=10)
        assert not thread.is_alive()


def until_closed(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def test_nobody_listening_is_told_with_host_and_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SmtpError, match=rf"127\.0\.0\.1:{port} cannot be reached"):
        SmtpSender(SmtpSettings("127.0.0.1", port, FROM, tls="none")).send(TO, RAW)


def test_a_server_that_never_greets_is_given_up() -> None:
    with scripted(until_closed) as port:
        sender = SmtpSender(SmtpSettings("127.0.0.1", port, FROM, tls="none", timeout_seconds=0.3))
        with pytest.raises(SmtpError, match="cannot be reached"):
            sender.send(TO, RAW)


@pytest.mark.parametrize("greeting", [b"554 5.3.2 No service here\r\n", b"421 Busy\r\n", b"hello\r\n"])
def test_a_greeting_that_is_no_welcome_is_an_error_and_no_refusal(greeting: bytes) -> None:
    def play(connection: socket.socket) -> None:
        connection.sendall(greeting)
        until_closed(connection)

    with scripted(play) as port, pytest.raises(SmtpError):
        SmtpSender(SmtpSettings("127.0.0.1", port, FROM, tls="none", timeout_seconds=5)).send(TO, RAW)


def conversation(answers: list[bytes]) -> Callable[[socket.socket], None]:
    """Play a server that gives these answers, one a line received (a message counts as one), and no more."""

    def play(connection: socket.socket) -> None:
        reader = connection.makefile("rb")
        connection.sendall(b"220 old.example ESMTP\r\n")
        for answer in answers:
            line = reader.readline()
            if answer.startswith(b"after data:"):
                while line not in {b".\r\n", b""}:
                    line = reader.readline()
            connection.sendall(answer.removeprefix(b"after data:"))
        reader.close()
        until_closed(connection)

    return play


def test_a_server_that_never_answers_the_message_leaves_its_fate_open() -> None:
    with scripted(
        conversation([b"250 old.example\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"])
    ) as port:
        sender = SmtpSender(SmtpSettings("127.0.0.1", port, FROM, tls="none", timeout_seconds=0.3))
        with pytest.raises(SmtpError, match="fell silent before it said whether it took"):
            sender.send(TO, RAW)


def test_gibberish_after_the_message_leaves_its_fate_open() -> None:
    answers = [b"250 old.example\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"after data:was?\r\n"]
    with scripted(conversation(answers)) as port:
        sender = SmtpSender(SmtpSettings("127.0.0.1", port, FROM, tls="none", timeout_seconds=5))
        with pytest.raises(SmtpError, match="makes no sense"):
            sender.send(TO, RAW)


@pytest.mark.parametrize("offer", [b"250 old.example\r\n", b"250-old.example\r\n250 AUTH GSSAPI\r\n"])
def test_a_server_without_a_login_that_we_can_do_is_told_as_such(offer: bytes) -> None:
    with scripted(conversation([offer])) as port:
        known = SmtpSettings(
            "127.0.0.1", port, FROM, tls="none", timeout_seconds=5, username="u", password="p"
        )
        with pytest.raises(SmtpLoginError, match="offers no login that we can do"):
            SmtpSender(known).send(TO, RAW)


def test_an_address_beyond_ascii_is_refused_where_the_server_lacks_smtputf8() -> None:
    with scripted(conversation([b"250 old.example\r\n"])) as port:
        sender = SmtpSender(SmtpSettings("127.0.0.1", port, FROM, tls="none", timeout_seconds=0.3))
        result = sender.send("kế.toán@donvi.example", RAW)
        sender.close()
    assert isinstance(result, Refused)
    assert "SMTPUTF8" in result.response


def test_the_host_gives_a_full_name_or_its_address_when_it_says_ehlo() -> None:
    heard: list[bytes] = []

    def play(connection: socket.socket) -> None:
        connection.sendall(b"220 x\r\n")
        heard.append(connection.recv(4096))
        connection.sendall(b"250 x\r\n")
        until_closed(connection)

    with scripted(play) as port:
        sender = SmtpSender(SmtpSettings("127.0.0.1", port, FROM, tls="none", timeout_seconds=0.3))
        sender.check()
    name = heard[0].removeprefix(b"ehlo ").strip()
    assert b"." in name


def test_check_connects_and_sends_nothing(catcher: SmtpCatcher, sender: SmtpSender) -> None:
    sender.check()
    assert (catcher.connections, catcher.messages) == (1, ())
    sender.close()
    sender.close()
