"""An IMAP server over a real socket that behaves, save where a test tells it to misbehave."""

import re
import socket
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Self

HANG = "hang"
"""An action: take the command and never answer it."""
DROP = "drop"
"""An action: close the connection instead of an answer."""

PATIENCE_SECONDS = 20.0


@dataclass
class StoredMail:
    raw: bytes
    flags: set[str] = field(default_factory=set)
    internal_date: str = "22-Nov-2026 08:00:00 +0700"


@dataclass
class Rule:
    """When a command matches, the action replaces the answer; None counts for ever."""

    pattern: re.Pattern[str]
    action: str
    times: int | None


class ScriptedImap:
    """One mailbox in memory. ``commands`` holds every line that a client sent, without its tag.

    ``folders`` maps a name to the UIDs and mails in it. ``tell`` lays down a rule for commands that match.
    ``greeting`` None: accepts and never says a word. ``prefix`` None: no NAMESPACE.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        mails: "dict[int, bytes] | None" = None,
        *,
        capabilities: str = "IMAP4rev1 IDLE MOVE UIDPLUS NAMESPACE",
        separator: str = "/",
        prefix: str = "",
        keywords: bool = True,
        greeting: str | None = "* OK ready",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.capabilities = capabilities
        self.separator = separator
        self.prefix = prefix
        self.keywords = keywords
        self.greeting = greeting
        self.tls = tls
        self.uidvalidity = 7
        self.uid_next: int | None = None
        self.modseq: int | None = None
        self.folders: dict[str, dict[int, StoredMail]] = defaultdict(dict)
        self.folders["INBOX"] = {uid: StoredMail(raw) for uid, raw in (mails or {}).items()}
        self.subscribed: list[str] = []
        self.commands: list[str] = []
        self.sasl: list[str] = []
        self.connections = 0
        self.extra_before_fetch: list[bytes] = []
        self.during_idle: list[bytes] = []
        self.at_idle: Callable[[], object] = lambda: None
        self.at_examined_noop: Callable[[], object] = lambda: None
        self._rules: list[Rule] = []
        self._drop_at: int | None = None
        self._uids = count(1000)
        self._lock = threading.RLock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server((self.host, 0))
        self.port: int = self._listener.getsockname()[1]

    def tell(self, pattern: str, action: str, times: int | None = None) -> None:
        r"""Answer commands that match with ``action``: HANG, DROP, or lines where {tag} is the tag."""
        self._rules.append(Rule(re.compile(pattern, re.IGNORECASE), action, times))

    def drop_at(self, number: int) -> None:
        """Close the connection at the n-th command from now on, once."""
        self._drop_at = len(self.commands) + number

    def __enter__(self) -> Self:
        thread = threading.Thread(target=self._accept, daemon=True)
        thread.start()
        self._threads.append(thread)
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in tuple(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)

    def _accept(self) -> None:
        while True:
            try:
                connection, _peer = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            self._open.add(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        session = Session(self, connection)
        with suppress(OSError, ssl.SSLError):
            session.run()
        # After STARTTLS they are others than before.
        session.file.close()
        for each in (connection, session.connection):
            self._open.discard(each)
            each.close()

    def take(self, line: str) -> str | None:
        """Note a command and give the action that the script has for it."""
        with self._lock:
            self.commands.append(line)
            if self._drop_at is not None and len(self.commands) >= self._drop_at:
                self._drop_at = None
                return DROP
            for rule in self._rules:
                if rule.times != 0 and rule.pattern.search(line):
                    rule.times = None if rule.times is None else rule.times - 1
                    return rule.action
        return None


class Session:
    """One connection of a ScriptedImap."""

    def __init__(self, server: ScriptedImap, connection: socket.socket) -> None:
        self.server = server
        self.connection = connection
        self.file = connection.makefile("rb")
        self.folder: dict[int, StoredMail] = {}
        self.told = 0
        self.readonly = False
        self.waiting = threading.Event()

    def run(self) -> None:
        with self.file:
            if self.server.greeting is None:
                self.file.readline()
                self.silence()
                return
            self.send(self.server.greeting)
            for line in self.lines():
                tag, _, command = line.partition(" ")
                match self.server.take(command):
                    case "drop":
                        return
                    case "hang":
                        self.silence()
                        return
                    case None:
                        if not self.answer(tag, command):
                            return
                    case action:
                        self.send(action.replace("{tag}", tag))

    def lines(self) -> Iterator[str]:
        while line := self.file.readline():
            yield line.decode("utf-8").rstrip("\r\n")

    def silence(self) -> None:
        while self.connection.recv(4096):
            pass

    def send(self, *lines: str) -> None:
        for line in lines:
            self.connection.sendall(line.encode() + b"\r\n")

    def answer(self, tag: str, command: str) -> bool:
        word, _, rest = command.partition(" ")
        if word.upper() == "UID":
            word, _, rest = rest.partition(" ")
            word = "UID_" + word
        handler: Callable[[str, str], str | None] | None = getattr(self, f"do_{word.lower()}", None)
        if handler is None:
            self.send(f"{tag} BAD unknown command")
            return True
        result = handler(tag, rest)
        if result is not None:
            self.send(f"{tag} {result}")
        return word.upper() != "LOGOUT"

    def do_capability(self, _tag: str, _rest: str) -> str:
        self.send(f"* CAPABILITY {self.server.capabilities}")
        return "OK done"

    def do_starttls(self, tag: str, _rest: str) -> None:
        self.send(f"{tag} OK begin")
        assert self.server.tls is not None
        self.file.close()
        self.server._open.discard(self.connection)
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.server._open.add(self.connection)
        self.file = self.connection.makefile("rb")

    def do_login(self, _tag: str, _rest: str) -> str:
        return f"OK [CAPABILITY {self.server.capabilities}] in"

    def do_authenticate(self, _tag: str, _rest: str) -> str:
        self.send("+ ")
        self.server.sasl.append(self.file.readline().decode().rstrip("\r\n"))
        return f"OK [CAPABILITY {self.server.capabilities}] in"

    def do_noop(self, _tag: str, _rest: str) -> str:
        if self.readonly:
            self.server.at_examined_noop()
        before, self.told = self.told, len(self.folder)
        self.send(*(["* 1 EXPUNGE"] * (before - self.told)))
        if self.told != before:
            # Some servers repeat the number after an EXPUNGE.
            self.send(f"* {self.told} EXISTS")
        return "OK done"

    def do_enable(self, _tag: str, rest: str) -> str:
        self.send(f"* ENABLED {rest}")
        return "OK done"

    def do_logout(self, _tag: str, _rest: str) -> str:
        self.send("* BYE bye")
        return "OK out"

    def do_namespace(self, _tag: str, _rest: str) -> str:
        self.send(f'* NAMESPACE (("{self.server.prefix}" "{self.server.separator}")) NIL NIL')
        return "OK done"

    def do_list(self, _tag: str, rest: str) -> str:
        pattern = _unquoted(rest)[1]
        if pattern == "":
            self.send(f'* LIST (\\Noselect) "{self.server.separator}" ""')
        elif pattern in self.server.folders:
            self.send(f'* LIST () "{self.server.separator}" "{pattern}"')
        return "OK done"

    def do_create(self, _tag: str, rest: str) -> str:
        (name,) = _unquoted(rest)
        if not name.startswith(self.server.prefix) or name in self.server.folders:
            return "NO [CANNOT] that name cannot be made"
        self.server.folders[name] = {}
        return "OK made"

    def do_subscribe(self, _tag: str, rest: str) -> str:
        self.server.subscribed += _unquoted(rest)
        return "OK done"

    def do_select(self, _tag: str, rest: str) -> str:
        (name,) = _unquoted(rest)
        if name not in self.server.folders:
            return "NO [NONEXISTENT] no such folder"
        self.folder = self.server.folders[name]
        self.told = len(self.folder)
        keywords = " \\*" if self.server.keywords else ""
        self.send(
            f"* {len(self.folder)} EXISTS",
            "* 0 RECENT",
            "* FLAGS (\\Seen \\Deleted \\Flagged)",
            f"* OK [PERMANENTFLAGS (\\Seen \\Deleted \\Flagged{keywords})] flags",
            f"* OK [UIDVALIDITY {self.server.uidvalidity}] uids",
        )
        if self.server.uid_next is not None:
            self.send(f"* OK [UIDNEXT {self.server.uid_next}] next")
        if self.server.modseq is not None:
            self.send(f"* OK [HIGHESTMODSEQ {self.server.modseq}] highest")
        return "OK [READ-WRITE] selected"

    def do_examine(self, tag: str, rest: str) -> str:
        self.readonly = True
        return self.do_select(tag, rest)

    def do_uid_search(self, _tag: str, rest: str) -> str:
        found = set(self.folder)
        words = rest.split()
        while words:
            match words.pop(0).upper():
                case "UNDELETED":
                    found = {uid for uid in found if "\\Deleted" not in self.folder[uid].flags}
                case "UNKEYWORD":
                    keyword = words.pop(0)
                    found = {uid for uid in found if keyword not in self.folder[uid].flags}
                case "UID":
                    found &= self.among(words.pop(0))
        self.send(("* SEARCH " + " ".join(map(str, sorted(found)))).strip())
        return "OK done"

    def do_uid_fetch(self, _tag: str, rest: str) -> str:
        uids, _, items = rest.partition(" ")
        for line in self.server.extra_before_fetch:
            self.connection.sendall(line + b"\r\n")
        wanted = self.among(uids)
        answers = [
            self.message(number, uid, items)
            for number, uid in enumerate(sorted(self.folder), 1)
            if uid in wanted
        ]
        self.connection.sendall(b"".join(answers))
        return "OK done"

    def message(self, number: int, uid: int, items: str) -> bytes:
        mail = self.folder[uid]
        if "BODY" not in items:
            date = f' INTERNALDATE "{mail.internal_date}"' if "INTERNALDATE" in items else ""
            return f"* {number} FETCH (UID {uid} RFC822.SIZE {len(mail.raw)}{date})\r\n".encode()
        head = (
            f'* {number} FETCH (UID {uid} INTERNALDATE "{mail.internal_date}" BODY[] {{{len(mail.raw)}}}\r\n'
        )
        return head.encode() + mail.raw + b")\r\n"

    def do_uid_store(self, _tag: str, rest: str) -> str:
        uids, _sign, flags = rest.split(" ", 2)
        for uid in self.among(uids):
            self.folder[uid].flags.update(flags.strip("()").split())
        return "OK done"

    def do_uid_copy(self, _tag: str, rest: str) -> str:
        uids, _, name = rest.partition(" ")
        (name,) = _unquoted(name)
        if name not in self.server.folders:
            return "NO [TRYCREATE] no such folder"
        for uid in sorted(self.among(uids)):
            self.server.folders[name][next(self.server._uids)] = StoredMail(self.folder[uid].raw)
        return "OK done"

    def do_uid_move(self, tag: str, rest: str) -> str:
        result = self.do_uid_copy(tag, rest)
        if result.startswith("OK"):
            for uid in self.among(rest.partition(" ")[0]):
                del self.folder[uid]
        return result

    def do_uid_expunge(self, _tag: str, rest: str) -> str:
        for uid in self.among(rest):
            if "\\Deleted" in self.folder[uid].flags:
                del self.folder[uid]
        return "OK done"

    def do_idle(self, tag: str, _rest: str) -> str | None:
        self.server.at_idle()
        # In one breath, as servers do: the client's buffer swallows all of it at once.
        self.connection.sendall(b"".join(line + b"\r\n" for line in (b"+ idling", *self.server.during_idle)))
        done = self.file.readline()
        return f"OK {tag} ended" if done == b"DONE\r\n" else "BAD expected DONE"

    def among(self, sequence_set: str) -> set[int]:
        found: set[int] = set()
        highest = max(self.folder, default=0)
        for part in sequence_set.split(","):
            first, _, last = part.partition(":")
            ends = [highest if end == "*" else int(end) for end in (first, last or first)]
            found.update(uid for uid in self.folder if min(ends) <= uid <= max(ends))
        return found


def _unquoted(text: str) -> list[str]:
    return re.findall(r'"([^"]*)"', text)
