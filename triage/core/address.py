"""Addresses of a header, read before it is decoded, so that an encoded word can never become an address."""

import re
from dataclasses import dataclass, field

from triage.core.defects import Defect, note
from triage.core.encoded_words import decode_words
from triage.core.mail import Address
from triage.core.onespelling import one_spelling
from triage.core.text import clean, one_line

MOST_ADDRESSES = 1_000
DEEPEST_COMMENT = 50
LONGEST_LIST = 64 * 1024
"""Characters of one address header that are read."""

LONGEST_ADDRESS = 254
"""Characters that an address may have (RFC 5321 §4.5.3.1.3)."""

# Possessive repeats keep no place to come back to, which would take a hundred bytes a character.
_TOKEN = re.compile(
    r"(?P<word>=\?[^?\s]{1,100}\?[bqBQ]\?[^?\r\n]*\?=)"
    r"|\"(?P<quoted>(?:[^\"\\]|\\.)*+)\""
    r"|(?P<special>[(<,;:])"
    r"|(?P<space>\s+)"
    r"|(?P<text>(?:(?!=\?)[^\s\"(<,;:])++|.)",
    re.DOTALL,
)
_ENCODED = re.compile(r"=\?[^?\s]{1,100}\?[bqBQ]\?[^?\r\n]*\?=")
_SPACES = re.compile(r"\s+")
_ROUTE = re.compile(r"@[^:<>]*:")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_COMMENT_IN_ADDRESS = re.compile(r"\([^()]*\)")
_UNBRACKETED = re.compile(r"[^\s,;<]*")
_SEPARATOR = re.compile(r"[,;]")

PLAIN = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9](?:-?[A-Za-z0-9]){0,31}\.)+(?:vn|com|net|org)"
)
"""How nearly all addresses are written. Every such one is valid; a test asks the library."""

_RESERVED_DOMAINS = frozenset({"example", "invalid", "localhost", "local", "test"})


def read_addresses(value: str, defects: list[str]) -> tuple[Address, ...]:
    """Read the addresses of an unfolded header whose encoded words are not decoded yet.

    Only display names are decoded. An encoded word inside an address stays as it is written, with a
    defect: decoding it would let a sender write one address and show another.
    """
    if len(value) > LONGEST_LIST:
        note(defects, Defect.TOO_LONG_LIST)
    reader = _Reader(value[:LONGEST_LIST], defects)
    reader.read()
    return tuple(reader.found)


def can_be_answered(address: str) -> bool:
    """Say whether mail can be addressed there, by form alone (RFC 5321, RFC 6531); nobody is asked.

    Domains reserved for tests and documents (RFC 2606) count as addresses: whether a domain exists is for the
    outgoing server to find out, and rehearsals run on them.
    """
    if not address.isprintable() or len(address) > LONGEST_ADDRESS:
        return False
    local, _, domain = address.rpartition("@")
    checked = f"{local}@{_checkable(domain)}"
    if PLAIN.fullmatch(checked):
        return True
    # Takes 15 ms to load, and most commands only see plain addresses.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    try:
        validate_email(checked, check_deliverability=False)
    except (EmailNotValidError, ValueError):
        return False
    return True


def counted_address(address: str) -> str:
    """Give the form in which letters to an address are counted: lower case, without a ``+tag`` (RFC 5233).

    Where the tag is all there is before the ``@``, it stays.
    """
    local, at, domain = one_spelling(address).strip().rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"


def _checkable(domain: str) -> str:
    """Swap a reserved last label, which email-validator refuses, for one that it accepts."""
    head, dot, last = domain.rpartition(".")
    return f"{head}.com" if dot and last.lower() in _RESERVED_DOMAINS else domain


