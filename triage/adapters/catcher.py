"""An SMTP server in this process that keeps every message and can be told how to answer."""

from __future__ import annotations

import asyncio
import base64
import logging
import threading
import weakref
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from triage.adapters.embedded_loop import LOOPBACK, EmbeddedServer, abort_all, quiet_libraries
from triage.adapters.tokens import xoauth2
from triage.errors import ConfigError

if TYPE_CHECKING:
    import ssl

    from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Stage = Literal["ehlo", "auth", "mail", "rcpt", "data"]
"""Where in a session an answer applies; ``data`` is the answer to the end of the data."""

_SIZE_LIMIT_BYTES = 64 * 1024 * 1024
_OK = "250 2.0.0 OK"


@dataclass(frozen=True, slots=True)
class CaughtMessage:
    """One message that was accepted, with its envelope; dots are unstuffed, else the bytes are as sent."""

    envelope_from: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass(frozen=True, slots=True)
class _Answer:
    """What to say at a stage; ``reply`` None drops the connection, ``keep`` keeps the message even so."""

    reply: str | None
    keep: bool


class SmtpCatcher(EmbeddedServer):
    """An SMTP server on loopback (aiosmtpd) that delivers nothing; a context manager.

    With ``username`` it demands a login, by ``token`` (XOAUTH2) where that is given. ``context`` is the TLS
    certificate for the tls modes ``starttls`` and ``implicit``. Raises ConfigError when aiosmtpd is not
    installed.
    """

    def __init__(
        self,
        *,
        username: str | None = None,
        password: str | None = None,
        token: str | None = None,
        tls: Literal["none", "starttls", "implicit"] = "none",
        context: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__("smtp-catcher")
        self.connections = 0
        self._username = username
        self._password = password
        self._token = token
        self._tls = tls
        self._context = context
        self._messages: list[CaughtMessage] = []
        self._answers: dict[Stage, deque[_Answer]] = {}
        self._news = threading.Condition()
        self._sessions: weakref.WeakSet[SMTP] = weakref.WeakSet()

    @property
    def messages(self) -> tuple[CaughtMessage, ...]:
        """Every message accepted so far, in the order of arrival."""
        with self._news:
            return tuple(self._messages)

    def clear(self) -> None:
        """Forget the messages and the answers that were laid down."""
        with self._news:
            self._messages.clear()
            self._answers.clear()

    def answer(self, stage: Stage, reply: str, times: int = 1) -> None:
        """Give this reply (``451 4.3.0 Try later``) the next times the stage is reached, instead of OK."""
        self._lay_down(stage, _Answer(reply, keep=False), times)

    def drop(self, stage: Stage, times: int = 1, *, keep: bool = False) -> None:
        """Close the connection at the stage without a reply.

        With ``keep`` at ``data`` the message counts as accepted: the sender cannot know that it was.
        """
        self._lay_down(stage, _Answer(None, keep=keep), times)

    def wait_for(self, count: int, timeout_seconds: float = 10.0) -> tuple[CaughtMessage, ...]:
        """Wait until there are this many messages, or the time is up; give what there is."""
        with self._news:
            self._news.wait_for(lambda: len(self._messages) >= count, timeout_seconds)
            return tuple(self._messages)

    def _lay_down(self, stage: Stage, answer: _Answer, times: int) -> None:
        with self._news:
            self._answers.setdefault(stage, deque()).extend([answer] * times)

    def _next(self, stage: Stage) -> _Answer | None:
        with self._news:
            waiting = self._answers.get(stage)
            return waiting.popleft() if waiting else None

    def _keep(self, envelope: Envelope) -> None:
        raw = envelope.original_content or b""
        message = CaughtMessage((envelope.mail_from or "").strip("<>"), tuple(envelope.rcpt_tos), raw)
        with self._news:
            self._messages.append(message)
            self._news.notify_all()

    async def _close(self, server: asyncio.Server) -> None:
        server.close()
        await abort_all(session.transport for session in self._sessions)

    async def _serve(self) -> int:
        with quiet_libraries():
            try:
                # Only the demo and the tests need aiosmtpd, so that the service runs without it.
                from aiosmtpd import smtp as aiosmtpd  # noqa: PLC0415 - see above
            except ImportError as error:
                raise ConfigError(
                    "The embedded servers need aiosmtpd; install it with: pip install 'triage[demo]'"
                ) from error

        # It logs each login as a misuse of its own past interface.
        logging.getLogger("mail.log").setLevel(logging.ERROR)

        def judge(
            _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
        ) -> aiosmtpd.AuthResult:
            answer = self._next("auth")
            if answer is not None:
                return aiosmtpd.AuthResult(success=False, handled=False, message=answer.reply)
            expected = ((self._username or "").encode(), (self._password or "").encode())
            # handled=False leaves the words of the refusal to aiosmtpd.
            return aiosmtpd.AuthResult(success=(data.login, data.password) == expected, handled=False)

        def accept() -> SMTP:
            session = aiosmtpd.SMTP(
                _handler(self, self._username, self._token),
                data_size_limit=_SIZE_LIMIT_BYTES,
                enable_SMTPUTF8=True,
                hostname="catcher.example",
                loop=asyncio.get_running_loop(),
                tls_context=self._context if self._tls == "starttls" else None,
                require_starttls=self._tls == "starttls",
                authenticator=judge if self._username else None,
                auth_require_tls=False,
                auth_exclude_mechanism=["LOGIN", "PLAIN"] if self._token else None,
            )
            self.connections += 1
            self._sessions.add(session)
            return session

        implicit = self._context if self._tls == "implicit" else None
        self._server = await asyncio.get_running_loop().create_server(accept, LOOPBACK, 0, ssl=implicit)
        port: int = self._server.sockets[0].getsockname()[1]
        return port


class _Handler:
    """The hooks that aiosmtpd calls; their names and arguments are its own."""

    def __init__(self, catcher: SmtpCatcher, *, login_first: bool) -> None:
        self._catcher = catcher
        self._login_first = login_first

    async def handle_EHLO(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        answer = self._catcher._next("ehlo")  # noqa: SLF001 - the hooks are the other half of the catcher
        return responses if answer is None else [_say(server, answer)]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._catcher._next("mail")  # noqa: SLF001 - as above
        if answer is not None:
            return _say(server, answer)
        if self._login_first and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return _OK

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._catcher._next("rcpt")  # noqa: SLF001 - as above
        if answer is not None:
            return _say(server, answer)
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return _OK

    async def handle_DATA(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        answer = self._catcher._next("data")  # noqa: SLF001 - as above
        if answer is None or answer.keep:
            self._catcher._keep(envelope)  # noqa: SLF001 - as above
        return _OK if answer is None else _say(server, answer)


class _TokenHandler(_Handler):
    """The same for a server that takes access tokens alone."""

    def __init__(self, catcher: SmtpCatcher, expected: str) -> None:
        super().__init__(catcher, login_first=True)
        self._expected = expected

    async def auth_XOAUTH2(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, arguments: list[str]
    ) -> AuthResult:
        from aiosmtpd import smtp as aiosmtpd  # noqa: PLC0415 - as above

        said = base64.b64decode(arguments[1]).decode()
        if said == self._expected:
            return aiosmtpd.AuthResult(success=True, auth_data=said)
        # What is wrong is told in a challenge, to which the client answers nothing.
        await server.challenge_auth('{"status":"400"}')
        return aiosmtpd.AuthResult(success=False, handled=False)


def _handler(catcher: SmtpCatcher, username: str | None, token: str | None) -> _Handler:
    if username and token:
        return _TokenHandler(catcher, xoauth2(username, token))
    return _Handler(catcher, login_first=username is not None)


def _say(server: SMTP, answer: _Answer) -> str:
    if answer.reply is None:
        transport = server.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()
        return "421 4.3.2 Closing"
    return answer.reply
