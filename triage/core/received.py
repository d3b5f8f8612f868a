"""One Received line (RFC 5321, section 4.4) as values: who connected, its own name, who wrote the line.

The forms of Postfix, Zimbra, Exim, Sendmail, qmail, Exchange, Dovecot and Gmail are known. Whoever connects
chooses the name in HELO, so a line that is not built exactly as these are gives no address at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

MAX_LENGTH = 4_096
"""Characters of one line that are read."""

LONGEST_NAME = 253
"""Characters of a host name (RFC 1035, section 2.3.4)."""

_BRACKETS = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})(?:%\w{1,16})?\]", re.IGNORECASE)
_GREETING = re.compile(r"(?:^|\s)[HL]?(?:HELO|EHLO|LHLO)[\s=]+([^\s()]{1,253})", re.IGNORECASE)

Client = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Received:
    """One line. ``client`` is None and the texts are empty where the line does not say; all lower case.

    ``helo`` is what the client called itself, ``by`` the server that wrote the line, ``protocol`` the word
    after "with", such as ``esmtps`` or ``lmtp`` (RFC 3848). ``greeted`` tells that the line speaks of a
    client at all, even where it cannot be understood.
    """

    client: Client | None
    helo: str
    by: str
    protocol: str
    greeted: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    comment: bool = False


NOTHING = Received(None, "", "", "")


def read_received(value: str) -> Received:
    """Read one line, unfolded and with its encoded words left as they are. Never fails."""
    tokens = list(_tokens(value[:MAX_LENGTH]))
    by_at = _find(tokens, "by", 2 if tokens and _is_word(tokens[0], "from") else 0)
    if by_at is None or by_at + 1 >= len(tokens) or tokens[by_at + 1].comment:
        return NOTHING
    with_at = _find(tokens, "with", by_at + 2)
    protocol = tokens[with_at + 1].text.lower() if with_at is not None and with_at + 1 < len(tokens) else ""
    client, helo = _origin(tokens[:by_at])
    return Received(client, helo, _host(tokens[by_at + 1].text), protocol, _is_word(tokens[0], "from"))


def _origin(tokens: list[_Token]) -> tuple[Client | None, str]:
    """Read "from NAME (…) (…)"; a second word outside of parentheses would be the client's own invention."""
    if len(tokens) < 2 or not _is_word(tokens[0], "from") or tokens[1].comment:  # noqa: PLR2004 - from, name
        return None, ""
    if any(not token.comment for token in tokens[2:]):
        return None, ""
    name = tokens[1].text
    greeting, told = "", ""
    for token in tokens[2:]:
        said = _GREETING.search(token.text)
        greeting = greeting or (said.group(1) if said else "")
        told = token.text[: said.start()] if said else token.text
        if told.strip():
            break
    client = _address(told) if told.strip() else _address(name)
    return client, _host(greeting or name)


def _address(text: str) -> Client | None:
    """Give the last address in brackets, since names stand before it; else the text as a bare address."""
    found = _BRACKETS.findall(text)
    return _parsed(found[-1] if found else text.strip().partition("%")[0])


def _parsed(text: str) -> Client | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _find(tokens: list[_Token], word: str, start: int) -> int | None:
    return next((at for at in range(start, len(tokens)) if _is_word(tokens[at], word)), None)


def _is_word(token: _Token, word: str) -> bool:
    return not token.comment and token.text.lower() == word


def _host(text: str) -> str:
    return text.lower().rstrip(".")[:LONGEST_NAME]


def _tokens(value: str) -> Iterator[_Token]:
    """Part a line into words and comments, nested ones in one piece; the date after ";" is left out."""
    start, depth = 0, 0
    for at, char in enumerate(value):
        if char == "(":
            if depth == 0:
                yield from _words(value[start:at])
                start = at + 1
            depth += 1
        elif char == ")" and depth:
            depth -= 1
            if depth == 0:
                yield _Token(value[start:at], comment=True)
                start = at + 1
        elif char == ";" and depth == 0:
            yield from _words(value[start:at])
            return
    if depth == 0:
        yield from _words(value[start:])


def _words(text: str) -> Iterator[_Token]:
    return (_Token(word) for word in text.split())