@dataclass(slots=True)
class _Draft:
    """What has been read of one mailbox so far; each word is a list of the pieces that touch one another."""

    pieces: list[list[str]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    asides: int = 0
    angle: str | None = None
    touching: bool = False
    leftover: bool = False

    def add(self, piece: str) -> None:
        """Take one more piece of the display name, or of a bare address."""
        if self.touching or self._goes_on(piece):
            self.pieces[-1].append(piece)
        else:
            self.pieces.append([piece])
        self.touching = True

    def words(self) -> list[str]:
        """Give the words of the display name, or of a bare address."""
        return ["".join(pieces) for pieces in self.pieces]

    def _goes_on(self, piece: str) -> bool:
        """Blanks around ``@`` and the dots of a bare address mean nothing (RFC 5322 §4.4)."""
        if not self.pieces:
            return False
        last = self.pieces[-1]
        if piece.startswith("@") or last[-1].endswith("@"):
            return True
        return (piece.startswith(".") or last[-1].endswith(".")) and any("@" in part for part in last[:5])


class _Reader:
    """Reads one header from left to right, each character a bounded number of times."""

    def __init__(self, value: str, defects: list[str]) -> None:
        self._value = value
        self._defects = defects
        self._at = 0
        self._draft = _Draft()
        self._waiting: list[str] = []
        self._alone: list[str] = []
        self._brackets_close = True
        self._in_group = False
        self.found: list[Address] = []

    def read(self) -> None:
        """Read to the end of the header, or to the limit."""
        while self._at < len(self._value) and len(self.found) < MOST_ADDRESSES:
            match = _TOKEN.match(self._value, self._at)
            if match is None:
                break
            self._at = match.end()
            self._take(match)
        if len(self.found) >= MOST_ADDRESSES:
            note(self._defects, Defect.TOO_MANY_ADDRESSES, MOST_ADDRESSES)
            return
        self._end_mailbox()
        self._waiting = self._waiting or ([] if self.found else self._alone)
        self._give_up_waiting()

    def _take(self, match: re.Match[str]) -> None:
        match match.lastgroup:
            case "space":
                self._draft.touching = False
            case "special":
                self._take_special(match.group())
            case "quoted":
                self._take_word(self._unquoted(match["quoted"]))
            case _ if match.group() == '"':
                self._forget_quotes()
            case _:
                self._take_word(match.group())

    def _take_word(self, word: str) -> None:
        if self._draft.angle is not None:
            # a comma was forgotten behind ">", or these words belong to nothing
            self._end_mailbox()
            self._draft.leftover = True
        self._draft.add(word)

    def _take_special(self, char: str) -> None:
        match char:
            case "(":
                self._draft.comments.append(self._comment())
            case "<":
                if self._draft.angle is not None:
                    self._end_mailbox()
                self._draft.asides = len(self._draft.comments)
                self._draft.angle = self._angle()
            case ":":
                self._colon()
            case ";" if self._in_group:
                self._end_mailbox()
                self._give_up_waiting()
                self._in_group = False
            case _:
                self._end_mailbox()

    def _unquoted(self, inside: str) -> str:
        plain = _ESCAPE.sub(r"\1", inside)
        # quotes belong to an address where they stand right before its @, and mean nothing in a name
        return f'"{plain}"' if self._value.startswith("@", self._at) else plain

    def _forget_quotes(self) -> None:
        """Read on as if there were no quotes: one is never closed, so none can be trusted."""
        note(self._defects, Defect.UNCLOSED_QUOTES)
        self._value = self._value[: self._at] + self._value[self._at :].replace('"', "")

    def _comment(self) -> str:
        depth, start = 1, self._at
        while self._at < len(self._value):
            char = self._value[self._at]
            self._at += 2 if char == "\\" else 1
            if char == "(":
                depth += 1
            elif char == ")":
                depth -= 1
                if depth == 0:
                    return self._value[start : self._at - 1]
            if depth > DEEPEST_COMMENT:
                note(self._defects, Defect.DEEP_COMMENTS, DEEPEST_COMMENT)
                self._at = len(self._value)
        return self._value[start:]

    def _angle(self) -> str:
        """Take everything up to ``>``; where it is missing, up to the next white space or comma."""
        end = self._value.find(">", self._at) if self._brackets_close else -1
        if end < 0:
            self._brackets_close = False
            note(self._defects, Defect.UNCLOSED_BRACKET)
            match = _UNBRACKETED.match(self._value, self._at)
            end = match.end() if match else len(self._value)
            inside, self._at = self._value[self._at : end], end
            return inside
        inside, self._at = self._value[self._at : end], end + 1
        return inside

    def _colon(self) -> None:
        words = "".join(self._draft.words())
        if "@" in words:
            self._draft.add(":")
        elif self._draft.angle is None:
            # "mailto:", or the name of a group (RFC 5322 §3.4) whose members follow
            self._draft = _Draft()
            self._waiting = []
            self._in_group = True

    def _end_mailbox(self) -> None:
        draft, self._draft = self._draft, _Draft()
        words = draft.words()
        if draft.angle is not None:
            if self._waiting:
                note(self._defects, Defect.UNQUOTED_COMMA)
            # clients show what stands in brackets between name and address, though it is no part of the name
            asides = [f"({aside})" for aside in draft.comments[: draft.asides] if words and aside.strip()]
            self._keep([*self._waiting, *words, *asides], draft.angle, draft.comments)
            self._waiting = []
            return
        index = next((i for i, word in enumerate(words) if _is_address(word)), None)
        if index is None:
            if words and draft.leftover:
                note(self._defects, Defect.WORDS_BEHIND_ADDRESS)
            elif words:
                # "Nguyen, Van A <a@b>" without quotes: the comma belongs to the name
                self._waiting.append(" ".join(words) + ",")
            else:
                self._alone = self._alone or draft.comments
            return
        self._give_up_waiting()
        if len(words) > 1 and all(map(_is_address, words)):
            # blanks between addresses, where commas belong
            note(self._defects, Defect.ODD_ADDRESS)
            self.found += [Address("", self._address(word)) for word in words]
            return
        self._keep(words[:index] + words[index + 1 :], words[index], draft.comments)

    def _give_up_waiting(self) -> None:
        waiting, self._waiting = " ".join(self._waiting).strip(" ,"), []
        name = self._name(waiting)
        if name:
            note(self._defects, Defect.NO_ADDRESS)
            self.found.append(Address(name, "", "=?" in waiting))

    def _keep(self, words: list[str], raw: str, comments: list[str]) -> None:
        first, *others = self._listed(raw)
        address = self._address(first)
        written = " ".join(words if any(words) else map(_without_quotes, comments))
        name = self._name(written)
        if name or address:
            self.found.append(Address(name, address, "=?" in written))
        self.found += [Address("", self._address(other)) for other in others]

    def _listed(self, raw: str) -> list[str]:
        """Take apart several addresses in one pair of brackets."""
        if ("," not in raw and ";" not in raw) or '"' in raw or raw.lstrip().startswith("@"):
            return [raw]
        listed = [one for one in _SEPARATOR.split(raw) if "@" in one]
        if len(listed) <= 1:
            return [raw]
        note(self._defects, Defect.LIST_IN_BRACKETS)
        return listed

    def _address(self, raw: str) -> str:
        bare = raw.strip()
        if bare.startswith("@"):
            bare = _ROUTE.sub("", bare, count=1)
        if "=?" in bare:
            note(self._defects, Defect.ENCODED_ADDRESS)
        if "(" in bare:
            bare = _COMMENT_IN_ADDRESS.sub("", bare)
        bare = clean(bare) if bare.startswith('"') else _SPACES.sub("", clean(bare))
        written = bare
        bare = bare.removeprefix("mailto:").strip("'<>,; ").strip()
        if bare.endswith('"') or (bare.endswith("]") and "[" not in bare):
            # quotes around all of it, and half of the brackets that Outlook shows
            bare = bare.strip('"]')
        if bare != written:
            note(self._defects, Defect.ODD_ADDRESS)
        return bare[1:-1].strip() if bare.startswith("[") and bare.endswith("]") else bare

    def _name(self, raw: str) -> str:
        return one_line(clean(decode_words(raw, self._defects))).strip("' ").strip()


def _without_quotes(comment: str) -> str:
    return comment.strip().strip('"')


def _is_address(word: str) -> bool:
    # what shows an @ only once it is decoded is a name
    bare = _ENCODED.sub("x", word) if "=?" in word else word
    # blanks show a quoted display name that speaks of an address
    return 0 < bare.find("@") < len(bare) - 1 and (bare.startswith('"') or " " not in bare)
