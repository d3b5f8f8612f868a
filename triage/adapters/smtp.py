"""Hands finished messages to the outgoing mail server, over one connection that is kept open.

The envelope sender is the address that the letter is from, where that is one of ours, else the configured
one, and not ``<>``, although RFC 3834 3.3 allows both: bounces of our letters shall come back to the mailbox,
where they are recognised, joined to their ticket and never answered, so that no loop starts from them. The
recipient is the one that the caller names, never a header's.
"""

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from typing import Literal

from triage.adapters.certificates import distrust
from triage.adapters.scissors import Scissors, longest
from triage.adapters.smtp_dial import dial
from triage.adapters.smtp_dialogue import Answer, on_the_wire, own_name, propose, said, told_by
from triage.adapters.tokens import xoauth2
from triage.crashpoints import crash_point
from triage.errors import SmtpError, SmtpLoginError, SmtpLostError
from triage.ports import Deferred, Delivered, Refused, Submission

Tls = Literal["implicit", "starttls", "none"]

_QUIT_SECONDS = 5.0
_CLOSING = 421
_START_DATA = 354
_LOGIN_NEEDED = 530
_TOO_LARGE = 552
_UNFIT = re.compile(r"[\s<>\x00-\x20\x7f-\x9f]")

_BROKEN = OSError
"""No server, or no sense in what it says: timeouts, TLS failures and all that smtplib raises are OSError."""


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The outgoing server; without ``username`` there is no login.

    Where ``token`` is given it stands in place of a password: it gives an OAuth 2 access token and is asked
    anew at each login (XOAUTH2). ``ca_file`` replaces the system's authorities; ``timeout_seconds`` bounds
    the wait for each single answer, and five of them, with more for large messages, a whole step of the
    conversation.
    """

    host: str
    port: int
    from_address: str
    tls: Tls = "starttls"
    ca_file: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: Callable[[], str] | None = field(default=None, repr=False)
    timeout_seconds: float = 60
    others: frozenset[str] = frozenset()
    """Addresses besides ``from_address`` that letters of ours may be from."""


class _KeptConnectionEnded(Exception):  # noqa: N818 - a turn of events, handled one function above
    """The server has ended a connection that was kept open, before it was given a message."""


class SmtpSender:
    """Sends messages one after the other; for one thread.

    Raises SmtpError when there is no server to talk to, when it refuses our own address, or when its answer
    to a whole message was lost; SmtpLoginError when it refuses our login. After a lost answer the message may
    have been accepted: whoever tries again sends the same bytes, so that the receiver can tell both are one.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None
        self._scissors = Scissors()

    def send(self, recipient: str, raw: bytes) -> Submission:
        """Hand over one message; a kept connection that has ended before is replaced once."""
        if _UNFIT.search(recipient) or "@" not in recipient:
            return Refused(f"the address {recipient!r} cannot be put into an SMTP command")
        try:
            answer = self._begin(recipient, raw)
        except _KeptConnectionEnded:
            answer = self._begin(recipient, raw)
        if isinstance(answer, Refused):
            return answer
        if answer.stage == "DATA" and answer.code == _START_DATA:
            crash_point("deliver:proposed")
            answer = self._transmit(raw)
        return self._judge(answer, self._sender_of(raw))

    def check(self) -> None:
        """Connect, sign in, send nothing and close; raises as ``send`` does."""
        self.close()
        self._connection()
        self.close()

    def close(self) -> None:
        """Say QUIT as politely as the connection still allows; never raises."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(min(_QUIT_SECONDS, self._settings.timeout_seconds))
            with self._scissors.after(_QUIT_SECONDS):
                smtp.quit()
        except _BROKEN:
            smtp.close()
        self._scissors.let_go()

    def _begin(self, recipient: str, raw: bytes) -> Answer | Refused:
        """Go as far as the server's leave to send the message, or its first answer that is no yes."""
        kept = self._smtp is not None
        smtp = self._connection()
        sender = self._sender_of(raw)
        if not (sender + recipient).isascii() and not smtp.has_extn("smtputf8"):
            return Refused(f"the outgoing server cannot deliver to {recipient}: it does not offer SMTPUTF8")
        try:
            with self._in_time():
                answer = propose(smtp, sender, recipient, raw)
        except _BROKEN as error:
            self._drop()
            if kept:
                raise _KeptConnectionEnded from error
            raise self._trouble("ended the connection before it was given the message", error) from error
        if answer.code == _CLOSING and kept:
            self._drop()
            raise _KeptConnectionEnded
        return answer

    def _sender_of(self, raw: bytes) -> str:
        """Give the envelope sender: bounces come back to the mailbox that the letter is from."""
        if not self._settings.others:
            return self._settings.from_address
        written = BytesHeaderParser().parsebytes(raw).get("From", "")
        address = parseaddr(str(written))[1]
        return address if address in self._settings.others else self._settings.from_address

    def _transmit(self, raw: bytes) -> Answer:
        """Send the message itself. From here on a lost connection leaves open whether it was accepted."""
        smtp = self._connection()
        try:
            with self._in_time(len(raw)):
                smtp.send(on_the_wire(raw))
                return Answer("end of data", *said(smtp.getreply()))
        except _BROKEN as error:
            self._drop()
            raise SmtpLostError(
                f"The outgoing mail server {self._where} fell silent before it said whether it took it."
            ) from error

    def _judge(self, answer: Answer, sender: str) -> Submission:
        """Turn an answer into a result. A refusal of MAIL is about us and not about the message.

        Where it is about the address of one mailbox among several, the letters of the others go on.
        """
        self._settle(answer)
        if answer.is_yes and answer.stage == "end of data":
            return Delivered(str(answer))
        if answer.is_not_now:
            return Deferred(str(answer))
        if answer.code == _LOGIN_NEEDED:
            raise SmtpLoginError(f"The outgoing mail server {self._where} wants a login: {answer}")
        if answer.is_no and (answer.stage != "MAIL" or answer.code == _TOO_LARGE):
            return Refused(str(answer))
        if answer.is_no and sender != self._settings.from_address:
            return Deferred(f"the server refuses mail from {sender}: {answer}")
        what = f"refuses mail from {sender}" if answer.is_no else "makes no sense"
        raise SmtpError(f"The outgoing mail server {self._where} {what}: {answer} (to {answer.stage})")

    def _settle(self, answer: Answer) -> None:
        """Leave the connection ready for the next message, or let it go where that is in doubt."""
        if answer.stage == "end of data" and answer.is_yes:
            return
        refused = answer.is_no or (answer.is_not_now and answer.code != _CLOSING)
        if not refused or self._smtp is None:
            self._drop()
            return
        try:
            with self._in_time():
                self._smtp.rset()
        except _BROKEN:
            self._drop()

    def _connection(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = self._connect()
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        try:
            with self._in_time():
                smtp = self._reach()
        except _BROKEN as error:
            self._scissors.let_go()
            raise self._trouble("cannot be reached", error) from error
        try:
            smtp.local_hostname = own_name(smtp)
            with self._in_time():
                self._secure(smtp)
                self._sign_in(smtp)
        except _BROKEN as error:
            self._hang_up(smtp)
            raise self._trouble("did not get as far as taking mail", error) from error
        except SmtpError:
            self._hang_up(smtp)
            raise
        return smtp

    def _reach(self) -> smtplib.SMTP:
        where = self._settings
        context = self._context() if where.tls == "implicit" else None
        return dial(where.host, where.port, where.timeout_seconds, context, self._scissors)

    def _in_time(self, octets: int = 0) -> AbstractContextManager[None]:
        """Bound a whole step, however slowly the server draws it out."""
        return self._scissors.after(longest(self._settings.timeout_seconds, octets))

    def _secure(self, smtp: smtplib.SMTP) -> None:
        """Start TLS where it is asked for. A server that does not offer it gets nothing from us in clear."""
        smtp.ehlo_or_helo_if_needed()
        if self._settings.tls != "starttls":
            return
        if not smtp.has_extn("starttls"):
            raise SmtpError(f"The outgoing mail server {self._where} does not offer STARTTLS")
        smtp.starttls(context=self._context())
        smtp.ehlo_or_helo_if_needed()

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        name, token = self._settings.username, self._settings.token
        if name is None:
            return
        try:
            if token is None:
                smtp.login(name, self._settings.password or "")
            else:
                _authenticate(smtp, xoauth2(name, token()))
        except smtplib.SMTPAuthenticationError as error:
            answer = Answer("MAIL", *said((error.smtp_code, error.smtp_error)))
            failure = SmtpLoginError if answer.is_no else SmtpError
            raise failure(f"The outgoing mail server {self._where} refuses our login: {answer}") from error
        except (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException):
            raise
        except (smtplib.SMTPException, UnicodeError) as error:
            told = (
                "offers no login that we can do" if isinstance(error, OSError) else "takes ASCII logins only"
            )
            raise SmtpLoginError(f"The outgoing mail server {self._where} {told}") from error

    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._settings.ca_file)
        except OSError as error:
            told = error.strerror or str(error)  # an SSLError has its words in either place
            raise SmtpError(f"smtp.ca_file {self._settings.ca_file} cannot be used: {told}") from error

    def _drop(self) -> None:
        if self._smtp is not None:
            self._hang_up(self._smtp)
        self._smtp = None

    def _hang_up(self, smtp: smtplib.SMTP) -> None:
        smtp.close()
        self._scissors.let_go()

    @property
    def _where(self) -> str:
        return f"{self._settings.host}:{self._settings.port}"

    def _trouble(self, what: str, error: Exception) -> SmtpError:
        told = distrust(error, "smtp") or f"{what}: {told_by(error)}"
        return SmtpError(f"The outgoing mail server {self._where} {told}")


def _authenticate(smtp: smtplib.SMTP, words: str) -> None:
    """Sign in by XOAUTH2. A challenge after the first words carries an error, and wants an empty line."""
    if "XOAUTH2" not in str(smtp.esmtp_features.get("auth", "")).upper().split():
        raise smtplib.SMTPNotSupportedError
    smtp.auth("XOAUTH2", lambda challenge=None: words if challenge is None else "")
