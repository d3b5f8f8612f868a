"""The one way to an IMAP server: a short list of commands whose arguments have been looked at.

IMAPClient passes CR and LF through, so that a hostile argument becomes a second command
(mjs/imapclient#657). Nothing that a mail contains is ever an argument here: searches know flags and UIDs
only. Each failure leaves as a sentence that names the server and never the secret.
"""

import logging
import re
import socket
import ssl
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from imaplib import IMAP4
from typing import Any, TypeVar

from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, LoginError, ProtocolError

from triage.adapters.certificates import distrust
from triage.adapters.imap_memory import Changes, State, read_changes
from triage.adapters.imap_uids import as_set
from triage.adapters.scissors import Scissors, longest
from triage.errors import MailboxError

T = TypeVar("T")

Client = Any
"""An IMAPClient, or None once the connection is gone; its methods carry no types."""

STORED_KEYWORD = "$TriageStored"

_SEARCH = re.compile(r"(?:(?:UNDELETED|UNKEYWORD \$TriageStored|ALL|UID [\d:,*]+|[\d:,*]+)(?: (?=\S)|$))+")
_FORBIDDEN = re.compile("[\r\n\0]")
_APPENDED = re.compile(rb"\[APPENDUID (\d+) (\d+)\]", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_PREFIX = re.compile(r"(?:[A-Za-z]+ (?:failed|command error): )+")
_SAID_CHARACTERS = 200
_FAREWELL_SECONDS = 5.0
_FIRST_CONTACT = "the first contact"

# It warns of every answer that is not ASCII, with the whole answer, and goes on well enough.
logging.getLogger("imapclient.util").setLevel(logging.ERROR)


class ServerRefusedError(MailboxError):
    """The server answered NO or BAD, or something unreadable, and the connection still stands."""

    def __init__(self, sentence: str, said: str) -> None:
        super().__init__(sentence)
        self.said = said


@dataclass(frozen=True, slots=True)
class Selected:
    """What the server said of a folder when it was selected."""

    uidvalidity: int
    exists: int
    keywords: bool
    next_uid: int | None = None
    modseq: int | None = None

    @property
    def state(self) -> State | None:
        """What tells whether anything has changed; None where the server does not tell enough (NOMODSEQ)."""
        if self.next_uid is None or self.modseq is None:
            return None
        return State(self.uidvalidity, self.exists, self.next_uid, self.modseq)


@dataclass(frozen=True, slots=True)
class Storage:
    """How many octets a quota has in use, and how many it allows."""

    used: int
    limit: int


class Gate:
    """A connection that only says what is listed here. ``secrets`` are blotted out of every error.

    ``dial`` connects and lets the scissors hold the connection before the server has said a word;
    ``timeout_seconds`` is how long it waits for the server each time, from which follows what a whole command
    may take. Every method raises ServerRefusedError when the server says no, and MailboxError when the
    connection is gone; after that ``alive`` is False and the gate of no more use.
    """

    def __init__(
        self,
        dial: Callable[[Scissors], IMAPClient],
        where: str,
        timeout_seconds: float,
        secrets: Sequence[str] = (),
    ) -> None:
        self._where = where
        self._timeout_seconds = timeout_seconds
        self._secrets = tuple(secret for secret in secrets if secret)
        self._scissors = Scissors()
        self._client: Client = None
        client = self._told(_FIRST_CONTACT, lambda: dial(self._scissors))
        client.normalise_times = False
        self._client = client

    @property
    def alive(self) -> bool:
        """Whether the connection has not failed so far."""
        return self._client is not None

    def can(self, capability: str) -> bool:
        """Whether the server announces a capability."""
        return self._run("CAPABILITY", lambda client: bool(client.has_capability(capability)))

    def starttls(self, context: ssl.SSLContext) -> None:
        """Encrypt the connection; bytes that came before are thrown away with their buffer."""
        self._run("STARTTLS", lambda client: client.starttls(context))

    def login(self, username: str, password: str) -> None:
        """Sign in by LOGIN."""
        self._check(username, password)
        quoted = '"' + username.replace("\\", "\\\\").replace('"', '\\"') + '"'
        # IMAPClient quotes the password and not the name.
        self._run("LOGIN", lambda client: client.login(quoted, password))

    def authenticate(self, mechanism: str, respond: Callable[[bytes], bytes]) -> None:
        """Sign in by SASL; ``respond`` answers each challenge. Base64 keeps the answers on one line."""
        self._check(mechanism)
        self._run(f"AUTHENTICATE {mechanism}", lambda client: client.sasl_login(mechanism, respond))

    def select(self, folder: str, *, readonly: bool = False) -> Selected:
        """Select a folder, or only examine it."""
        self._check(folder)
        answer = self._run(
            "EXAMINE" if readonly else "SELECT",
            lambda client: client.select_folder(folder, readonly=readonly),
        )
        if not isinstance(answer.get(b"UIDVALIDITY"), int):
            raise MailboxError(f"IMAP server {self._where} gives no UIDVALIDITY for the folder {folder}.")
        permanent = {flag.lower() for flag in answer.get(b"PERMANENTFLAGS", ())}
        keywords = bool(permanent & {b"\\*", STORED_KEYWORD.lower().encode()})
        return Selected(
            answer[b"UIDVALIDITY"],
            answer.get(b"EXISTS", 0),
            keywords,
            next_uid=_number(answer.get(b"UIDNEXT")),
            modseq=_number(answer.get(b"HIGHESTMODSEQ")),
        )

    def enable(self, *extensions: str) -> frozenset[str]:
        """Turn on extensions (RFC 5161); gives those that the server has turned on."""
        try:
            enabled = self._run("ENABLE", lambda client: client.enable(*extensions))
        except ServerRefusedError:
            return frozenset()
        return frozenset(one.decode("ascii", "replace").upper() for one in enabled)

    def search(self, criteria: str) -> list[int]:
        """Give the UIDs that match flags and sequence sets, ascending; no other criteria are let through."""
        if not _SEARCH.fullmatch(criteria):
            raise MailboxError(f"The search {criteria!r} is not one that this service makes.")
        return sorted(set(self._run("SEARCH", lambda client: client.search(criteria))))

    def fetch(
        self, uids: Sequence[int], items: Sequence[str], octets: int = 0
    ) -> Mapping[int, Mapping[bytes, Any]]:
        """Fetch items of these messages, about so many octets; what the server adds unasked is left out."""
        self._check(*items)
        answer = self._run("FETCH", lambda client: client.fetch(list(uids), list(items)), octets)
        return {uid: answer[uid] for uid in uids if uid in answer}

    def changes_since(self, modseq: int) -> Changes:
        """Give what has come, changed or gone since a mod-sequence; QRESYNC must be enabled (RFC 7162)."""

        def ask(client: Client) -> Changes:
            imap = client._imap  # noqa: SLF001 - IMAPClient takes no sequence set here and drops VANISHED
            word, fetched = imap.uid("FETCH", "1:*", "(UID)", f"(CHANGEDSINCE {modseq} VANISHED)")
            if word != "OK":
                raise IMAP4.error(fetched[0])
            return read_changes(fetched, imap.response("VANISHED")[1])

        return self._run("FETCH", ask)

    def add_flag(self, uids: Iterable[int], flag: str) -> None:
        """Set one flag on these messages."""
        self._check(flag)
        self._run("STORE", lambda client: client.add_flags(as_set(uids), [flag], silent=True))

    def remove_flags(self, uids: Iterable[int], flags: Sequence[str]) -> None:
        """Take flags off these messages."""
        self._check(*flags)
        self._run("STORE", lambda client: client.remove_flags(as_set(uids), list(flags), silent=True))

    def append(
        self, folder: str, raw: bytes, flags: Sequence[str], received_at: datetime
    ) -> tuple[int, int] | None:
        """Put a message into a folder; give UIDVALIDITY and UID where the server tells them (UIDPLUS)."""
        self._check(folder, *flags)
        answer = self._run(
            "APPEND", lambda client: client.append(folder, raw, list(flags), received_at), len(raw)
        )
        found = _APPENDED.search(answer) if isinstance(answer, bytes) else None
        return (int(found[1]), int(found[2])) if found else None

    def storage(self, folder: str) -> Storage | None:
        """Give the quota that a folder counts in (RFC 9208), the fullest; None where there is none."""
        self._check(folder)
        _roots, quotas = self._run("GETQUOTAROOT", lambda client: client.get_quota_root(folder))
        told = [
            Storage(one.usage * 1024, one.limit * 1024) for one in quotas if one.resource.upper() == "STORAGE"
        ]
        return min(told, key=lambda one: one.limit - one.used, default=None)

    def copy(self, uids: Iterable[int], folder: str) -> None:
        """Copy these messages to a folder."""
        self._check(folder)
        self._run("COPY", lambda client: client.copy(as_set(uids), folder))

    def move(self, uids: Iterable[int], folder: str) -> None:
        """Move these messages to a folder (RFC 6851)."""
        self._check(folder)
        self._run("MOVE", lambda client: client.move(as_set(uids), folder))

    def expunge(self, uids: Iterable[int]) -> None:
        r"""Expunge those of these messages that are \Deleted (UIDPLUS, RFC 4315)."""
        self._run("UID EXPUNGE", lambda client: client.uid_expunge(as_set(uids)))

    def folders(self, pattern: str) -> list[tuple[frozenset[str], str | None, str]]:
        """Give flags (lower case), separator and name of the folders that match a LIST pattern."""
        self._check(pattern)
        listed = self._run("LIST", lambda client: client.list_folders("", pattern))
        return [(frozenset(map(_lower, flags)), _text(separator), name) for flags, separator, name in listed]

    def personal_namespace(self) -> tuple[str, str | None] | None:
        """Give prefix and separator of the user's own folders (RFC 2342); None where the server has none."""
        personal = self._run("NAMESPACE", lambda client: client.namespace().personal)
        if not personal:
            return None
        prefix, separator = personal[0]
        return prefix, separator or None

    def create(self, folder: str) -> None:
        """Create a folder."""
        self._check(folder)
        self._run("CREATE", lambda client: client.create_folder(folder))

    def subscribe(self, folder: str) -> None:
        """Subscribe to a folder, so that mail programs show it."""
        self._check(folder)
        self._run("SUBSCRIBE", lambda client: client.subscribe_folder(folder))

    def idle(self) -> tuple[socket.socket, bool]:
        """Begin IDLE (RFC 2177).

        Gives the socket that becomes readable when the server speaks, and whether it has spoken already, in
        one breath with its consent: those words have left the socket and would never make it readable.
        """

        def begin(client: Client) -> tuple[socket.socket, bool]:
            client.idle()
            return client.socket(), _has_spoken(client)

        return self._run("IDLE", begin)

    def idle_done(self) -> None:
        """End IDLE and read away whatever was said meanwhile."""
        self._listen("IDLE", lambda client: client.idle_done())

    def changes(self) -> list[tuple[int, bytes]]:
        """Let the server say what has changed: ``(3, b"EXISTS")``. Some show new mail to no search before."""
        _said, changes = self._listen("NOOP", lambda client: client.noop())
        return [(one[0], one[1]) for one in changes if len(one) > 1 and isinstance(one[0], int)]

    def logout(self) -> None:
        """Say goodbye, briefly; never raises."""
        if self._client is None:
            return
        try:
            self._client.socket().settimeout(_FAREWELL_SECONDS)
            with self._scissors.after(_FAREWELL_SECONDS):
                self._client.logout()
        except Exception:  # noqa: BLE001 - whatever a dying connection does, the farewell is over
            self.drop()
        self._client = None
        self._scissors.let_go()

    def cut(self) -> None:
        """End the command that is under way, from another thread; never raises."""
        self._scissors.cut()

    def drop(self) -> None:
        """Cut the connection without a word; never raises."""
        client, self._client = self._client, None
        if client is not None:
            # It was to be cut, and cut it is.
            with suppress(Exception):
                client.shutdown()
        self._scissors.let_go()

    def _listen(self, command: str, call: Callable[[Client], T]) -> T:
        try:
            return self._run(command, call)
        except ServerRefusedError:
            # IMAPClient stops at the first line it cannot read, in the middle of the answer.
            self.drop()
            raise

    def _check(self, *arguments: str) -> None:
        for argument in arguments:
            if _FORBIDDEN.search(argument):
                raise MailboxError(f"IMAP server {self._where}: an argument with a line break was not sent.")

    def _run(self, command: str, call: Callable[[Client], T], octets: int = 0) -> T:
        client = self._client
        if client is None:
            raise MailboxError(f"IMAP server {self._where} is not connected.")
        return self._told(command, lambda: call(client), octets)

    def _told(self, command: str, call: Callable[[], T], octets: int = 0) -> T:
        try:
            with self._scissors.after(longest(self._timeout_seconds, octets)):
                return call()
        except (IMAP4.abort, OSError) as error:
            raise self._lost(command, error) from error
        except LoginError as error:
            # IMAPClient makes a refused login even of a connection that broke.
            if isinstance(error.__context__, IMAP4.abort):
                raise self._lost(command, error.__context__) from error
            raise self._refusal(command, error.__context__ or error) from error
        except CapabilityError as error:
            said = "it does not offer that"
            raise ServerRefusedError(f"IMAP server {self._where} offers no {command}.", said) from error
        except ProtocolError as error:
            raise self._refusal(command, error) from error
        except IMAP4.error as error:
            # imaplib has stopped in the middle of an endless line.
            if self._client is None or "got more than" in str(error):
                raise self._lost(command, error) from error
            raise self._refusal(command, error) from error
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise self._lost(command, error) from error

    def _refusal(self, command: str, error: BaseException) -> ServerRefusedError:
        said = self._said(error)
        return ServerRefusedError(f"IMAP server {self._where} refuses {command}: {said}", said)

    def _lost(self, command: str, error: BaseException) -> MailboxError:
        self.drop()
        if told := distrust(error, "mailbox"):
            return MailboxError(f"IMAP server {self._where} {told}")
        what = "cannot be reached" if command == _FIRST_CONTACT else f"was lost during {command}"
        return MailboxError(f"IMAP server {self._where} {what}: {self._said(error)}")

    def _said(self, error: BaseException) -> str:
        first = error.args[0] if error.args and isinstance(error.args[0], bytes) else None
        text = first.decode("utf-8", "replace") if first is not None else _reason(error)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        text = _PREFIX.sub("", _UNPRINTABLE.sub(" ", text).strip())
        return text[:_SAID_CHARACTERS] or type(error).__name__


def _reason(error: BaseException) -> str:
    match error:
        case TimeoutError():
            return "no answer in time"
        case OSError():
            return error.strerror or str(error)
        case _:
            return str(error)


def _has_spoken(client: Client) -> bool:
    imap = client._imap  # noqa: SLF001 - nothing public tells what imaplib holds in its buffer
    if sys.version_info >= (3, 14):
        return bool(getattr(imap, "_readbuf", ()))
    talk: socket.socket = client.socket()
    patience = talk.gettimeout()
    talk.settimeout(0)
    try:
        return bool(imap.file.peek(1))
    except ssl.SSLWantReadError:
        return False
    finally:
        talk.settimeout(patience)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _lower(flag: bytes | str) -> str:
    return (flag.decode("ascii", "replace") if isinstance(flag, bytes) else str(flag)).lower()


def _text(value: bytes | str | None) -> str | None:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else value
