"""The values of which a PDF file and the drawings of its pages are made (ISO 32000-1 §7.2, §7.3)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_TOKENS = 200_000
"""Tokens of one file that are looked at, all together: half a second, and several times what a form has."""

MOST_CODES = 150_000
"""Codes of all fonts of one file whose meanings and widths are kept."""

_SPACE = rb"\x00\t\n\x0c\r "
_PLAIN = rb"[^" + _SPACE + rb"()<>\[\]{}/%]"
# possessive, and what never ends is taken as far as it goes: every byte is gone over once
_TOKEN = re.compile(
    rb"(?:[" + _SPACE + rb"]++|%[^\r\n]*+)*+(?:"
    rb"(?P<mark><<|>>|\[|\])"
    rb"|/(?P<name>" + _PLAIN + rb"*+)"
    rb"|<(?P<hex>[0-9A-Fa-f" + _SPACE + rb"]*+)>?+"
    rb"|\((?P<text>(?:[^()\\]|\\.|\((?:[^()\\]|\\.)*+\))*+)\)?+"
    rb"|(?P<word>" + _PLAIN + rb"++)"
    rb"|(?P<other>.))",
    re.DOTALL,
)
_NUMBER = re.compile(rb"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})")
_ESCAPED = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|\r|\n)|(.))", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_HASHED = re.compile(rb"#([0-9A-Fa-f]{2})")


class Name(str):
    """A name, without its slash."""

    __slots__ = ()


class Word(str):
    """A bare word, as operators are."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to another object by its number."""

    number: int


@dataclass(slots=True)
class Budget:
    """What may still be spent on one file."""

    tokens: int = MOST_TOKENS
    codes: int = MOST_CODES


def pdf_values(data: bytes, budget: Budget) -> Iterator[object]:
    """Give whole values in their order: numbers, bytes, ``Name``, ``Word``, ``Ref``, lists, dicts. Total."""
    open_ones: list[list[object]] = []
    for value in _tokens(data, budget):
        if value in {"<<", "["} and isinstance(value, _Mark):
            open_ones.append([])
            continue
        made: object = value
        if isinstance(value, _Mark):
            if not open_ones:
                continue
            inner = open_ones.pop()
            made = inner if value == "]" else _dictionary(inner)
        elif isinstance(value, Word) and value == "R" and open_ones:
            made = _reference(open_ones[-1])
        if open_ones:
            open_ones[-1].append(made)
        else:
            yield made


class _Mark(str):
    __slots__ = ()


def _tokens(data: bytes, budget: Budget) -> Iterator[object]:
    at = 0
    while budget.tokens > 0 and (found := _TOKEN.match(data, at)):
        budget.tokens -= 1
        at = found.end()
        value = _value(found)
        if value == "ID" and isinstance(value, Word):  # a picture in the drawing, up to EI
            at = data.find(b"EI", at)
            if at < 0:
                return
        if value is not None:
            yield value


def _value(found: re.Match[bytes]) -> object:
    kind, raw = found.lastgroup, found[found.lastgroup or 0]
    match kind:
        case "mark":
            return _Mark(raw.decode("ascii"))
        case "name":
            return Name(_HASHED.sub(lambda code: bytes([int(code[1], 16)]), raw).decode("latin-1"))
        case "hex":
            digits = b"".join(raw.split()).replace(b"\0", b"")
            return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
        case "text":
            return _ESCAPED.sub(_unescaped, raw) if b"\\" in raw else raw
        case "word":
            return float(raw) if _NUMBER.fullmatch(raw) else Word(raw.decode("latin-1"))
        case _:
            return None


def _unescaped(found: re.Match[bytes]) -> bytes:
    octal, line_end, char = found.groups()
    if octal:
        return bytes([int(octal, 8) & 0xFF])
    return b"" if line_end else _ESCAPES.get(char, char)


def _dictionary(values: list[object]) -> dict[str, object]:
    pairs = zip(values[::2], values[1::2], strict=False)
    return {str(key): value for key, value in pairs if isinstance(key, Name)}


def _reference(values: list[object]) -> object:
    """Take the two numbers before an R off the values, and give what they refer to."""
    match values[-2:]:
        case [float(number), float()]:
            del values[-2:]
            return Ref(int(number))
        case _:
            return None
